"""Rounds on the real bot: posting by the clock, closing, explaining, and what the reveal says."""

from datetime import timedelta

from bot.chat.letters import EMOJI
from bot.domain.item import ItemKind
from tests.chat.parts import parts
from tests.chat.world import World, custom_ids, said, texts


async def test_the_daily_question_comes_by_the_clock(group: World) -> None:
    """At the schedule's time a question is posted, and a day later the next one, after the first is explained."""
    # The world begins at midnight UTC: 08:30 in Prague is 07:30 UTC.
    await group.env.advance_time(timedelta(hours=7, minutes=29).total_seconds())
    assert group.posts() == []
    await group.env.advance_time(120)
    assert len(group.posts()) == 1
    await group.env.advance_time(timedelta(hours=24).total_seconds())
    assert len(group.posts()) == 2
    assert len(group.reveals()) == 1
    assert group.posts()[0].content != group.posts()[1].content


async def test_a_round_closes_by_itself(group: World) -> None:
    """A question that stays open for 30 minutes is closed and explained after 30 minutes."""
    await group.post(open_for="30m")
    await group.env.advance_time(29 * 60)
    assert group.reveals() == []
    await group.env.advance_time(2 * 60)
    assert len(group.reveals()) == 1


async def test_the_reveal_names_the_key_and_the_chosen_traps(group: World) -> None:
    """The reveal gives the key with its rationale, and the trap of each chosen distractor, of no other."""
    message = await group.post_kind(ItemKind.SINGLE)
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    options = dict(asked.posed.options)
    right, chosen, *others = [*group.key(message), *group.wrong(message)]
    await group.ann.react(message, EMOJI[right])
    await group.ben.react(message, EMOJI[chosen])
    told = texts(await group.close())
    assert f"{EMOJI[right]} **{options[right].text}**\n{options[right].why}" in told
    assert options[chosen].why in told
    assert all(options[other].why not in told for other in others)
    assert "**2 answers**, 1 fully right" in told
    assert f"{EMOJI[right]} 50 % (1)" in told
    assert "1. Ann (1)" in told
    assert "Ben" not in told, "nobody is listed by a wrong option"


async def test_closing_a_question_whose_post_is_gone_promises_nothing(group: World) -> None:
    """No explanation is promised where there is nothing to explain: the question is void, and that is said."""
    message = await group.post()
    group.env.backend.delete_message(group.channel.id, message.id)
    told = said(await group.olive.slash(group.channel, "round close"))
    assert "The post of question 1 is gone, so it is void: it counts for nobody." in told
    assert "explanation follows" not in told
    assert "not open any more" in said(await group.olive.slash(group.channel, "round close"))


async def test_the_reveal_answers_the_question(group: World) -> None:
    """The reveal is a reply to the post, and mentions nobody."""
    message = await group.post()
    reveal = await group.close()
    assert reveal.reference is not None
    assert reveal.reference.message_id == message.id
    assert reveal.mentions == []


async def test_a_post_that_is_over_leads_to_its_answer(group: World) -> None:
    """When its reveal is there, a post asks for no more answers: it links to the reveal, and My answer stays."""
    message = await group.post()
    reveal = await group.close()
    over = group.env.backend.get_message(group.channel.id, message.id).content
    assert over.endswith(
        f"[The answer and why](https://discord.com/channels/{group.guild.id}/{group.channel.id}/{reveal.id})"
    )
    assert "**Closed** <t:" in over
    assert "React" not in over
    assert [each["label"] for each in parts(group, message) if each.get("label")] == ["My answer"]


async def test_a_round_without_answers_is_still_explained(group: World) -> None:
    """When nobody answers the key is given all the same."""
    await group.post()
    told = texts(await group.close())
    assert "### The answer" in told
    assert "nobody answered" in told


async def test_multi_select_arithmetic_is_shown(group: World) -> None:
    """After the close My answer shows how a partly right answer scored."""
    message = await group.post_kind(ItemKind.MULTIPLE)
    keyed = group.key(message)
    for letter in (keyed[0], group.wrong(message)[0]):
        await group.ann.react(message, EMOJI[letter])
    await group.close()
    answer = await group.mine(group.ann, message)
    assert f"1 right, 1 wrong of {len(keyed)}: 1/{len(keyed)}" in answer


async def test_several_questions_a_day(group: World) -> None:
    """A schedule with three questions a day posts three, and reveals each before the next day's."""
    await group.olive.slash(group.channel, "schedule edit", name="Daily question", questions=3)
    await group.env.advance_time(timedelta(hours=8).total_seconds())
    assert len(group.posts()) == 3
    await group.env.advance_time(timedelta(hours=24).total_seconds())
    assert (len(group.posts()), len(group.reveals())) == (6, 3)


