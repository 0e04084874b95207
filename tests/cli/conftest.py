"""The program itself, run as its users run it."""

import os
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from ideation.cli import main

SECRET_KEY = "a secret key for tests, 32 characters or more"

Run = Callable[..., Result]


def environment_of(**given: str) -> dict[str, str]:
    """This process's environment without settings of its own, and those given, as IDEATION_<NAME>."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IDEATION_")}
    return inherited | {f"IDEATION_{name.upper()}": value for name, value in given.items()}


@pytest.fixture
def settings_given(database_url: str, redis_url: str) -> dict[str, str]:
    """The settings that a process cannot do without."""
    return {"database_url": database_url, "redis_url": redis_url, "secret_key": SECRET_KEY}


@pytest.fixture
def run_cli(settings_given: dict[str, str]) -> Run:
    """Runs `ideation` with these arguments; keyword arguments change settings."""

    def run(*arguments: str, **changed: str) -> Result:
        environment = {f"IDEATION_{name.upper()}": value for name, value in (settings_given | changed).items()}
        return CliRunner().invoke(main, arguments, env=environment, prog_name="ideation")

    return run
