"""The command line: help, settings, migrations, doctor, people."""

import asyncio
import re
import subprocess
import sys

import asyncpg
import pytest
from click.testing import CliRunner

from ideation.cli import COMMANDS, main
from ideation.credentials import hash_secret
from tests.cli.conftest import SECRET_KEY, Run, environment_of

NOWHERE = "postgresql://nobody@127.0.0.1:9/nowhere"


def test_help_lists_every_command_without_importing_any() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from ideation.cli import main;"
        "print(CliRunner().invoke(main, ['--help']).output);"
        "heavy = {'asyncpg', 'litestar', 'numpy', 'rich', 'msgspec', 'redis', 'rq', 'sklearn'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    listed = re.findall(r"^  (\w+)  +(\S.*)$", result.stdout.split("Commands:")[1], re.MULTILINE)
    assert listed == [(name, entry.help) for name, entry in COMMANDS.items()]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_command_can_be_imported_and_explains_itself(name: str) -> None:
    command = main.get_command(main.make_context("ideation", [], resilient_parsing=True), name)
    assert command is not None
    assert (command.help or "").strip()


def test_unknown_command_ends_with_two() -> None:
    result = CliRunner().invoke(main, ["dance"])
    assert (result.exit_code, "No such command 'dance'" in result.output) == (2, True)


@pytest.mark.parametrize("command", ["serve", "work", "drain", "schedule", "up", "doctor", "migrate"])
def test_bad_setting_ends_with_its_name_and_what_is_allowed(run_cli: Run, command: str) -> None:
    result = run_cli(command, port="80000")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "IDEATION_PORT is not allowed; it must be a TCP port, 1 to 65535\n"


def test_process_with_a_missing_setting_ends_with_its_name() -> None:
    command = [sys.executable, "-m", "api"]
    environment = environment_of(redis_url="redis://127.0.0.1:9", secret_key=SECRET_KEY)
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, "IDEATION_DATABASE_URL is required" in result.stderr) == (2, True)
    assert "Traceback" not in result.stderr


def test_migrate_goes_down_and_up_again(run_cli: Run) -> None:
    down = run_cli("migrate", "--down-to", "0")
    status = run_cli("migrate", "--status")
    up = run_cli("migrate")
    again = run_cli("migrate")
    assert [result.exit_code for result in (down, status, up, again)] == [0, 0, 0, 0]
    assert down.stdout.splitlines()[-1] == "took back 0001 initial"
    assert status.stdout.splitlines()[0] == "0001 initial: pending"
    assert up.stdout.splitlines()[0] == "applied 0001 initial"
    assert again.stdout == "The database is up to date.\n"


def test_migrate_without_a_database_says_which_setting(run_cli: Run) -> None:
    result = run_cli("migrate", database_url=NOWHERE)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database named by IDEATION_DATABASE_URL does not answer:")


def levels(output: str) -> dict[str, str]:
    """The level of each subject that doctor named."""
    return {subject: level for level, subject in re.findall(r"^(ok|warn|fail)\s+([a-z ]+):", output, re.MULTILINE)}


def test_doctor_of_a_fresh_installation_only_misses_the_schedule(run_cli: Run) -> None:
    result = run_cli("doctor")
    assert result.exit_code == 0
    assert levels(result.stdout) | {"disk": "ok"} == {
        "settings": "ok",
        "database": "ok",
        "pgvector": "ok",
        "clock": "ok",
        "connections": "ok",
        "migrations": "ok",
        "waiting jobs": "ok",
        "failed jobs": "ok",
        "schedule": "warn",
        "redis": "ok",
        "disk": "ok",
    }


async def fetch(database_url: str, statement: str, *values: object) -> list[dict[str, object]]:
    """What a statement returns."""
    connection = await asyncpg.connect(database_url)
    try:
        return [dict(row) for row in await connection.fetch(statement, *values)]
    finally:
        await connection.close()


