"""`ideation doctor`."""

import asyncio
from datetime import UTC, datetime

import click

from ideation.cli.checks import Finding, examine
from ideation.cli.processes import settings_or_exit
from ideation.settings import Settings

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command("doctor")
@click.option("--deep", is_flag=True, help="Also check every row against what must always be true; changes nothing.")
@click.pass_context
def command(context: click.Context, deep: bool) -> None:
    """Check this installation, and say what to do. Ends with 1 when something fails, with 2 for a bad setting."""
    findings = asyncio.run(_examine(settings_or_exit(), deep=deep))
    context.exit(1 if any(finding.level == "fail" for finding in findings) else 0)


async def _examine(settings: Settings, *, deep: bool) -> list[Finding]:
    findings = await examine(settings, datetime.now(UTC))
    for finding in findings:
        click.echo(_line(finding))
    if deep:
        # Imported here: what computes rankings takes a while to load, and an ordinary check does without.
        from ideation.cli.deep_checks import examine_deeply  # noqa: PLC0415

        async for finding in examine_deeply(settings):
            click.echo(_line(finding))
            findings.append(finding)
    return findings


def _line(finding: Finding) -> str:
    mark = click.style(f"{finding.level:4}", fg=_COLOURS[finding.level])
    advice = f"\n     → {finding.advice}" if finding.advice else ""
    return f"{mark} {finding.subject}: {finding.text}{advice}"
