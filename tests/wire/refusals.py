"""Discord's refusals: the HTTP status, the code and the sentence of each, as clients see them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One kind of refusal."""

    status: int
    code: int
    message: str


class Refused(Exception):
    """A request is answered with a refusal; `errors` are the complaints of a form by field."""

    def __init__(self, refusal: Refusal, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{refusal.code} {refusal.message}")
        self.refusal = refusal
        self.errors = errors or {}

    def body(self) -> dict[str, Any]:
        """Give the JSON that goes with it."""
        body: dict[str, Any] = {"message": self.refusal.message, "code": self.refusal.code}
        return body | {"errors": self.errors} if self.errors else body


UNAUTHORISED = Refusal(status=401, code=0, message="401: Unauthorized")
NOT_FOUND = Refusal(status=404, code=0, message="404: Not Found")
UNKNOWN_CHANNEL = Refusal(status=404, code=10003, message="Unknown Channel")
UNKNOWN_GUILD = Refusal(status=404, code=10004, message="Unknown Guild")
UNKNOWN_MEMBER = Refusal(status=404, code=10007, message="Unknown Member")
UNKNOWN_MESSAGE = Refusal(status=404, code=10008, message="Unknown Message")
UNKNOWN_USER = Refusal(status=404, code=10013, message="Unknown User")
UNKNOWN_EMOJI = Refusal(status=400, code=10014, message="Unknown Emoji")
UNKNOWN_WEBHOOK = Refusal(status=404, code=10015, message="Unknown Webhook")
UNKNOWN_INTERACTION = Refusal(status=404, code=10062, message="Unknown interaction")
TOO_MANY_REACTIONS = Refusal(status=400, code=30010, message="Maximum number of reactions reached (20)")
ALREADY_ACKNOWLEDGED = Refusal(status=400, code=40060, message="Interaction has already been acknowledged.")
MISSING_ACCESS = Refusal(status=403, code=50001, message="Missing Access")
NOT_THE_AUTHOR = Refusal(status=403, code=50005, message="Cannot edit a message authored by another user")
EMPTY_MESSAGE = Refusal(status=400, code=50006, message="Cannot send an empty message")
TAKES_NO_MESSAGES = Refusal(status=403, code=50007, message="Cannot send messages to this user")
MISSING_PERMISSIONS = Refusal(status=403, code=50013, message="Missing Permissions")
BAD_FORM = Refusal(status=400, code=50035, message="Invalid Form Body")
REACTION_BLOCKED = Refusal(status=403, code=90001, message="Reaction blocked")
NO_REPLY_WITHOUT_HISTORY = Refusal(
    status=403, code=160002, message="Cannot reply without permission to read message history"
)
THREAD_EXISTS = Refusal(status=400, code=160004, message="A thread has already been created for this message")
ARCHIVED = Refusal(status=400, code=50083, message="Thread is archived")


def bad_form(**fields: tuple[str, str]) -> Refused:
    """Refuse a form: by field, the code and the sentence of what is wrong with it; `__` in a name nests."""
    errors: dict[str, Any] = {}
    for name, (code, message) in fields.items():
        place = errors
        for part in name.split("__"):
            place = place.setdefault(part, {})
        place["_errors"] = [{"code": code, "message": message}]
    return Refused(BAD_FORM, errors)
