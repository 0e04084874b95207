"""`ideation drain`."""

import click

from ideation.cli.children import PROCESSES
from ideation.cli.processes import become, settings_or_exit


@click.command("drain")
def command() -> None:
    """Hand staged jobs to the workers as soon as they are committed."""
    settings_or_exit()
    module, *arguments = PROCESSES["drain"]
    become(module, arguments)
