"""The services that commands and buttons use, bundled; the client carries the bundle."""

from dataclasses import dataclass
from typing import Any, Protocol, cast

import discord

from bot.services.announcing import Announcer
from bot.services.answering import Answering
from bot.services.conducting import Conductor
from bot.services.correcting import Correcting
from bot.services.daily import Daily
from bot.services.drills import Drills
from bot.services.examining import Examining
from bot.services.library import Library
from bot.services.organising import Organising
from bot.services.ports import Clock
from bot.services.practising import Practising
from bot.services.profiles import Profiles
from bot.services.quizzing import Quizzing
from bot.services.recalling import Recalling
from bot.services.reporting import Reporting
from bot.services.reviewing import Reviewing
from bot.services.sittings import Sittings
from bot.services.standings import Standings
from bot.services.stepping import Stepper


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that people's commands, buttons and reactions reach."""

    clock: Clock
    library: Library
    answering: Answering
    recalling: Recalling
    organising: Organising
    quizzing: Quizzing
    drills: Drills
    sittings: Sittings
    practising: Practising
    reviewing: Reviewing
    examining: Examining
    reporting: Reporting
    correcting: Correcting
    standings: Standings
    profiles: Profiles
    announcer: Announcer
    daily: Daily
    stepper: Stepper
    conductor: Conductor


class Carrier(Protocol):
    """A client that carries the services."""

    services: Services


def services_of(interaction: discord.Interaction[Any]) -> Services:
    """Give the services of the client that received an interaction."""
    return cast("Carrier", interaction.client).services
