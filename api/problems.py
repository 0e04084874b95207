"""Every error leaves as RFC 9457 problem details. This module alone knows which status code an error becomes."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import Receive, Scope, Send

from ideation import errors
from ideation.entities.fields import in_words
from ideation.errors import IdeationError, Kind
from ideation.request_context import request_id

_log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"

STATUS_BY_KIND = {
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.INVALID: 422,
    Kind.CONFLICT: 409,
    Kind.PRECONDITION_FAILED: 412,
    Kind.PRECONDITION_REQUIRED: 428,
    Kind.TOO_MANY_REQUESTS: 429,
    Kind.UNAVAILABLE: 503,
}

# What PostgreSQL answers when it is stopping, full, or when a statement lost a race that a repetition would win.
UNAVAILABLE_ERRORS = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
    TimeoutError,
)

RETRY_AFTER_SECONDS = {503: "1", 409: "1"}


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with what was sent, and where."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What a problem document says."""

    status: int
    slug: str
    title: str
    detail: str
    extra: dict[str, Any] = {}
    headers: dict[str, str] = {}

    def document(self, instance: str) -> dict[str, Any]:
        """The document itself; further members come last."""
        members = {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "request_id": request_id.get(),
        }
        return members | {name: value for name, value in self.extra.items() if name not in members}


class ProblemType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of problem as the documentation lists it."""

    slug: str
    status: int
    title: str
    description: str


# Problems that come from HTTP itself, by status: slug, title, description.
_HTTP_PROBLEMS = {
    400: ("malformed", "Malformed request", "The request could not be read; `errors` says where."),
    404: ("not-found", "Not found", "There is nothing here that you can see."),
    405: ("method-not-allowed", "Method not allowed", "This address does not take this method; `Allow` lists those."),
    408: ("too-slow", "Body too slow", "The body did not arrive in time; send it again."),
    413: ("too-large", "Body too large", "The body is larger than this server takes."),
    415: ("unsupported-media-type", "Unsupported media type", "Send JSON, with Content-Type: application/json."),
    500: ("internal", "Internal error", "Something went wrong here. The request id helps us to find out what."),
}


def describe(error: Exception) -> Problem:
    """What the person is told about an error."""
    if isinstance(error, IdeationError):
        return _describe_ours(error)
    if isinstance(error, HTTPException):
        return _describe_http(error)
    if isinstance(error, UNAVAILABLE_ERRORS) or _is_broken_connection(error):
        return _describe_ours(errors.Unavailable())
    return _http_problem(500)


def handle_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Litestar's handler of every exception."""
    problem = describe(_as_sent(request, error))
    report(problem, error)
    return Response(
        msgspec.json.encode(problem.document(request.scope["path"]), enc_hook=str),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=problem.headers,
    )


async def send_problem(scope: Scope, receive: Receive, send: Send, error: Exception) -> None:
    """Send the problem of an error that happened outside of any handler."""
    request: Request[Any, Any, Any] = Request(scope, receive)
    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    response = handle_error(request, cause)
    await response.to_asgi_response(app=None, request=request)(scope, receive, send)


def problem_types() -> list[ProblemType]:
    """Every kind of problem this server can answer with, by slug."""
    domain = {
        error.slug: ProblemType(
            slug=error.slug,
            status=STATUS_BY_KIND[error.kind],
            title=error.title,
            description=(error.__doc__ or "").strip(),
        )
        for error in _concrete_errors(IdeationError)
    }
    http = {
        slug: ProblemType(slug=slug, status=status, title=title, description=description)
        for status, (slug, title, description) in _HTTP_PROBLEMS.items()
    }
    return sorted((http | domain).values(), key=lambda kind: kind.slug)


def _concrete_errors(parent: type[IdeationError]) -> Iterator[type[IdeationError]]:
    for child in parent.__subclasses__():
        yield child
        yield from _concrete_errors(child)


def _describe_ours(error: IdeationError) -> Problem:
    status = STATUS_BY_KIND[error.kind]
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.Unavailable | errors.IdempotencyInProgress):
        headers["Retry-After"] = RETRY_AFTER_SECONDS[status]
    if isinstance(error, errors.TooManyRequests):
        headers["Retry-After"] = str(error.extra.get("retry_after_seconds", 60))
    extra = error.extra if error.reason is None else {"reason": error.reason, **error.extra}
    return Problem(status=status, slug=error.slug, title=error.title, detail=error.detail, extra=extra, headers=headers)


def _describe_http(error: HTTPException) -> Problem:
    if error.status_code >= 500:
        return _http_problem(500)
    if error.status_code == 401:
        return _describe_ours(errors.Unauthenticated())
    if error.status_code == 403:
        return _describe_ours(errors.Forbidden())
    found = _field_errors(error)
    return _http_problem(
        error.status_code if error.status_code in _HTTP_PROBLEMS else 400,
        detail=_summary(found) if found else None,
        extra={"errors": found} if found else {},
        headers={name: _with_head(name, value) for name, value in (error.headers or {}).items()},
    )


def _with_head(name: str, value: str) -> str:
    methods = value.split(", ")
    return f"{value}, HEAD" if name.lower() == "allow" and "GET" in methods and "HEAD" not in methods else value


def _http_problem(status: int, *, detail: str | None = None, **given: Any) -> Problem:
    slug, title, description = _HTTP_PROBLEMS[status]
    return Problem(status=status, slug=slug, title=title, detail=detail or description, **given)


def _as_sent(request: Request[Any, Any, Any], error: Exception) -> Exception:
    """The error with the query's own names in it, where the handler calls a parameter something else."""
    handler = request.scope.get("route_handler")
    if not isinstance(error, ValidationException) or not isinstance(error.extra, list) or handler is None:
        return error
    fields = handler.parsed_fn_signature.parameters.items()
    names = {name: getattr(field.kwarg_definition, "name", None) or name for name, field in fields}
    extra = [item | {"key": names.get(item.get("key", ""), item.get("key", ""))} for item in error.extra]
    return ValidationException(detail=error.detail, extra=extra)


def _field_errors(error: HTTPException) -> list[FieldError]:
    if isinstance(error.extra, list):
        return [
            FieldError(field=str(item.get("key", "")), message=in_words(str(item["message"]))) for item in error.extra
        ]
    return [FieldError(field="", message=error.detail)] if error.status_code == 400 else []


def _summary(found: list[FieldError]) -> str:
    named = (item.field and f"`{item.field}`" not in item.message for item in found)
    return "; ".join(
        f"{item.field}: {item.message}" if prefix else item.message for item, prefix in zip(found, named, strict=True)
    )


def _is_broken_connection(error: Exception) -> bool:
    # asyncpg says InternalClientError when the server ended a connection in the middle of an operation.
    ended_in_use = isinstance(error, asyncpg.InternalClientError) and "operation" in str(error)
    return ended_in_use or (isinstance(error, asyncpg.InterfaceError) and "clos" in str(error))


def report(problem: Problem, error: Exception) -> None:
    """Log an error that somebody has to look into."""
    if problem.status == 500:
        _log.error("unexpected error", exc_info=error)
    elif problem.status == 503:
        _log.warning("unavailable", reason=repr(error.__cause__ or error))
