"""Makes the domain's values of what the content models have accepted."""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from bot.content import schema
from bot.domain.bank import Bank, Blueprint, Domain, Objective, Source
from bot.domain.chain import CaseTexts, Chain, Fault, Link
from bot.domain.item import Image, Item, MultipleRule, Option
from bot.domain.lesson import Lesson, LookAlike, Section, Watch, WorkflowStep
from bot.domain.trap import Contrast, Trap

# Where a model and its value have the same fields, `vars` carries them over; tests hold that they stay the same.


def build_bank(
    bank: schema.BankFile, sources: schema.SourcesFile, traps: schema.TrapsFile, lessons: Iterable[schema.LessonFile]
) -> Bank:
    """One bank of its files; lessons come in the order of their numbers, all else in the order of the files."""
    built = [_lesson(lesson, bank.multiple_rule) for lesson in lessons]
    built.sort(key=lambda lesson: tuple(map(int, lesson.id.split("."))))
    return Bank(
        id=bank.id,
        title=bank.title,
        short_title=bank.short_title,
        description=bank.description,
        updated=bank.updated,
        rule=bank.multiple_rule,
        blueprint=_blueprint(bank.blueprint),
        sources={entry.id: Source(**vars(entry)) for entry in sources.sources},
        traps={entry.id: _trap(entry) for entry in traps.traps},
        lessons={lesson.id: lesson for lesson in built},
    )


def _blueprint(entry: schema.BlueprintEntry) -> Blueprint:
    domains = (
        Domain(
            id=domain.id,
            title=domain.title,
            low=domain.weight.low,
            high=domain.weight.high,
            objectives=tuple(Objective(**vars(objective)) for objective in domain.objectives),
        )
        for domain in entry.domains
    )
    return Blueprint(as_of=entry.as_of, domains=tuple(domains))


def _trap(entry: schema.TrapEntry) -> Trap:
    contrast = tuple(Contrast(**vars(row)) for row in entry.contrast)
    lists = {"contrast": contrast, "sources": tuple(entry.sources), "see_also": tuple(entry.see_also)}
    return Trap(**{**vars(entry), **lists})


def _lesson(entry: schema.LessonFile, rule: MultipleRule) -> Lesson:
    return Lesson(
        id=entry.id,
        title=entry.title,
        summary=entry.summary,
        objectives=tuple(entry.objectives),
        updated=entry.updated,
        takeaways=tuple(entry.takeaways),
        sections=tuple(Section(**vars(section)) for section in entry.sections),
        workflow=tuple(WorkflowStep(**vars(step)) for step in entry.workflow),
        look_alikes=tuple(LookAlike(**vars(control)) for control in entry.look_alikes),
        chain=None if entry.chain is None else build_chain(entry.chain),
        monitor=tuple(Watch(**vars(watch)) for watch in entry.monitor),
        sources=tuple(entry.sources),
        items=tuple(_item(item, entry.id, rule) for item in entry.items),
    )


def build_chain(entry: schema.ChainEntry) -> Chain:
    """One chain of its model."""
    links = tuple(_link(link) for link in entry.links)
    return Chain(outcome=entry.outcome, links=links, cases=None if entry.cases is None else _cases(entry.cases))


def _cases(entry: schema.CaseTextsEntry) -> CaseTexts:
    return CaseTexts(
        scenes=tuple(entry.scenes),
        failing=tuple(entry.failing),
        review=tuple(entry.review),
        event=tuple(entry.event),
        working=entry.working,
    )


def _link(entry: schema.LinkEntry) -> Link:
    faults = tuple(Fault(**{**vars(fault), "evidence_also": tuple(fault.evidence_also)}) for fault in entry.faults)
    lists = {"sources": tuple(entry.sources), "evidence_also": tuple(entry.evidence_also)}
    return Link(**{**vars(entry), **lists, "faults": faults})


def _item(entry: schema.ItemEntry, lesson: str, rule: MultipleRule) -> Item:
    return Item(
        id=entry.id,
        revision=entry.revision,
        lesson=lesson,
        kind=entry.kind,
        stem=entry.stem,
        options=tuple(_option(option) for option in entry.options),
        difficulty=entry.difficulty,
        objective=entry.objective,
        sources=tuple(entry.sources),
        rule=entry.rule or rule,
        weight=_weight(entry.weight),
        image=None if entry.image is None else Image(**vars(entry.image)),
    )


_weight = lru_cache(Fraction)
"""A weight as a fraction; there are ten of them."""


def _option(entry: schema.OptionEntry) -> Option:
    return Option(text=entry.text, correct=entry.correct, why=entry.why or "", trap=entry.trap)
