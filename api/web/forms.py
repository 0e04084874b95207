"""Forms of pages: what was typed, turned into an input Struct field by field, with what is wrong beside each field."""

import hashlib
import re
from asyncio import sleep
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.exceptions import ClientException
from msgspec import UNSET

from api.dependencies import AnyRequest
from api.idempotency import Claim
from api.unit_of_work import work_of
from api.web.views import View
from ideation.errors import IdeationError, IdempotencyInProgress
from ideation.queries.idempotency import find_answer, lock_key

ONCE_FIELD = "once"
_WAIT_SECONDS = 0.1
_WAIT_TIMES = 50
# 1.500 is fifteen hundred to one reader and one and a half to the next, so a point or comma before three digits is
# asked about instead of guessed.
_AMOUNT = re.compile(r"[0-9]{1,15}(?:[.,](?:[0-9]{1,2}|[0-9]{4,9}))?")

Input = TypeVar("Input", bound=msgspec.Struct)


class Form:
    """What somebody typed; `errors` says what is wrong with it, by field."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.errors: dict[str, str] = {}

    def text(self, name: str) -> str:
        """A field as it was typed; empty when it was not sent."""
        value = self.values.get(name, "")
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    def all(self, name: str) -> list[str]:
        """Every value of a field that may come several times, such as a group of check boxes."""
        value = self.values.get(name, [])
        return list(value) if isinstance(value, list) else [value]

    def number(self, name: str) -> int:
        """A whole number that the page itself put into the form; anything else is a malformed request."""
        text = self.text(name)
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise ClientException(detail=f"The form field {name} is not a number.")
        return int(text)

    def amount(self, name: str) -> float | None:
        """An amount as people of either language write it; None when it is empty, or `errors` says what is wrong."""
        text = re.sub(r"[\s'\u2019]", "", self.text(name))
        if _AMOUNT.fullmatch(text):
            return float(text.replace(",", "."))
        if text:
            self.errors[name] = "form.not_an_amount" if re.fullmatch(r"[0-9.,]+", text) else "form.not_a_number"
        return None

    def id(self, name: str) -> UUID:
        """An id that the page itself put into the form; anything else is a malformed request."""
        try:
            return UUID(self.text(name))
        except ValueError:
            raise ClientException(detail=f"The form field {name} is not an id.") from None

    def moment(self, name: str) -> str | None:
        """A date and time field, which the pages show and take in UTC; None when it is empty."""
        return f"{self.text(name)}:00Z" if self.text(name) else None

    def read(self, kind: type[Input], given: Mapping[str, Any]) -> Input | None:
        """The values as this input, or None and `errors` says why. An empty text for an optional field is left out."""
        accepted = {
            field.name: self._accept(field, given[field.name]) for field in _fields(kind) if field.name in given
        }
        return None if self.errors else kind(**{name: value for name, value in accepted.items() if value is not UNSET})

    def refuse(self, view: View, error: IdeationError, field: str) -> None:
        """Say what the domain found wrong, beside the field it named or else this one."""
        self.errors[str(error.extra.get("field", field))] = view.refusal(error)

    def _accept(self, field: msgspec.structs.FieldInfo, value: Any) -> Any:
        try:
            return msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError as error:
            if value == "" and not field.required:
                return UNSET
            self.errors[field.name] = _message_key(str(error), value)
            return UNSET


EMPTY_FORM = Form(MappingProxyType({}))


async def read_form(request: AnyRequest) -> Form:
    """The form that was sent."""
    sent = await request.form()
    return Form({name: values if len(values) > 1 else values[0] for name, values in sent.dict().items() if values})


async def answer_once(request: Request[Any, Any, Any]) -> Response[bytes] | None:
    """Hook before every page: a form sent twice as it stands does its work once, and is answered as the first time."""
    work = work_of(request.scope)
    if request.method != "POST" or work.credential is None or request.route_handler.opt.get("streams"):
        return None
    if not (await read_form(request)).text(ONCE_FIELD):
        return None
    # The whole content, so that another button or a corrected text of the same page is a new request.
    sent = hashlib.sha256(request.url.path.encode() + b"?" + await request.body()).hexdigest()
    claim = Claim(person_id=work.credential.actor.person_id, key=f"form:{sent}", request_sha256=sent)
    connection = await work.connection()
    for _ in range(_WAIT_TIMES):
        if await lock_key(connection, claim.person_id, claim.key):
            break
        await sleep(_WAIT_SECONDS)
    else:
        raise IdempotencyInProgress
    kept = await find_answer(connection, claim.person_id, claim.key)
    if kept is None:
        work.claim = claim
        return None
    return Response(kept.body, status_code=kept.status, headers=kept.headers)


def _fields(kind: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind)


def _message_key(message: str, value: Any) -> str:
    """The key of a text about what is wrong, after msgspec's message."""
    if value in ("", None) or (isinstance(value, str) and not value.strip()):
        return "form.missing"
    if "length <=" in message:
        return "form.too_long"
    if "Expected `int`" in message or "Expected `float`" in message:
        return "form.not_a_number"
    if "datetime" in message:
        return "form.not_a_date"
    if "`int` >=" in message or "`int` <=" in message or "`float`" in message:
        return "form.out_of_range"
    return "form.not_allowed"
