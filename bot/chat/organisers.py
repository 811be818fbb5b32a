"""What organisers' commands share: who they are, what they should know first, and whether a channel will do."""

import discord

from bot.chat.permissions import costs, missing
from bot.chat.render.text import MESSAGE_LIMIT
from bot.chat.replies import Interaction, reply
from bot.chat.services import services_of
from bot.domain.errors import ChannelGone, ChannelUnfit, EveryonePinged, NoQuizHere
from bot.domain.reading import echo
from bot.domain.schedule import Schedule


def guild_of(interaction: Interaction) -> int:
    """Give the server of an interaction; commands for servers only are hidden elsewhere."""
    assert interaction.guild_id is not None
    return interaction.guild_id


async def tell_organiser(interaction: Interaction, text: str, *, view: discord.ui.View | None = None) -> None:
    """Answer an organiser privately, with what happened since their last command on top."""
    notices = await notices_first(interaction, MESSAGE_LIMIT - len(text) - 1)
    await reply(interaction, "\n".join([*notices, text]), view=view)


async def notices_first(interaction: Interaction, room: int) -> list[str]:
    """Give what happened since the last organiser command, as one text of at most `room` characters, if anything did.

    What needs more room is told at once, each in a message of its own: the answer follows it.
    """
    waiting = [f"⚠️ {notice}" for notice in await services_of(interaction).announcer.waiting(guild_of(interaction))]
    together = "\n".join(waiting)
    if len(together) <= room:
        return [together] if waiting else []
    for notice in waiting:
        await reply(interaction, notice)
    return []


def check_channel(channel: discord.TextChannel) -> str:
    """Check that questions can be asked in a channel; gives a sentence about what is missing but not needed.

    Raises:
        ChannelUnfit: something needed is missing; the message names what each missing permission costs.
    """
    required, optional = missing(channel, channel.guild.me)
    if required:
        raise ChannelUnfit(channel=channel.mention, reasons=_capital(costs(required)))
    return f"\n-# Not needed, but nice to have: {costs(optional)}." if optional else ""


def quiz_channel(interaction: Interaction) -> str:
    """Check that a member may hold a quiz where they are, like `check_channel`.

    Raises:
        NoQuizHere: it is no text channel, or not one where they may write.
        ChannelUnfit: the bot lacks something there.
    """
    channel = interaction.channel
    if not isinstance(channel, discord.TextChannel) or not interaction.permissions.send_messages:
        raise NoQuizHere
    return check_channel(channel)


def check_schedule(interaction: Interaction, schedule: Schedule) -> str:
    """Check that a schedule's channel will do, like `check_channel`.

    Raises:
        ChannelGone, ChannelUnfit: nothing can be posted there now.
    """
    channel = interaction.guild.get_channel(schedule.channel_id) if interaction.guild is not None else None
    if not isinstance(channel, discord.TextChannel):
        raise ChannelGone(name=echo(schedule.name))
    return check_channel(channel)


def check_role(role: discord.Role | None, channel: discord.TextChannel | None) -> str:
    """Check that a role can be pinged; gives a sentence when a question would name it without a ping.

    Raises:
        EveryonePinged: it is the role that everyone has.
    """
    if role is None:
        return ""
    if role.is_default():
        raise EveryonePinged
    me = role.guild.me
    may = me.guild_permissions if channel is None else channel.permissions_for(me)
    if role.mentionable or may.mention_everyone:
        return ""
    return f"\n-# {role.mention} does not allow mentions, so nobody in it is notified: see the role's settings."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
