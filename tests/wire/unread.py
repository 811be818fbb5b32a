"""Outages as the members of a question meet them: since when something may be missing, and which reading repaired it.

What Discord does not tell again of an outage is found by the next reading of the post. Until then what is heard, or
answered privately, stands: a letter that is found later may be older (docs/operators.md promises it). So all depends on
the first outage that is not repaired yet, and this is what can be known of it:

- An outage begins when the connection is lost, or the bot dies, and lasts until there is a connection again. While it
  lasts another one changes nothing.
- When the connection goes on where it was, all of it has been told.
- A reading that came to its end repairs every outage that was over when it began: it shows all letters, all pages and
  both sorts of reaction. It repairs none that still lasts, and tells nothing of who did something meanwhile.
- A restart forgets no outage. But what a bot knows of them it stores with its sign of life, every few seconds: to the
  next one an outage after the last sign may be unknown, and one that was repaired after it may be as it was. The same
  goes for one repaired by a reading that passed over anybody: it is stored of a post as a whole.
- Which of those it is the next bot finds stored. It chooses between them, and makes nothing else possible: an outage
  surely not repaired is not repaired, whatever a bot has noted, and no sign of life is older than some minutes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

LONG_AGO = datetime.min.replace(tzinfo=UTC)

_OLDEST_SIGN = timedelta(minutes=5)
"""So old may the last sign of life be when a bot is killed: five seconds of real time, in which it ticks many times."""

HANDED_ON = timedelta(seconds=15)
"""So long it may take until what was heard is received: a quarter of a second of real time."""

COMPARED = timedelta(seconds=30)
"""So long it may take until what was read is compared: half a second of real time."""

_SENT = timedelta(seconds=15)
"""A post that becomes known later than this may have been found, by a bot that did not know it had sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which things may have been missed; `until` is nothing while it lasts.

    It began with a kill after a sign of life at `signed`, or with a lost connection. After a kill `later` a bot knows
    of the letters heard since only by the answers they gave, and surely only of those that were `stored` until then.
    """

    since: datetime
    until: datetime | None = None
    signed: datetime | None = None
    later: datetime | None = None
    stored: datetime = LONG_AGO

    def before(self, kill: datetime, stored: datetime) -> "Outage":
        """Give it as the next bot knows it when one is killed that has stored everything until an instant."""
        return replace(self, until=self.until or kill, later=kill, stored=stored)

    def stands(self, private: datetime) -> set[bool]:
        """Tell whether a private answer came after the outage began: either may be so of one given about then."""
        if private < (self.signed or self.since) - HANDED_ON:
            return {False}
        return {True} if private > self.since + HANDED_ON else {False, True}

    def heard(
        self, tapped: Mapping[str, datetime], choice: str, acts: Iterable[datetime], read: Iterable[datetime]
    ) -> set[frozenset[str]]:
        """Give which of the marks that somebody `tapped` a bot may know to be heard since it began.

        After a later kill those are all of them, or those of their `choice` at least, if that was given by one of their
        `acts` since: not by a reading that was done after the last one. It may count what was heard after the sign of
        life before the outage, too.
        """
        since = frozenset(mark for mark, at in tapped.items() if at >= self.since)
        if self.later is None:
            return {since}
        after = frozenset(mark for mark in since if tapped[mark] >= self.later)
        known = {since}
        given = [at for at in acts if (self.signed or self.since) <= at < self.later]
        if given:
            known.add(after | {*choice, *choice.lower()})
        last = max((tapped[mark] for mark in since - after), default=self.since)
        if any(at > self.stored for at in given) or any(last <= at < self.later for at in read):
            known.add(after)
        return known


@dataclass(slots=True, kw_only=True)
class Unread:
    """The outages that no reading has repaired, `surely` or only `perhaps`, in the order in which they began."""

    surely: list[Outage] = field(default_factory=list)
    perhaps: list[Outage] = field(default_factory=list)
    _mostly: list[Outage] = field(default_factory=list)
    _repaired: list[tuple[datetime, Outage]] = field(default_factory=list)
    _away: bool = False
    _back: datetime = LONG_AGO

    def begin(self, at: datetime) -> None:
        """Lose the connection."""
        if not self._away:
            self._away = True
            self.surely.append(Outage(since=at))

    def killed(self, at: datetime, *, alive: datetime | None, stored: datetime) -> None:
        """Lose the bot, `alive` by its last sign: the next one knows of earlier outages what it had stored."""
        signed = max(alive or LONG_AGO, at - _OLDEST_SIGN) - HANDED_ON
        again = [outage for when, outage in self._repaired if when >= signed]
        unsaid = [each for each in self.surely if each.since >= signed]
        self.perhaps = [each.before(at, stored) for each in (*self.perhaps, *self._mostly, *again, *unsaid)]
        self.surely = [each.before(at, stored) for each in self.surely if each not in unsaid]
        self.surely.append(Outage(since=at, signed=signed))
        self._mostly.clear()
        self._repaired.clear()
        self._away = True

    def recalled(self, since: datetime | None) -> None:
        """Find stored, after a kill, since when the post was unread, or that it was not."""
        if since is None:
            self.perhaps.clear()
            return
        meant = [
            each for each in self.perhaps if (each.signed or each.since) - HANDED_ON <= since <= each.since + HANDED_ON
        ]
        if len(meant) == 1:
            self.surely += meant
            self.perhaps.clear()

    def over(self, at: datetime, *, told: bool) -> None:
        """Have a connection again, and with it be `told` everything, or not."""
        lasting = [each for each in self.surely if each.until is None]
        self.surely = [each for each in self.surely if each.until is not None]
        if told:
            self._repaired += [(at, replace(each, until=at)) for each in lasting]
        else:
            self.surely += [replace(each, until=at) for each in lasting]
        self._away, self._back = False, at

    def posted(self, sent: datetime, known: datetime) -> None:
        """Have a post at all, which was sent and then became known: it has missed nothing before."""
        left = [each for each in (*self.perhaps, *self.surely) if each.until is None or each.until > sent]
        self.surely = [each for each in self.surely if each in left and (each.until is None or each.until > known)]
        self.perhaps = [each for each in left if each not in self.surely]
        if known - sent > _SENT:
            self.perhaps.append(Outage(since=sent, until=known))

    def read(self, begun: datetime, done: datetime, *, sure: bool, everybody: bool) -> None:
        """Read a post from an instant until another, and what this member did, or even `everybody`, if that is sure."""
        over = [each for each in (*self.perhaps, *self.surely) if each.until is not None and each.until <= begun]
        self.surely = [each for each in self.surely if each not in over]
        if sure:
            self.perhaps = [each for each in self.perhaps if each not in over]
            self._mostly += over
        else:
            self.perhaps = list(dict.fromkeys([*self.perhaps, *over]))
        if everybody:
            self._repaired += [(done, each) for each in self._mostly]
            self._mostly.clear()

    def first(self) -> set[Outage | None]:
        """Give what may be the first outage that is not repaired, or nothing where there may be none."""
        sure = min(self.surely, key=lambda each: each.since, default=None)
        return {sure, *(each for each in self.perhaps if sure is None or each.since < sure.since)}

    def was_away(self, since: datetime) -> bool:
        """Tell whether there was no connection at an instant, or at any later one."""
        return self._away or self._back >= since


def read_of_everybody(
    readings: Sequence[tuple[datetime, datetime]], acts: Mapping[int, Sequence[datetime]], lives: Sequence[datetime]
) -> list[bool]:
    """Tell of each reading, from when until when, whether it and those before it have surely told of everybody.

    None tells of those who did something meanwhile, so the next one has to; `acts` are by member. Whatever happens to
    the connection or to a bot, by `lives`, is about everybody again.
    """
    told, behind, earlier = [], set[int](), LONG_AGO
    for begun, done in readings:
        first, last = begun - HANDED_ON, done + COMPARED
        busy = {member for member, instants in acts.items() if any(first <= at <= last for at in instants)}
        behind = busy if any(earlier < at <= begun for at in lives) else behind & busy
        told.append(not behind)
        earlier = begun
    return told
