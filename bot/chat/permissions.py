"""The permissions Trapwise uses, and what each missing one costs."""

from dataclasses import dataclass

import discord


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One permission by discord.py's name, as Discord's settings call it, and the price of doing without."""

    name: str
    label: str
    cost: str


REQUIRED = (
    Need(name="view_channel", label="View Channel", cost="I cannot see the channel at all"),
    Need(name="send_messages", label="Send Messages", cost="I cannot post questions or reveals"),
    Need(name="add_reactions", label="Add Reactions", cost="I cannot put the letters under a question"),
    Need(
        name="read_message_history",
        label="Read Message History",
        cost="I cannot add letters, count them, or repair what I missed",
    ),
)
OPTIONAL = (
    Need(
        name="manage_messages",
        label="Manage Messages",
        cost="a changed answer leaves its earlier letter on the post (scores are right all the same)",
    ),
    Need(
        name="attach_files",
        label="Attach Files",
        cost="questions, reveals and the boards of quizzes are shown without their picture",
    ),
    Need(name="create_public_threads", label="Create Public Threads", cost="I cannot open discussion threads"),
)


def invited_with() -> discord.Permissions:
    """Give exactly the permissions the invitation asks for."""
    return discord.Permissions(**{need.name: True for need in (*REQUIRED, *OPTIONAL)})


def may(client: discord.Client, guild_id: int, channel_id: int, permission: str) -> bool | None:
    """Tell whether the bot has a permission in a channel; `None` while the server is not known yet."""
    guild = client.get_guild(guild_id)
    channel = guild.get_channel(channel_id) if guild is not None else None
    if channel is None:
        return None
    return bool(getattr(channel.permissions_for(channel.guild.me), permission))


def missing(channel: discord.abc.GuildChannel, me: discord.Member) -> tuple[list[Need], list[Need]]:
    """List what is missing in a channel: first what is required, then what is optional."""
    held = channel.permissions_for(me)
    return (
        [need for need in REQUIRED if not getattr(held, need.name)],
        [need for need in OPTIONAL if not getattr(held, need.name)],
    )


def costs(needs: list[Need]) -> str:
    """Write missing permissions with what they cost."""
    return "; ".join(f"without **{need.label}** {need.cost}" for need in needs)
