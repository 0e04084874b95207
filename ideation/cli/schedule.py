"""`ideation schedule`."""

import click

from ideation.cli.children import PROCESSES
from ideation.cli.processes import become, settings_or_exit


@click.command("schedule")
def command() -> None:
    """Start what is due by date: opening, closing, ranking again, reminding, sweeping."""
    settings_or_exit()
    module, *arguments = PROCESSES["schedule"]
    become(module, arguments)
