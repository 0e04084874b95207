"""Logs: one JSON object a line, with the request id, never with a secret."""

import json
import subprocess
import sys

_SCRIPT = """
import logging, structlog
from ideation.logs import set_up_logs
from ideation.request_context import request_id
from ideation.settings import Settings

set_up_logs(Settings(database_url="postgresql://x", redis_url="redis://x", secret_key="x" * 32,
                     log_format=FORMAT, log_level="info"))
request_id.set("request-7")
log = structlog.get_logger("ours")
log.debug("not shown")
log.info("hello", number=1, strange=object)
log.warning("token idt_abcdefghijklmnop1234 in a message")
log.info("cannot reach postgresql://ideation:hunter2@db.example/x")
logging.getLogger("uvicorn.error").info("from a %s", "library")
logging.getLogger("rq").info("not shown either")
local = "a value that stays here"
try:
    raise ValueError("idl_abcdefghijklmnop1234")
except ValueError:
    log.exception("failed")
"""


def logged(log_format: str) -> list[str]:
    """The lines that a small program logs."""
    script = _SCRIPT.replace("FORMAT", repr(log_format))
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout == ""
    return result.stderr.splitlines()


def test_json_lines_carry_the_request_id_and_no_secret() -> None:
    lines = [json.loads(line) for line in logged("json")]
    assert [(line["event"], line["level"], line["request_id"]) for line in lines] == [
        ("hello", "info", "request-7"),
        ("token idt_*** in a message", "warning", "request-7"),
        ("cannot reach postgresql://ideation:***@db.example/x", "info", "request-7"),
        ("from a library", "info", "request-7"),
        ("failed", "error", "request-7"),
    ]
    assert (lines[0]["number"], lines[0]["strange"]) == (1, "<class 'object'>")
    assert lines[4]["exception"].endswith("ValueError: idl_***")
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_console_lines_say_the_same() -> None:
    text = "\n".join(logged("console"))
    words = ["hello", "token idt_*** in a message", "from a library", "ValueError: idl_***"]
    assert [word for word in words if word not in text] == []
    assert "a value that stays here" not in text
