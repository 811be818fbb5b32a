"""The rules for chains that cases are made of: what is seen tells links apart, and every case fits."""

from collections.abc import Iterable, Iterator
from typing import Final

from bot.content import reader
from bot.content.build import build_chain
from bot.content.problems import quote
from bot.content.schema import ChainEntry, FaultEntry, LessonFile, LinkEntry, LookAlikeEntry
from bot.domain.scenarios.options import LEAST_LINKS, LEAST_LOOK_ALIKES
from bot.domain.scenarios.sizes import longest_stem

Finding = tuple[reader.Path, str]
"""Where in the lesson, and what about it."""

Said = tuple[reader.Path, str, str]
"""A text with its place, and whose it is."""

LONGEST_OPTION: Final = 150
LONGEST_STEM: Final = 900
"""Characters, as of any item."""

_LINKS: Final = ("chain", "links")


def check_chain(lesson: LessonFile) -> Iterator[Finding]:
    """What is wrong with the chain of a well-formed lesson, beyond its fields."""
    for place, control in enumerate(lesson.look_alikes):
        yield from _look_alike(control, place)
    chain = lesson.chain
    if chain is None:
        return
    yield from _alike(_evidence(chain), "this evidence is the same as that of")
    if chain.cases is not None:
        controls = [
            (("look_alikes", place), each)
            for place, each in enumerate(lesson.look_alikes)
            if each.option is not None and each.fix is not None
        ]
        yield from _enough(chain, len(controls))
        parts = [*_parts(chain), *(((*at, "option"), each.option or "", quote(each.control)) for at, each in controls)]
        changes = [*_changes(chain), *(((*at, "fix"), each.fix or "", quote(each.control)) for at, each in controls)]
        results = [*_results(chain), (("chain", "cases", "working"), chain.cases.working, "`working`")]
        for options in (parts, changes, results):
            yield from _alike(options, "as an option this is the same as that of")
            yield from _long(options)
        if (longest := longest_stem(build_chain(chain))) > LONGEST_STEM:
            sentence = f"the longest stem of a case is {longest} characters long: at most {LONGEST_STEM} are possible"
            yield ("chain", "cases"), sentence


def _look_alike(control: LookAlikeEntry, place: int) -> Iterator[Finding]:
    if (control.option is None) is not (control.fix is None):
        missing, there = ("fix", "option") if control.fix is None else ("option", "fix")
        yield ("look_alikes", place), f"a look-alike with `{there}` needs its `{missing}` as well"


def _enough(chain: ChainEntry, controls: int) -> Iterator[Finding]:
    if len(chain.links) < LEAST_LINKS:
        yield _LINKS, f"cases need a chain of at least {LEAST_LINKS} links, this has {len(chain.links)}"
    if controls < LEAST_LOOK_ALIKES:
        needed = f"at least {LEAST_LOOK_ALIKES} look-alikes with `option` and `fix`"
        yield ("chain", "cases"), f"cases need {needed}, the lesson has {controls}"


def _evidence(chain: ChainEntry) -> Iterator[Said]:
    for at, link, faults in _walk(chain):
        yield from _sightings(at, link, f"link {quote(link.id)}")
        for where, fault in faults:
            yield from _sightings(where, fault, f"fault {quote(fault.id)} of link {quote(link.id)}")


def _sightings(at: reader.Path, seen: LinkEntry | FaultEntry, whose: str) -> Iterator[Said]:
    yield (*at, "evidence"), seen.evidence, whose
    yield from (((*at, "evidence_also", number), text, whose) for number, text in enumerate(seen.evidence_also))


def _parts(chain: ChainEntry) -> Iterator[Said]:
    for at, link, _ in _walk(chain):
        yield _part(at, link)


def _part(at: reader.Path, link: LinkEntry) -> Said:
    return (*at, "configure" if link.option is None else "option"), link.option or link.configure, quote(link.id)


def _changes(chain: ChainEntry) -> Iterator[Said]:
    """What mends each fault; several faults of one link may be mended by the same."""
    for at, link, faults in _walk(chain):
        fixes: dict[str, Said] = {}
        for where, fault in faults:
            said = _part(at, link) if fault.fix is None else ((*where, "fix"), fault.fix, quote(link.id))
            fixes.setdefault(_plain(said[1]), said)
        yield from fixes.values()


def _results(chain: ChainEntry) -> Iterator[Said]:
    for at, link, _ in _walk(chain):
        yield (*at, "result"), link.result, quote(link.id)


def _walk(chain: ChainEntry) -> Iterator[tuple[reader.Path, LinkEntry, list[tuple[reader.Path, FaultEntry]]]]:
    for place, link in enumerate(chain.links):
        at = (*_LINKS, place)
        yield at, link, [((*at, "faults", number), fault) for number, fault in enumerate(link.faults)]


def _alike(texts: Iterable[Said], sentence: str) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for path, text, whose in texts:
        plain = _plain(text)
        if plain in first:
            yield path, f"{sentence} {first[plain]}"
        first.setdefault(plain, whose)


def _plain(text: str) -> str:
    return " ".join(text.casefold().rstrip(".").split())


def _long(texts: Iterable[Said]) -> Iterator[Finding]:
    for path, text, _ in texts:
        if len(text) > LONGEST_OPTION:
            yield (
                path,
                f"as an option of a case this is {len(text)} characters long: at most {LONGEST_OPTION} are possible",
            )
