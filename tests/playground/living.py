"""A playground with the real bot, and browser tabs that speak to it the way SimCord's page does."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import simcord

from bot import app
from bot.playground.world import Playground
from bot.services.library import Shelf
from tests.builders import NOW

UTC = ZoneInfo("UTC")


@asynccontextmanager
async def living(
    database: Path, shelves: list[Shelf], *, now: datetime = NOW, speed: float = 1.0, set_up: bool = True
) -> AsyncIterator[Playground]:
    """Run a demo server in which a question has been asked; its clock stands until it is told to go."""

    async def make(clock: Callable[[], datetime]) -> app.App:
        return await app.open_app(
            database=f"sqlite+aiosqlite:///{database}", shelves=shelves, clock=clock, unlimited=True
        )

    playground = Playground(make, now=now, speed=speed, reaching=lambda _instant: None)
    try:
        await playground.bring_bot()
        assert await playground.arrange(zone=UTC, set_up=set_up) is None
        yield playground
    finally:
        await playground.close()


def question(playground: Playground) -> Any:  # noqa: ANN401  # the stored message, which SimCord does not type
    """Give the newest question as the simulated Discord has it."""
    channel = playground.server.channels[0]
    stored = playground.world.backend.messages[channel.id].values()
    return max((message for message in stored if message.reactions), key=lambda message: message.id)


def letters_of(playground: Playground, who: simcord.MemberActor) -> list[str]:
    """List the letters that somebody has on the newest question."""
    return [reaction.emoji for reaction in question(playground).reactions if who.id in reaction.user_ids]


async def my_answer(playground: Playground, who: simcord.MemberActor) -> str:
    """Press My answer under the newest question, without the page, and give what it says."""
    message = question(playground)
    result = await who.click(simcord.ResponseMessage(playground.world, message), label="My answer")
    assert result.response is not None
    return result.response.content


@dataclass(slots=True)
class Tab:
    """One browser tab: its requests are those of SimCord's page, except that it looks only when told to."""

    session: aiohttp.ClientSession
    origin: str
    headers: dict[str, str]
    state: dict[str, Any]
    sequence: int = 0

    async def look(self) -> dict[str, Any]:
        """Read the state, as the page does twice a second."""
        async with self.session.get(f"{self.origin}/api/state", headers=self.headers) as answer:
            assert answer.status == 200
            self.state = await answer.json()
        return self.state

    async def act(self, kind: str, **details: object) -> dict[str, Any]:
        """Send an action as of what the tab saw last; returns the receipt."""
        body = {
            "protocol_version": 3,
            "kind": kind,
            "sequence": self.sequence + 1,
            "request_id": f"{self.headers['X-Simcord-Context']}-{self.sequence}",
            "generation": self.state["context"]["generation"],
            "bot_generation": self.state["botGeneration"],
            "published_revision": self.state["publishedRevision"],
            **details,
        }
        async with self.session.post(f"{self.origin}/api/action", json=body, headers=self.headers) as answer:
            assert answer.status == 200
            receipt: dict[str, Any] = await answer.json()
        self.sequence = receipt["expectedSequence"]
        return receipt

    async def be(self, who: simcord.MemberActor) -> None:
        """Choose another person after “Viewing as”."""
        assert (await self.act("viewer", viewer_id=str(who.id)))["settlement"] == "settled"
        await self.look()

    async def react(self, message: int, emoji: str, *, reacted: bool = True) -> dict[str, Any]:
        """Click a letter."""
        return await self.act("set_reaction", target_id=str(message), emoji=emoji, reacted=reacted)

    def button(self, message: int, label: str) -> str:
        """Give the key of a button that the tab shows."""

        def search(components: list[dict[str, Any]], path: str) -> str | None:
            for place, each in enumerate(components):
                here = f"{path}.components.{place}" if path else str(place)
                if each.get("label") == label:
                    return f"message:{message}:component:{each.get('id') or here}"
                if (found := search(each.get("components", []), here)) is not None:
                    return found
            return None

        key = search(self.state["messages"][str(message)]["components"], "")
        assert key is not None
        return key

    def menus(self) -> list[tuple[int, str]]:
        """List the menus that the tab shows, newest last, each with its message and its key."""
        return [
            (int(message), each["control_key"])
            for message, told in self.state["messages"].items()
            for row in told["components"]
            for each in row.get("components", [])
            if "options" in each
        ]

    async def choose(self, message: int, key: str, values: list[str]) -> dict[str, Any]:
        """Choose from a menu by its key."""
        return await self.act("select", target_id=str(message), control_key=key, values=values)

    async def press(self, message: int, key: str) -> dict[str, Any]:
        """Click a button by its key."""
        return await self.act("click", target_id=str(message), control_key=key)


@dataclass(frozen=True, slots=True)
class Desk:
    """A served playground and the browser on its desk."""

    playground: Playground
    preview: simcord.Preview
    session: aiohttp.ClientSession

    async def tab(self, who: simcord.MemberActor | None = None) -> Tab:
        """Open a tab, as somebody."""
        origin, _, capability = self.preview.url.partition("/#")
        headers = {"X-Simcord-Capability": capability}
        async with self.session.post(f"{origin}/api/pages", json={}, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            state = await answer.json()
        made = Tab(self.session, origin, {**headers, "X-Simcord-Context": state["context"]["id"]}, state)
        if who is not None:
            await made.be(who)
        return made


@asynccontextmanager
async def at_desk(playground: Playground) -> AsyncIterator[Desk]:
    """Serve a playground's page on a free port."""
    async with playground.page(port=0, zone=UTC) as preview, aiohttp.ClientSession() as session:
        yield Desk(playground, preview, session)
