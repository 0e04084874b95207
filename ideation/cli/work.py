"""`ideation work`."""

import click

from ideation.cli.children import PROCESSES
from ideation.cli.processes import become, settings_or_exit


@click.command("work")
def command() -> None:
    """Run background jobs: duplicates, themes, rankings, notifications."""
    settings_or_exit()
    module, *arguments = PROCESSES["work"]
    become(module, arguments)
