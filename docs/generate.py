"""Writes the reference pages that follow from the code: `python docs/generate.py`; a test fails when they are stale."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

REFERENCE = Path(__file__).parent / "reference"
sys.path.insert(0, str(Path(__file__).parent.parent))

from api.problems import problem_types  # noqa: E402 - the project is found by the line above
from ideation.cli import COMMANDS, main  # noqa: E402
from ideation.settings import SECRET_FIELDS, Settings, allowed_values, variable_name  # noqa: E402

NOTE = "<!-- Made by docs/generate.py; change the code and run it again. -->\n"


def settings_page() -> str:
    """Every setting with what is allowed and its default."""
    rows = [
        f"| `{variable_name(field.name)}` | {allowed_values(field)} | {_default(field)} |"
        for field in msgspec.structs.fields(Settings)
    ]
    secrets = ", ".join(f"`{variable_name(name)}_FILE`" for name in sorted(SECRET_FIELDS))
    return "\n".join(
        [
            "# Settings",
            "",
            NOTE,
            "Every process reads its settings from the environment when it starts. A value that is not allowed stops",
            "the start with the name of the variable and what it may be. Secrets may stand in files instead:",
            f"{secrets}.",
            "",
            "| variable | allowed | default |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def _default(field: msgspec.structs.FieldInfo) -> str:
    return "required" if field.default is msgspec.NODEFAULT else f"`{field.default}`"


def command_line_page() -> str:
    """`--help` of every command."""
    parts = ["# Command line", "", NOTE, *_help(main, "ideation", None)]
    return "\n".join(parts)


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(
        command,
        parent=parent,
        info_name=name.rpartition(" ")[2],
        terminal_width=100,
        max_content_width=100,
        **command.context_settings,
    )
    heading = "##" if " " in name else "#"
    yield from (f"{heading}# `{name}`", "", "```console", f"$ {name} --help", command.get_help(context), "```", "")
    if isinstance(command, click.Group):
        names = list(COMMANDS) if command is main else command.list_commands(context)
        for child in names:
            found = command.get_command(context, child)
            if found is not None:
                yield from _help(found, f"{name} {child}", context)


def problems_page() -> str:
    """Every kind of problem with its status."""
    rows = [
        f"| `{kind.slug}` | {kind.status} | {kind.title} | {' '.join(kind.description.split())} |"
        for kind in problem_types()
    ]
    return "\n".join(
        [
            "# Problems",
            "",
            NOTE,
            "Every error is an RFC 9457 problem document (`application/problem+json`). `type` is `/problems/<slug>`,",
            "stable and open to look at; `detail` says what is wrong this time; `request_id` finds the log lines.",
            "Where a slug has several causes, `reason` is a stable code of the cause; its values are further members.",
            "",
            "| slug | status | title | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


PAGES = {"settings.md": settings_page, "command-line.md": command_line_page, "problems.md": problems_page}

if __name__ == "__main__":
    for file_name, page in PAGES.items():
        (REFERENCE / file_name).write_text(page(), encoding="utf-8")
