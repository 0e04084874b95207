"""Around every request: its id, the access log, metrics and security headers."""

import re
import secrets
import time
from typing import cast

import structlog
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

from api.platform import Platform
from ideation.request_context import request_id

_SANE_REQUEST_ID = re.compile(r"^[A-Za-z0-9._:-]{8,100}$")

_CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # What people may see depends on who asks and when; an answer that may be kept says so itself.
    "cache-control": "no-store",
}
_ENCRYPTED_HEADERS = {"strict-transport-security": "max-age=31536000; includeSubDomains"}
_RATE_LIMIT_HEADERS = (b"ratelimit-limit", b"ratelimit-remaining", b"ratelimit-reset")

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = structlog.get_logger("api.access")


class Envelope:
    """The outermost layer: it sees every answer, also those of unknown addresses and of unexpected errors."""

    def __init__(self, app: ASGIApp, platform: Platform) -> None:
        self._app = app
        self._metrics = platform.metrics
        encrypted = platform.settings.public_url.startswith("https://")
        headers = _HEADERS | (_ENCRYPTED_HEADERS if encrypted else {})
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request."""
        started = time.perf_counter()
        status = 499
        token = request_id.set(given_request_id := _request_id(scope))

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(scope, message, given_request_id)
            await send(message)

        try:
            await self._app(scope, receive, send_dressed)
        finally:
            self._record(scope, status, time.perf_counter() - started)
            request_id.reset(token)

    def _dress(self, scope: Scope, message: Message, given_request_id: str) -> None:
        headers = list(cast("HTTPResponseStartEvent", message)["headers"])
        given = {name for name, _ in headers}
        headers += [header for header in self._headers if header[0] not in given]
        headers.append((b"x-request-id", given_request_id.encode()))
        counted = scope["state"].get("rate_limit")
        if counted is not None:
            headers += zip(_RATE_LIMIT_HEADERS, [b"%d" % number for number in counted], strict=True)
        cast("HTTPResponseStartEvent", message)["headers"] = headers

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("path_template") or "unknown"
        method = str(scope.get("method"))
        # A made-up method must not become a series of its own.
        self._metrics.count(method if method in _METHODS else "other", route, status, seconds)
        work = scope["state"].get("work")
        person = work.credential.actor.person_id if work is not None and work.credential is not None else None
        _log.info(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            person_id=None if person is None else str(person),
        )


def _request_id(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    return given if _SANE_REQUEST_ID.match(given) else secrets.token_hex(16)
