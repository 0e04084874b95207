"""The id of the request (or job) being worked on; it follows the work into audit rows, staged jobs and logs."""

from contextvars import ContextVar

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
