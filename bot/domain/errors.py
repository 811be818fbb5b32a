"""Refusals: what a person asked for and cannot have, each with the sentence they are told."""

import inspect


class TrapwiseError(Exception):
    """Something went wrong.

    Every subclass's docstring is the message; `{names}` in it are filled from the keyword arguments.
    """

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(inspect.cleandoc(type(self).__doc__ or "").replace("\n", " ").format(**details))


class NotSetUp(TrapwiseError):
    """This server has no schedule yet: an organiser can make one with `/setup`."""


class UnknownZone(TrapwiseError):
    """I know no time zone named {zone}: pick one from the list, such as `Europe/Prague` or `UTC`."""


class UnreadableTime(TrapwiseError):
    """{text} is no time of day I can read: write hours and minutes, such as `08:30` or `17:00`."""


class UnreadableDate(TrapwiseError):
    """{text} is no date I can read: write year, month and day, such as `2027-01-31`."""


class PastDate(TrapwiseError):
    """{text} has passed already: name a day after today."""


class DistantDate(TrapwiseError):
    """{text} is too far ahead: name a day within the next {years} years."""


class UnreadableWeekdays(TrapwiseError):
    """{text} names no weekdays I can read: write days such as `mon,wed,fri`, or `daily`, `weekdays`, `weekend`."""


class UnreadableDuration(TrapwiseError):
    """{text} is no length of time I can use: write one from 1 minute to 7 days, such as `30m`, `2h30m`, `23h`."""


class UnknownBank(TrapwiseError):
    """I have no bank named {bank}: pick one from the list."""


class UnknownTopic(TrapwiseError):
    """{bank} has no items about {topic}: pick a lesson or an objective from the list, or leave it out."""


class OnlyCases(TrapwiseError):
    """{bank} has only generated cases about {topic}: use `/scenario`, or `cases:True` for a quiz or a schedule."""


class UnknownTrap(TrapwiseError):
    """I know no trap named {trap}: pick one from the list while you type."""


class TrapGone(TrapwiseError):
    """That trap is not here any more: `/trap` shows what there is to tell apart."""


class SeveralTraps(TrapwiseError):
    """{trap} may mean {names} or yet another trap: pick one from the list while you type."""


class UnknownLesson(TrapwiseError):
    """I know no lesson named {lesson}: pick one from the list while you type."""


class LessonGone(TrapwiseError):
    """That lesson is not here any more: `/lesson` shows what there is to read."""


class NoCases(TrapwiseError):
    """I have no cases for {lesson}: pick another lesson from the list while you type."""


class NoLabs(TrapwiseError):
    """None of my lessons has a chain to make cases from yet: `/lesson` shows what there is to read."""


class UnknownSeed(TrapwiseError):
    """{seed} is no case's number: those go from 0 to {most}, and the one of a case stands at its foot."""


class UnknownSchedule(TrapwiseError):
    """This server has no schedule named {name}: `/schedule show` lists them."""


class UnknownRound(TrapwiseError):
    """That question is not open any more: `/round close` lists the open ones while you type."""


class UnknownQuestion(TrapwiseError):
    """I have no question {number} here: pick one from the list while you type."""


class ForeignPost(TrapwiseError):
    """I no longer have this question on file, so there is nothing to show."""


class NameTaken(TrapwiseError):
    """This server has a schedule named {name} already: choose another name, or change it with `/schedule edit`."""


class BlankName(TrapwiseError):
    """A schedule needs a name with at least one letter or digit."""


class TooManySchedules(TrapwiseError):
    """A server can have {limit} schedules: remove one with `/schedule remove` first."""


class ChannelUnfit(TrapwiseError):
    """I cannot ask questions in {channel}. {reasons}."""


class ChannelGone(TrapwiseError):
    """The channel of {name} is gone, or hidden from me: choose another with `/schedule edit`."""


class EveryonePinged(TrapwiseError):
    """I ping a role you choose, never everyone: pick another role, or leave it out."""


class ZoneMissing(TrapwiseError):
    """Name a time zone as well: this server has none yet, and `/setup` would set it."""


class BankExhausted(TrapwiseError):
    """Every item of this schedule is in an open question already: wait for one to close, or widen its topic."""


class PausedByTrouble(TrapwiseError):
    """Schedule {name} is paused because {why}: mend that, then `/schedule resume`."""


class AnswerWaits(TrapwiseError):
    """What you did counts once it is stored, which I cannot do just now: look at **My answer** again in a minute."""


class NotOpen(TrapwiseError):
    """This question is closed: answers can no longer change."""


class OrganisersOnly(TrapwiseError):
    """Only organisers (people with Manage Server) can do this."""


class NothingToChange(TrapwiseError):
    """Nothing to change: name at least one setting to edit."""


class QuizRunning(TrapwiseError):
    """A quiz is running in this channel already: join in, or wait until it is over."""


class TooManyQuizzes(TrapwiseError):
    """A server can have {server} quizzes at once, and one member host {own} of them: wait for one to end."""


class NothingToAsk(TrapwiseError):
    """I have no item like that to ask just now: choose another topic, trap or difficulty."""


class NoQuiz(TrapwiseError):
    """That quiz is over, or there is none in this channel: `/quiz start` begins one."""


class HostsOnly(TrapwiseError):
    """Only whoever started this quiz, or an organiser (with Manage Server), can do that."""


class QuizPaused(TrapwiseError):
    """The quiz is paused: `/quiz resume` lets it go on."""


class QuizWaits(TrapwiseError):
    """The quiz has not begun yet: wait for its first question."""


class NothingToSkip(TrapwiseError):
    """The next question is on its way: try again once it is there."""


class QuestionOver(TrapwiseError):
    """The quiz has moved on since: use the buttons under its latest question."""


class NoQuizHere(TrapwiseError):
    """I can hold a quiz only in a text channel where you may write: go to one, and start it there."""


class ItemGone(TrapwiseError):
    """This item was changed or taken out since: `/trap` offers another one to practise."""


class CaseGone(ItemGone):
    """The chain of this case was changed or taken out since: `/scenario` makes another one."""


class ItemBusy(TrapwiseError):
    """This item is in a question that is open right now: answer it there first, and practise it afterwards."""


class NothingToPractise(TrapwiseError):
    """I have no other item like this to practise right now: `/lesson` tells what it is about."""


class NothingFits(TrapwiseError):
    """I have no item that fits all of that just now: leave something out, or wait for open questions to close."""


class NothingMissed(TrapwiseError):
    """There is nothing to go over again: as far as I know, your last answer to each of these was right."""


class SittingGone(TrapwiseError):
    """I no longer have this run on file: type its command again to begin another."""


class TooFewForExam(TrapwiseError):
    """{bank} has fewer than {fewest} items that I may ask you now, too few for a mock exam: `/trap` has single ones."""


class SittingOpen(TrapwiseError):
    """You have one of these open already: go on with it, or end it first."""


class TooManySittings(TrapwiseError):
    """You began {limit} runs within a day, which is as many as I take: come back tomorrow, rested."""


class ServerBusy(TrapwiseError):
    """{limit} members of this server are at it just now, and there is no room for one more: try again in an hour."""


class VoidAlready(TrapwiseError):
    """This question is void already: it counts for nobody."""


class NotRevealed(TrapwiseError):
    """The answer to this question was never revealed, or is being revealed just now: there is nothing to change."""


class ReportGone(TrapwiseError):
    """This report was dealt with already: `/round reports` shows what still waits."""


class TooSlow(TrapwiseError):
    """That took me too long to open: press the button once more."""
