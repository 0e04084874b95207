"""`ideation doctor`."""

import asyncio
from datetime import UTC, datetime

import click

from ideation.cli.checks import Finding, examine
from ideation.cli.processes import settings_or_exit

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command("doctor")
@click.pass_context
def command(context: click.Context) -> None:
    """Check this installation, and say what to do. Ends with 1 when something fails, with 2 for a bad setting."""
    findings = asyncio.run(examine(settings_or_exit(), datetime.now(UTC)))
    for finding in findings:
        click.echo(_line(finding))
    context.exit(1 if any(finding.level == "fail" for finding in findings) else 0)


def _line(finding: Finding) -> str:
    mark = click.style(f"{finding.level:4}", fg=_COLOURS[finding.level])
    advice = f"\n     → {finding.advice}" if finding.advice else ""
    return f"{mark} {finding.subject}: {finding.text}{advice}"
