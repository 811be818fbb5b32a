"""The routes about interactions: the first answer, and what follows it; the token in the path is the permission."""

import time

from tests.wire import messages, payloads
from tests.wire.forms import check_message
from tests.wire.refusals import (
    ALREADY_ACKNOWLEDGED,
    UNKNOWN_INTERACTION,
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    Refused,
    bad_form,
)
from tests.wire.routes.call import Call, Routes
from tests.wire.state import Interaction, InteractionKind, Json, Message

_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9
_OF_COMPONENTS = (_DEFERRED_UPDATE, _UPDATE)
_EPHEMERAL, _LOADING = 1 << 6, 1 << 7
_TOKEN_SECONDS = 15 * 60
_MOST_CHOICES = 25


async def _answer(call: Call) -> Json | None:
    world, form = call.world, call.body or {}
    found = world.interactions.get(call.path["webhook_token"])
    if found is None or found.id != call.id("webhook_id") or _age(found) > world.answer_seconds:
        raise Refused(UNKNOWN_INTERACTION)
    if found.answer is not None:
        raise Refused(ALREADY_ACKNOWLEDGED)
    kind = int(form.get("type", 0))
    _check_kind(found, kind)
    shown = _show_first(call, found, kind, form.get("data") or {})
    found.answer, found.answered_at = kind, time.monotonic()
    found.answered.set()
    return _described(call, found, shown) if call.query.get("with_response") else None


def _age(found: Interaction) -> float:
    return time.monotonic() - found.made


def _check_kind(found: Interaction, kind: int) -> None:
    fits = {
        InteractionKind.COMMAND: (_MESSAGE, _DEFERRED, _MODAL),
        InteractionKind.COMPONENT: (_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE, _MODAL),
        InteractionKind.AUTOCOMPLETE: (_CHOICES,),
    }[found.kind]
    if kind not in fits:
        said = f"Value must be one of {{{', '.join(map(str, fits))}}}."
        raise bad_form(type=("INTERACTION_TYPE_CHOICES", said))


def _show_first(call: Call, found: Interaction, kind: int, data: Json) -> Message | None:
    if kind == _CHOICES:
        found.choices = data.get("choices") or []
        if len(found.choices) > _MOST_CHOICES:
            raise bad_form(data__choices=("BASE_TYPE_BAD_LENGTH", f"Must be {_MOST_CHOICES} or fewer in length."))
        return None
    if kind == _MESSAGE:
        check_message(data, files=len(call.files))
        return _show(call, found, data)
    if kind == _DEFERRED:
        return _show(call, found, {"flags": int(data.get("flags") or 0) | _LOADING})
    if kind in _OF_COMPONENTS and found.message is not None:
        if kind == _UPDATE:
            check_message(data, files=len(call.files), empty=True)
            messages.edit(call.world, found.message, data)
        found.shown.insert(0, found.message)
    return found.message if kind in _OF_COMPONENTS else None


def _show(call: Call, found: Interaction, form: Json) -> Message:
    world, channel = call.world, call.world.channel(found.channel_id)
    if int(form.get("flags") or 0) & _EPHEMERAL:
        message = messages.make(world, channel, world.bot, form, files=call.files)
    else:
        message = messages.create(world, channel, world.bot, form, files=call.files)
    found.shown.append(message)
    return message


def _described(call: Call, found: Interaction, shown: Message | None) -> Json:
    described: Json = {"id": str(found.id), "type": int(found.kind)}
    if shown is None:
        return {"interaction": described}
    described |= {
        "response_message_id": str(shown.id),
        "response_message_loading": bool(shown.flags & _LOADING),
        "response_message_ephemeral": bool(shown.flags & _EPHEMERAL),
    }
    resource = {"type": found.answer, "message": payloads.message(shown, call.world)}
    return {"interaction": described, "resource": resource}


async def _follow_up(call: Call) -> Json:
    found, form = _known(call), call.body or {}
    check_message(form, files=len(call.files))
    first = found.shown[0] if found.shown else None
    if first is not None and first.flags & _LOADING:
        # The first message after a deferred answer takes its place, and is as private as was said then.
        first.flags &= ~_LOADING
        messages.edit(call.world, first, form)
        return payloads.message(first, call.world)
    return payloads.message(_show(call, found, form), call.world)


async def _get(call: Call) -> Json:
    return payloads.message(_shown(call), call.world)


async def _edit(call: Call) -> Json:
    message = _shown(call)
    check_message(call.body or {}, files=len(call.files), empty=True)
    message.flags &= ~_LOADING
    messages.edit(call.world, message, call.body or {})
    return payloads.message(message, call.world)


async def _delete(call: Call) -> None:
    message = _shown(call)
    _known(call).shown.remove(message)
    if message.id in call.world.messages:
        messages.delete(call.world, message)


def _known(call: Call) -> Interaction:
    found = call.world.interactions.get(call.path["webhook_token"])
    if found is None or found.answer is None or _age(found) > _TOKEN_SECONDS:
        raise Refused(UNKNOWN_WEBHOOK)
    return found


def _shown(call: Call) -> Message:
    found, wanted = _known(call), call.path["message_id"]
    for message in found.shown:
        if wanted in ("@original", str(message.id)):
            return message
    raise Refused(UNKNOWN_MESSAGE)


_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"

ROUTES: Routes = {
    "POST /interactions/{webhook_id}/{webhook_token}/callback": _answer,
    f"POST {_WEBHOOK}": _follow_up,
    f"GET {_WEBHOOK}/messages/{{message_id}}": _get,
    f"PATCH {_WEBHOOK}/messages/{{message_id}}": _edit,
    f"DELETE {_WEBHOOK}/messages/{{message_id}}": _delete,
}
