"""What Discord accepts in a message: lengths, numbers, and the shape of components; everything else is a bad form."""

from tests.wire.refusals import EMPTY_MESSAGE, Refused, bad_form
from tests.wire.state import Json, nested

COMPONENTS_V2 = 1 << 15
_CONTENT, _TEXT, _NONCE, _CUSTOM_ID, _LABEL, _PLACEHOLDER = 2_000, 4_000, 25, 100, 80, 150
_ROWS, _IN_A_ROW, _IN_A_LAYOUT, _EMBEDS, _FILES, _OPTIONS = 5, 5, 40, 10, 10, 25
_ROW, _BUTTON, _SELECT, _TEXT_DISPLAY, _LINK, _PREMIUM = 1, 2, 3, 10, 5, 6
_TOO_LONG = "BASE_TYPE_BAD_LENGTH"


def check_message(form: Json, *, files: int = 0, empty: bool = False) -> None:
    """Check the form of a new or changed message; `empty` allows one that only changes something else.

    Raises:
        Refused: with the complaint by field, as Discord words it.
    """
    content = form.get("content") or ""
    if len(content) > _CONTENT:
        raise bad_form(content=(_TOO_LONG, f"Must be {_CONTENT} or fewer in length."))
    if len(str(form.get("nonce") or "")) > _NONCE:
        raise bad_form(nonce=("NONCE_TYPE_TOO_LONG", f"Nonce must be {_NONCE} or fewer characters."))
    if len(form.get("embeds") or []) > _EMBEDS:
        raise bad_form(embeds=(_TOO_LONG, f"Must be {_EMBEDS} or fewer in length."))
    if files > _FILES:
        raise bad_form(attachments=(_TOO_LONG, f"Must be {_FILES} or fewer in length."))
    components = form.get("components") or []
    layout = bool((form.get("flags") or 0) & COMPONENTS_V2)
    if layout:
        _check_layout(form, components)
    else:
        _check_rows(components)
    _check_custom_ids(components)
    if not (content or components or form.get("embeds") or files or empty):
        raise Refused(EMPTY_MESSAGE)


def _check_layout(form: Json, components: list[Json]) -> None:
    for field in ("content", "embeds", "poll", "sticker_ids"):
        if form.get(field):
            said = "The flag MessageFlags.IS_COMPONENTS_V2 does not go with this field."
            raise bad_form(**{field: ("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", said)})
    everything = list(nested(components))
    if not 1 <= len(everything) <= _IN_A_LAYOUT:
        raise bad_form(components=(_TOO_LONG, f"Must be between 1 and {_IN_A_LAYOUT} in length."))
    written = sum(len(each.get("content", "")) for each in everything if each.get("type") == _TEXT_DISPLAY)
    if written > _TEXT:
        said = f"The total length of displayable text exceeds the maximum of {_TEXT}."
        raise bad_form(components=("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", said))


def _check_rows(components: list[Json]) -> None:
    if len(components) > _ROWS:
        raise bad_form(components=(_TOO_LONG, f"Must be {_ROWS} or fewer in length."))
    for each in components:
        if each.get("type") != _ROW:
            raise bad_form(components=("UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).'))
        if not 1 <= len(each.get("components", [])) <= _IN_A_ROW:
            raise bad_form(components=(_TOO_LONG, f"Must be between 1 and {_IN_A_ROW} in length."))


def _check_custom_ids(components: list[Json]) -> None:
    seen: set[str] = set()
    for each in nested(components):
        if each.get("type") == _BUTTON and each.get("style") in (_LINK, _PREMIUM):
            continue
        if each.get("type") in (_BUTTON, _SELECT):
            custom_id = each.get("custom_id", "")
            if not 1 <= len(custom_id) <= _CUSTOM_ID:
                raise bad_form(components=(_TOO_LONG, f"Must be between 1 and {_CUSTOM_ID} in length."))
            if custom_id in seen:
                said = "Component custom id cannot be duplicated"
                raise bad_form(components=("COMPONENT_CUSTOM_ID_DUPLICATED", said))
            seen.add(custom_id)
        if len(each.get("label") or "") > _LABEL or len(each.get("placeholder") or "") > _PLACEHOLDER:
            raise bad_form(components=(_TOO_LONG, "A label is too long."))
        if len(each.get("options") or []) > _OPTIONS:
            raise bad_form(components=(_TOO_LONG, f"Must be {_OPTIONS} or fewer in length."))
