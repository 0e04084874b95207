"""`ideation evaluate`."""

import click

from ideation.cli.processes import become


@click.command("evaluate", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Measure duplicates and themes on labelled data or verdicts."""
    become("workers.evaluate", arguments)
