"""`ideation up`."""

import signal
import time
from types import FrameType

import click

from ideation.cli.children import PROCESSES, Children
from ideation.cli.processes import settings_or_exit

POLL_SECONDS = 0.2


@click.command("up")
@click.pass_context
def command(context: click.Context) -> None:
    """Run API, worker, drain and schedule together. When one of them ends, all are stopped."""
    settings = settings_or_exit()
    click.echo(f"Starting {', '.join(PROCESSES)} at {settings.public_url}; Ctrl-C stops all.", err=True)
    signals = _Signals()
    with Children({}) as children:
        children.start()
        while not signals.received and children.ended() is None:
            time.sleep(POLL_SECONDS)
        ended = None if signals.received else children.ended()
    if ended is not None:
        code = children.exit_code(ended)
        raise click.ClickException(f"'{ended}' ended by itself (code {code}), so everything else was stopped.")
    context.exit(0)


class _Signals:
    """Remembers that somebody asked to stop, by Ctrl-C or SIGTERM."""

    def __init__(self) -> None:
        self.received = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.received = True
