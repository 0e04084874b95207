"""ETag and If-Match: nobody overwrites a change they have not seen."""

import re
from typing import Any, TypeVar

from litestar import Request, Response
from litestar.exceptions import ValidationException

from ideation.errors import PreconditionRequired

Output = TypeVar("Output")

# A proxy that compresses answers makes our tags weak (nginx does); the version in them says as much as before.
_TAG = re.compile(r'^(?:W/)?"([1-9][0-9]{0,8})"$')


def with_etag(output: Output, version: int, *, status_code: int | None = None) -> Response[Output]:
    """An answer that carries its version as ETag; without `status_code` the handler's own applies."""
    return Response(output, headers={"ETag": f'"{version}"'}, status_code=status_code)


def require_if_match(request: Request[Any, Any, Any]) -> int:
    """The version the sender has seen; PreconditionRequired without If-Match, 400 when it is not one of our tags."""
    given = request.headers.get("if-match")
    if given is None:
        raise PreconditionRequired
    match = _TAG.match(given.strip())
    if match is None:
        message = 'If-Match must be the ETag you were given, such as "3".'
        raise ValidationException(detail=message, extra=[{"key": "If-Match", "message": message}])
    return int(match[1])
