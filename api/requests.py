"""Requests whose JSON bodies are decoded straight into the handler's type, strictly: "5" is not a number."""

import re
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ClientException, HTTPException, ValidationException
from litestar.types import Empty

from ideation.entities.fields import in_words

_JSON = "application/json"


class StrictRequest(Request[Any, Any, Any]):
    """A request that answers `json()` with the type the handler declares for `data`."""

    async def json(self) -> Any:
        """The decoded body; a problem with the field's name when it does not fit, and another when it is not JSON."""
        if self._json is Empty:
            _require_json(self.headers.get("content-type", _JSON))
            self._json = _decode(await self.body(), self._body_type())
        return self._json

    def _body_type(self) -> Any:
        field = self.route_handler.parsed_data_field
        return Any if field is None else field.raw


async def require_body(request: Request[Any, Any, Any]) -> None:
    """Refuse a request without a body where the handler cannot do without one."""
    field = request.route_handler.parsed_data_field
    if field is not None and field.is_required and not await request.body():
        raise ClientException(detail="Send a JSON body; this request has none.")


def _require_json(content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind != _JSON and not kind.endswith("+json"):
        raise HTTPException(status_code=415)


def _named_in(message: str) -> str:
    """The field of the outermost object that is unknown or missing: msgspec names it in the message alone."""
    found = re.fullmatch(r"Object (?:contains unknown|missing required) field `(.+)`", message)
    return found[1] if found else ""


def _decode(body: bytes, body_type: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=body_type)
    except msgspec.ValidationError as error:
        message, _, path = in_words(str(error)).partition(" - at `$")
        field = path.rstrip("`").lstrip(".") or _named_in(message)
        raise ValidationException(detail=message, extra=[{"key": field, "message": message}]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ClientException(detail=f"The body is not JSON: {error}") from None