def test_doctor_names_what_is_wrong_and_what_to_do(run_cli: Run, database_url: str) -> None:
    job = "(gen_random_uuid(), 'rank_challenge', 'x', now() - interval '1 hour', now())"
    run = "('sweep', now() - interval '1 hour', now() - interval '1 hour')"
    asyncio.run(fetch(database_url, f"INSERT INTO staged_jobs (id, job, subject, not_before, staged_at) VALUES {job}"))
    asyncio.run(fetch(database_url, f"INSERT INTO schedule_runs VALUES {run}"))
    result = run_cli("doctor", redis_url="redis://127.0.0.1:9", public_url="http://ideas.example.org", workers="2")
    found = levels(result.stdout)
    assert result.exit_code == 1
    assert {subject for subject, level in found.items() if level == "fail"} == {"redis", "waiting jobs", "schedule"}
    assert found["settings"] == "warn"
    assert "IDEATION_WORKERS set nothing here" in result.stdout
    # Two of the settings, which are one subject.
    assert result.stdout.count("→") == len([level for level in found.values() if level != "ok"]) + 1


def test_doctor_before_migrating_says_so(run_cli: Run) -> None:
    run_cli("migrate", "--down-to", "0")
    result = run_cli("doctor")
    assert (result.exit_code, levels(result.stdout)["migrations"]) == (1, "fail")
    assert "Run `ideation migrate`." in result.stdout


def test_doctor_without_a_database_says_so(run_cli: Run) -> None:
    result = run_cli("doctor", database_url=NOWHERE)
    assert (result.exit_code, levels(result.stdout)["database"]) == (1, "fail")


def test_deep_doctor_looks_at_every_row_and_says_what_is_wrong(run_cli: Run, database_url: str) -> None:
    sound = run_cli("doctor", "--deep")
    assert (sound.exit_code, levels(sound.stdout)["every row"]) == (0, "ok")
    asyncio.run(fetch(database_url, "ALTER TABLE votes DISABLE TRIGGER votes_counted"))
    broken = run_cli("doctor", "--deep")
    assert (broken.exit_code, levels(broken.stdout)["guards"]) == (1, "fail")
    assert "trigger votes_counted on votes" in broken.stdout
    assert run_cli("doctor").exit_code == 0


@pytest.mark.parametrize("changed", [{"database_url": NOWHERE}, {}])
def test_deep_doctor_stops_where_there_is_nothing_to_look_at(run_cli: Run, changed: dict[str, str]) -> None:
    run_cli("migrate", "--down-to", "0")
    result = run_cli("doctor", "--deep", **changed)
    assert (result.exit_code, "every row" in result.stdout) == (1, False)


ADA = ("person", "add", "--email", "ada@example.org", "--name", "Ada", "--department", "Research")


def test_first_administrator_gets_a_link_that_signs_in(run_cli: Run, database_url: str) -> None:
    added = run_cli(*ADA, "--role", "administrator")
    link = run_cli("person", "sign-in-link", "ADA@example.org", public_url="https://ideas.example.org/")
    secret = re.fullmatch(r"https://ideas\.example\.org/sign-in/(idl_\S+)\n", link.stdout)
    assert added.stdout.startswith("Added Ada <ada@example.org>, ")
    assert secret is not None
    found = "SELECT roles, uses_left FROM sign_in_links JOIN people ON people.id = person_id WHERE token_hash = $1"
    rows = asyncio.run(fetch(database_url, found, hash_secret(secret[1])))
    assert rows == [{"roles": ["administrator"], "uses_left": 1}]


def test_person_mistakes_end_with_one_and_a_word(run_cli: Run) -> None:
    run_cli(*ADA)
    wrong_address = [*ADA[:3], "nowhere", *ADA[4:]]
    results = {
        "twice": run_cli(*ADA),
        "address": run_cli(*wrong_address),
        "unknown": run_cli("person", "sign-in-link", "nobody@example.org"),
        "nowhere": run_cli(*ADA, database_url=NOWHERE),
    }
    assert {result.exit_code for result in results.values()} == {1}
    assert results["twice"].stderr == "Error: Somebody with this e-mail address is registered already.\n"
    assert "email" in results["address"].stderr
    assert "Nobody is registered as nobody@example.org" in results["unknown"].stderr
    assert not [name for name, result in results.items() if "Traceback" in result.stderr]
