"""`/help`: what a learner can do, what an organiser can do, and who sees what."""

from discord import app_commands
from discord.ext import commands

from bot.chat.layouts import card
from bot.chat.replies import Interaction, show

_LEARNERS = """### How Trapwise works
A question appears in the channel. **React with a letter** under it; where it says *Choose 2* or more, react with each.
Change your mind as often as you like till it closes. Then the answer comes, with **the trap behind each wrong option**.
- **Answer privately** under a question: choose from a menu that only you see, or withdraw
- **My answer** under a question: what I have on file for you
- **Why was mine wrong?** under the answer: why your options were right or wrong; **Try a similar one** to practise
- `/quiz start` a live quiz here for everyone: questions one after another, then a board
- `/lesson` read what the questions are about
- `/practice` a run of questions by yourself, with the answer at once; what you missed comes again if you like
- `/review` what you answered before, again just before you would forget it
- `/exam` a mock exam by the blueprint, against the clock; then the result per domain, with your weakest traps
- `/scenario` solve a made-up case, privately: what is missing, what fails, what completes the design?
- `/trap` two things that are easily confused, told apart, with a question to practise
- `/leaderboard` who leads; `/me` your marks, and the traps that catch you again and again"""

_PRIVACY = """**Who sees what**
Reactions are public, also while a question is open; **Answer privately** hides your choice. What commands and buttons \
show you, only you see. The reveal tells how many chose each option, never who. Speed never counts."""

_ORGANISERS = """**For organisers** (people with Manage Server)
- `/setup` where, when and from which bank the daily question comes
- `/schedule` add, show, edit, pause, resume or remove schedules
- `/round post` ask now; `/round close` close and explain now
- `/round reports` what members say is wrong with an item
- `/round void` take an explained question off the boards; `/round count` put it back
- `/quiz skip`, `pause`, `resume`, `stop` any quiz, also one that somebody else started
- `/insights traps` what the server keeps confusing, without names"""


class HelpCog(commands.Cog):
    """Explains what can be done."""

    @app_commands.command(description="What you can do here, and who sees what")
    async def help(self, interaction: Interaction) -> None:
        organiser = interaction.permissions.manage_guild
        await show(interaction, card([_LEARNERS, *([_ORGANISERS] if organiser else []), _PRIVACY]))