async def test_posting_now_does_not_close_what_is_open(group: World) -> None:
    """`/round post` adds a question beside the open one."""
    await group.post()
    await group.post()
    assert len(group.posts()) == 2
    assert group.reveals() == []


async def test_one_of_several_questions_is_closed(group: World) -> None:
    """`/round close` closes the question picked from the list, and no other."""
    await group.post()
    second = await group.post()
    listed = await group.olive.autocomplete(group.channel, "round close", "question", "")
    assert [choice["value"] for choice in listed] == ["1", "2"]
    await group.olive.slash(group.channel, "round close", question="2")
    assert [reveal.reference.message_id for reveal in group.reveals() if reveal.reference] == [second.id]


async def test_closing_what_is_not_open_is_refused(group: World) -> None:
    """`/round close` without an open question, or with an unknown one, gets a sentence."""
    assert "not open any more" in said(await group.olive.slash(group.channel, "round close"))
    await group.post()
    for typed in ("99", "nonsense", "-1", "²"):
        assert "not open any more" in said(await group.olive.slash(group.channel, "round close", question=typed))


async def test_posting_before_setup_is_refused(world: World) -> None:
    """`/round post` in a server without a schedule says what to do."""
    answer = said(await world.olive.slash(world.channel, "round post"))
    assert "`/setup`" in answer


async def test_a_thread_opens_with_the_reveal_when_asked_for(group: World) -> None:
    """A schedule with threads opens one on each reveal."""
    await group.olive.slash(group.channel, "schedule edit", name="Daily question", thread=True)
    await group.post()
    await group.close()
    assert len(group.channel.threads) == 1


async def test_a_role_is_pinged_and_nothing_else(group: World) -> None:
    """The configured role is mentioned by the question; no other mention can ping."""
    role = group.guild.create_role("learners")
    await group.olive.slash(group.channel, "schedule edit", name="Daily question", ping=role)
    message = await group.post()
    assert message.content.startswith(f"<@&{role.id}> ")
    sent = next(each for each in reversed(group.env.http_requests) if (each.json or {}).get("content"))
    assert sent.json is not None
    assert sent.json["allowed_mentions"] == {"parse": [], "roles": [str(role.id)], "replied_user": False} or (
        sent.json["allowed_mentions"]["roles"] == [role.id] and not sent.json["allowed_mentions"]["parse"]
    )


async def test_a_question_is_sent_with_a_nonce_and_names_its_round(group: World) -> None:
    """The send carries a nonce that Discord enforces, and the post's buttons name its round."""
    message = await group.post()
    sent = next(each for each in reversed(group.env.http_requests) if (each.json or {}).get("content"))
    assert sent.json is not None
    assert sent.json["enforce_nonce"] is True
    assert custom_ids(message) == ["tw:private:1", "tw:mine:1"]


async def test_a_restart_in_the_middle_of_a_round(group: World) -> None:
    """Answers before, during and after a restart all count, and the question is explained once."""
    message = await group.post_kind(ItemKind.SINGLE)
    right, wrong = group.key(message), group.wrong(message)[0]
    await group.ann.react(message, EMOJI[right])
    await group.ben.react(message, EMOJI[wrong])
    group.unheard(group.cat, message, right, there=True)
    await group.restart()
    await group.dan.react(message, EMOJI[right])
    earlier = len(group.reveals())
    told = texts(await group.close())
    assert "**4 answers**, 3 fully right" in told
    assert len(group.reveals()) == earlier + 1


async def test_a_close_during_an_outage_happens_late(group: World) -> None:
    """A question whose closing time passed while the bot was away closes when it is back, and says so."""
    message = await group.post(open_for="10m")
    right = group.key(message)[0]
    await group.bot.close()
    group.env.backend.advance_clock(3600)
    group.unheard(group.ann, message, right, there=True)
    await group.come_back()
    told = texts(group.reveals()[-1])
    assert "I was away at closing time" in told
    assert "**1 answer**" in told


async def test_missed_questions_are_caught_up_once(group: World) -> None:
    """A question missed within three hours is asked once when the bot is back."""
    await group.bot.close()
    group.env.backend.advance_clock(timedelta(days=3, hours=9).total_seconds())
    await group.come_back()
    assert len(group.posts()) == 1


async def test_questions_missed_too_long_ago_are_skipped_and_told(group: World) -> None:
    """Beyond the catch-up limit nothing is posted, and the next organiser command says what was skipped."""
    await group.bot.close()
    group.env.backend.advance_clock(timedelta(days=2, hours=20).total_seconds())
    await group.come_back()
    assert group.posts() == []
    shown = said(await group.olive.slash(group.channel, "schedule show"))
    assert "skipped 3 question times" in shown
    assert "skipped" not in said(await group.olive.slash(group.channel, "schedule show"))
