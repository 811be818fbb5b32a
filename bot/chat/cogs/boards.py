"""`/leaderboard` and `/me`: how the group does, and how one does oneself."""

from typing import Literal, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.buttons import TrapwiseButton
from bot.chat.drill_buttons import Drill
from bot.chat.layouts import card
from bot.chat.organisers import guild_of
from bot.chat.render.boards import leaderboard, progress
from bot.chat.replies import Interaction, show, turn
from bot.chat.services import Services, services_of
from bot.domain.related import items_on
from bot.domain.standings import Period
from bot.services.standings import Board

_CODES = {Period.ALL_TIME: "all", Period.WEEK: "week"}
_PERIODS = {code: period for period, code in _CODES.items()}
Page = app_commands.Range[int, 1, 100_000]


class BoardCog(commands.Cog):
    """Shows standings privately."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="leaderboard", description="Who leads in this server; your own rank is always shown")
    @app_commands.describe(period="All time, or this week", page="Ten members a page")
    @app_commands.guild_only()
    async def leaderboard(
        self, interaction: Interaction, period: Literal["all time", "this week"] = "all time", page: Page = 1
    ) -> None:
        board = await self._services.standings.board(guild_of(interaction), interaction.user.id, Period(period), page)
        await show(interaction, _layout(board))

    @app_commands.command(name="me", description="Your marks, accuracy, and the traps that catch you")
    @app_commands.guild_only()
    async def me(self, interaction: Interaction) -> None:
        guild_id, member_id = guild_of(interaction), interaction.user.id
        own = await self._services.standings.progress(guild_id, member_id)
        traps = await self._services.profiles.repeated(guild_id, member_id)
        buttons = [
            Drill.for_trap(each.bank.id, each.trap.id, label=each.trap.name)
            for each in traps
            if items_on(each.bank, each.trap.id) and not each.spent
        ]
        await show(interaction, card(progress(interaction.user.display_name, own, traps), buttons=buttons))


class BoardPage(TrapwiseButton, template=r"tw:board:(?P<period>all|week):(?P<page>\d{1,6})"):
    """Turns to a page of a leaderboard."""

    def __init__(self, period: Period, page: int, label: str = "") -> None:
        super().__init__(f"tw:board:{_CODES[period]}:{page}", label or str(page))
        self.period, self.page = period, page

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(_PERIODS[parts["period"]], int(parts["page"]))

    async def pressed(self, interaction: Interaction) -> None:
        board = await services_of(interaction).standings.board(
            guild_of(interaction), interaction.user.id, self.period, self.page
        )
        await turn(interaction, _layout(board))


def _layout(board: Board) -> discord.ui.LayoutView:
    other = Period.WEEK if board.period is Period.ALL_TIME else Period.ALL_TIME
    buttons = [BoardPage(other, 1, str(other).capitalize())]
    if board.page > 1:
        buttons.append(BoardPage(board.period, board.page - 1, "◀ Back"))
    if board.page < board.pages:
        buttons.append(BoardPage(board.period, board.page + 1, "Next ▶"))
    return card(leaderboard(board), buttons=buttons)


OF_BOARDS = (BoardPage,)
