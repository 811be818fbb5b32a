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
    fix: str | None = None
    """What mends it, as an option of a case."""
    trap: str | None = None
    """The confusion of whoever overlooks it; the link's own when left out."""
    evidence_also: tuple[str, ...] = ()

    @property
    def sightings(self) -> tuple[str, ...]:
        """Its evidence in all the words that its author gave."""
        return (self.evidence, *self.evidence_also)


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
    option: str | None = None
    """The sound link as an option of a case; `configure` when left out."""
    objective: str | None = None
    """What a case about this link examines; the lesson's first objective when left out."""
    sources: tuple[str, ...] = ()
    evidence_also: tuple[str, ...] = ()

    @property
    def sightings(self) -> tuple[str, ...]:
        """The evidence that it is sound, in all the words that its author gave."""
        return (self.evidence, *self.evidence_also)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTexts:
    """What cases of a chain are told with; every combination of them reads as one story.

    `failing` says that the outcome did not follow, `review` that somebody examines the design, `event` what sets
    the chain in motion, each without a word on why. `working` is the option that claims that nothing fails.
    """

    scenes: tuple[str, ...]
    failing: tuple[str, ...]
    review: tuple[str, ...]
    event: tuple[str, ...]
    working: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Links in causal order; the outcome follows only when every link is sound."""

    outcome: str
    links: tuple[Link, ...]
    cases: CaseTexts | None = None
    """Without these no cases are made of the chain."""
