"""Structured logs of every process: one JSON object a line on standard error, the request id in each."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog

from ideation.request_context import request_id
from ideation.settings import Settings

# Our secrets carry a prefix; should one ever get into a message, its value does not get into the log.
_SECRET = re.compile(rb"\b(id[tsl]_)[A-Za-z0-9_-]{8,}")
_SECRET_PREFIXES = (b"idt_", b"ids_", b"idl_")
# So do passwords in addresses of servers.
_PASSWORD = re.compile(rb"(\b[a-z]{2,20}://[^\s:/@\"']*:)[^\s@\"']+@")
# Libraries whose every step is of no interest here.
_QUIET_LOGGERS = {"rq": logging.WARNING, "uvicorn.access": logging.WARNING, "asyncio": logging.WARNING}

Event = MutableMapping[str, Any]


def set_up_logs(settings: Settings) -> None:
    """Send the logs of ours and of the libraries through one formatter, as the settings say."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    common: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        _add_request_id,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderers = _console_renderers() if settings.log_format == "console" else _json_renderers()
    structlog.configure(
        processors=[*common, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    _redirect_libraries(level, common, renderers)


def _redirect_libraries(level: int, common: list[Any], renderers: list[Any]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    steps = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers, _as_text]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=common, processors=steps))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, quiet_level in _QUIET_LOGGERS.items():
        logging.getLogger(name).setLevel(max(level, quiet_level))


def _json_renderers() -> list[Any]:
    return [structlog.processors.format_exc_info, _render_json, _mask_secrets]


def _console_renderers() -> list[Any]:
    # Plain tracebacks: the prettier ones print every local variable, which takes seconds and tells secrets.
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    return [console, _as_bytes, _mask_secrets]


def _add_request_id(_logger: object, _method: str, event: Event) -> Event:
    given = request_id.get()
    if given is not None:
        event.setdefault("request_id", given)
    return event


def _render_json(_logger: object, _method: str, event: Event) -> bytes:
    return msgspec.json.encode(event, enc_hook=repr)


def _as_bytes(_logger: object, _method: str, text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _as_text(_logger: object, _method: str, line: bytes) -> str:
    return line.decode()


def _mask_secrets(_logger: object, _method: str, line: bytes) -> bytes:
    # Nearly every line holds neither, and to see that at once costs a tenth of searching it.
    if any(prefix in line for prefix in _SECRET_PREFIXES):
        line = _SECRET.sub(rb"\1***", line)
    return _PASSWORD.sub(rb"\1***@", line) if b"://" in line else line
