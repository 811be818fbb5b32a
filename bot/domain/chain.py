"""Chains: causal sequences of links that are all needed for one outcome."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way a link can be missing or, when `quiet`, look configured and still not work."""

    id: str
    name: str
    quiet: bool
    symptom: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One thing to configure, what follows from it, and how it can fail."""

    id: str
    title: str
    configure: str
    result: str
    evidence: str
    faults: tuple[Fault, ...]
    trap: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Links in causal order; the outcome follows only when every link is sound."""

    outcome: str
    links: tuple[Link, ...]
