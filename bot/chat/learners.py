"""Who practises: whoever used a command, a button or a menu."""

from bot.chat.replies import Interaction
from bot.services.offering import Learner


def learner_of(interaction: Interaction) -> Learner:
    """Give a person as one who practises.

    Where only they installed the bot, and the server did not, they are by themselves as in direct messages.
    """
    alone = interaction.is_user_integration() and not interaction.is_guild_integration()
    return Learner(member_id=interaction.user.id, guild_id=None if alone else interaction.guild_id)
