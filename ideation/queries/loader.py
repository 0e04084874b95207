"""Reads named statements from the .sql files beside it.

A statement starts at a line `-- name: what it is for` and ends where the next one starts.
"""

import re
from importlib import resources

_HEADER = re.compile(r"^-- ([a-z][a-z0-9_]*): .+$", re.MULTILINE)


def load_statements(topic: str) -> dict[str, str]:
    """The statements of one topic by name."""
    text = resources.files("ideation.queries").joinpath(f"{topic}.sql").read_text(encoding="utf-8")
    headers = list(_HEADER.finditer(text))
    ends = [header.start() for header in headers[1:]] + [len(text)]
    statements = {
        header[1]: text[header.end() : end].strip().rstrip(";") for header, end in zip(headers, ends, strict=True)
    }
    if len(statements) != len(headers):
        raise ValueError(f"{topic}.sql names a statement twice")
    return statements


def all_statements() -> dict[str, str]:
    """Every statement of every topic as `topic.name`; a test prepares them all."""
    folder = resources.files("ideation.queries")
    topics = sorted(entry.name.removesuffix(".sql") for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return {f"{topic}.{name}": sql for topic in topics for name, sql in load_statements(topic).items()}
