"""`ideation serve`."""

import click

from ideation.cli.children import PROCESSES
from ideation.cli.processes import become, settings_or_exit


@click.command("serve")
def command() -> None:
    """Run the API and the pages, at IDEATION_HOST and IDEATION_PORT."""
    settings_or_exit()
    module, *arguments = PROCESSES["api"]
    become(module, arguments)
