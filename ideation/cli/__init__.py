"""The command line `ideation`. Each command is imported only when it is run, so that `--help` answers at once."""

import importlib
from typing import NamedTuple

import click


class Entry(NamedTuple):
    """Where a command lives, and the line that says what it is for."""

    module: str
    help: str


COMMANDS = {
    "demo": Entry("ideation.cli.demo", "Start everything here, with real challenges, and show a shortlist."),
    "up": Entry("ideation.cli.up", "Run API, worker, drain and schedule together."),
    "serve": Entry("ideation.cli.serve", "Run the API and the pages."),
    "work": Entry("ideation.cli.work", "Run background jobs."),
    "drain": Entry("ideation.cli.drain", "Hand staged jobs to the workers."),
    "schedule": Entry("ideation.cli.schedule", "Start what is due by date."),
    "migrate": Entry("ideation.cli.migrate", "Bring the database to this version, or back."),
    "doctor": Entry("ideation.cli.doctor", "Check this installation, and say what to do."),
    "person": Entry("ideation.cli.person", "Add people, let them in, and erase their data."),
    "import": Entry("ideation.cli.import_", "Import a challenge from JSON Lines or CSV."),
    "export": Entry("ideation.cli.export", "Export a challenge."),
    "rank": Entry("ideation.cli.rank", "Rank ideas from a file of votes or reviews."),
    "simulate": Entry("ideation.cli.simulate", "Try ranking methods on made-up crowds."),
    "evaluate": Entry("ideation.cli.evaluate", "Measure duplicates and themes on labelled data or verdicts."),
}


class LazyGroup(click.Group):
    """Knows its commands by name and imports the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None when there is no such one."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = importlib.import_module(entry.module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ideation-engine")
def main() -> None:
    """Ideation engine: ideas in, a shortlist with stated uncertainty out.

    Settings are environment variables: IDEATION_DATABASE_URL, IDEATION_REDIS_URL, IDEATION_SECRET_KEY and more;
    `ideation doctor` checks them.
    """
