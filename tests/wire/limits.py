"""Rate limits as Discord keeps them: a bucket per kind of route and place, and one limit for everything."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.wire.clock import machine_seconds

_ALL = "/channels/{channel_id}/messages"
_REACTIONS = f"{_ALL}/{{message_id}}/reactions"
_EXEMPT = ("POST /interactions/", "/webhooks/")
_PROXY = "1.1 google"
"""What answers pass through; without it discord.py takes a 429 for a ban."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """So many requests in so many seconds, in one bucket with every other route of the same bucket's name."""

    bucket: str
    limit: int
    seconds: float


DISCORD: Mapping[str, Rule] = {
    f"POST {_ALL}": Rule(bucket="messages", limit=5, seconds=5),
    **{
        f"{method} {_REACTIONS}{end}": Rule(bucket="reactions", limit=1, seconds=0.25)
        for method, end in (
            ("PUT", "/{emoji}/@me"),
            ("DELETE", "/{emoji}/@me"),
            ("DELETE", "/{emoji}/{member_id}"),
            ("DELETE", "/{emoji}"),
            ("DELETE", ""),
        )
    },
}
"""The buckets that bind a bot like this one, as Discord has had them for years."""

OTHERS = Rule(bucket="", limit=50, seconds=1)
"""Every other route has a bucket of its own that the global limit makes harmless."""


@dataclass(slots=True)
class _Window:
    """What is left until a moment of the steady clock, when everything is back."""

    left: int
    resets: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a request may pass; `headers` go with its answer, `retry_after` is in seconds."""

    headers: Mapping[str, str]
    retry_after: float | None = None
    globally: bool = False


@dataclass(slots=True, kw_only=True)
class Limits:
    """Counts requests. `others` goes for every route without a rule; `per_second` is the global limit."""

    rules: Mapping[str, Rule] = field(default_factory=lambda: DISCORD)
    others: Rule = OTHERS
    per_second: int = 50
    steady: Callable[[], float] = time.monotonic
    _windows: dict[tuple[str, str], _Window] = field(default_factory=dict)
    _everything: _Window = field(default_factory=lambda: _Window(0, 0.0))

    def become(self, other: "Limits") -> None:
        """Count by other rules from now on; windows begin anew."""
        self.rules, self.others, self.per_second = other.rules, other.others, other.per_second
        self._windows.clear()
        self._everything = _Window(0, 0.0)

    def take(self, route: str, place: str) -> Verdict:
        """Count one request of a route in a place (the channel, server or webhook it is about)."""
        now = self.steady()
        exempt = any(part in route for part in _EXEMPT)
        if not exempt and (wait := self._too_many(now)) is not None:
            return refused(wait, globally=True)
        rule = self.rules.get(route, self.others)
        name = rule.bucket or route
        window = self._window(name, place, rule, now)
        window.left -= 1
        headers = _headers(rule, name, window, now)
        if window.left >= 0:
            return Verdict(headers=headers)
        return refused(max(window.resets - now, 0.001), headers=headers)

    def _too_many(self, now: float) -> float | None:
        if now >= self._everything.resets:
            self._everything = _Window(self.per_second, now + 1)
        self._everything.left -= 1
        if self._everything.left < 0:
            return self._everything.resets - now
        return None

    def _window(self, name: str, place: str, rule: Rule, now: float) -> _Window:
        window = self._windows.get((name, place))
        if window is None or now >= window.resets:
            window = self._windows[name, place] = _Window(rule.limit, now + rule.seconds)
        return window


def no_limits() -> Limits:
    """Make limits that nobody reaches, for tests about something else."""
    return Limits(rules={}, others=Rule(bucket="", limit=1_000_000, seconds=1), per_second=1_000_000)


def refused(retry_after: float, *, globally: bool = False, headers: Mapping[str, str] | None = None) -> Verdict:
    """Make the verdict on one request too many."""
    more = {
        "Via": _PROXY,
        "Retry-After": f"{retry_after:.3f}",
        "X-RateLimit-Scope": "global" if globally else "user",
    }
    if globally:
        more["X-RateLimit-Global"] = "true"
    return Verdict(headers={**(headers or {}), **more}, retry_after=retry_after, globally=globally)


def _headers(rule: Rule, name: str, window: _Window, now: float) -> dict[str, str]:
    after = max(window.resets - now, 0.0)
    return {
        "Via": _PROXY,
        "X-RateLimit-Limit": str(rule.limit),
        "X-RateLimit-Remaining": str(max(window.left, 0)),
        "X-RateLimit-Reset": f"{machine_seconds() + after:.3f}",
        "X-RateLimit-Reset-After": f"{after:.3f}",
        "X-RateLimit-Bucket": hashlib.blake2s(name.encode(), digest_size=16).hexdigest(),
    }
