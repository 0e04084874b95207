"""Reading the settings for a command, and going on as one of the long-running processes."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ideation.settings import Settings, SettingsError, load_settings


def settings_or_exit() -> Settings:
    """The settings; a bad one ends the command with its name and what is allowed, and exit code 2."""
    try:
        return load_settings(os.environ)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None


def become(module: str, arguments: Sequence[str] = ()) -> NoReturn:
    """Go on as `python -m module`: same process, same environment, so that signals reach it directly."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606
