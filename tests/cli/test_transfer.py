"""Importing and exporting by the command line: files, reports, and what stops them."""

import asyncio
import gzip
import json
import os
from pathlib import Path

import asyncpg
import pytest

from tests.cli.conftest import Run
from tests.factories import make_challenge, make_person

AT = "2026-03-01T10:00:00Z"
GOOD = {"kind": "idea", "id": "a", "author": "owner@example.org", "title": "Share the vans", "submitted_at": AT}


@pytest.fixture
async def challenge(database_url: str) -> str:
    """A challenge of owner@example.org."""
    connection = await asyncpg.connect(database_url)
    try:
        owner = await make_person(connection, email="owner@example.org", roles=["challenge_owner"])
        return str(await make_challenge(connection, owner_id=owner))
    finally:
        await connection.close()


def write(path: Path, *lines: object) -> Path:
    text = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def test_import_reports_what_it_did_not_take_and_export_gives_back_what_it_took(
    run_cli: Run, challenge: str, tmp_path: Path
) -> None:
    file = write(tmp_path / "ideas.jsonl.gz", GOOD, {"kind": "unicorn"}, GOOD | {"id": "b", "title": " "})
    taken = run_cli("import", str(file), "--challenge", challenge, "--as", "owner@example.org")
    assert (taken.exit_code, taken.stdout.splitlines()[1:]) == (
        1,
        [
            "1 lines taken, 2 rejected.",
            "  line 2: Invalid value 'unicorn' - at `$.kind`",
            "  line 3: Expected a text that is not blank, and holds no character NUL - at `$.title`",
        ],
    )

    packed = tmp_path / "out.jsonl.gz"
    given = run_cli("export", challenge, "--as", "owner@example.org", "--output", str(packed))
    assert (given.exit_code, given.output) == (0, "")
    lines = [json.loads(line) for line in gzip.decompress(packed.read_bytes()).splitlines()]
    assert [(line["title"], line["author"]) for line in lines if line["kind"] == "idea"] == [
        ("Share the vans", "owner@example.org")
    ]
    table = run_cli("export", challenge, "--as", "owner@example.org", "--kind", "idea")
    assert table.stdout.splitlines()[1].endswith(f",owner@example.org,Share the vans,,,,{AT}")


def test_export_that_fails_leaves_an_earlier_file_as_it_was(run_cli: Run, challenge: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    file.write_text("of yesterday")
    refused = run_cli("export", challenge, "--as", "nobody@example.org", "--output", str(file))
    unwritable = run_cli("export", challenge, "--as", "owner@example.org", "--output", str(tmp_path / "no" / "x.jsonl"))

    assert (refused.exit_code, refused.output) == (
        1,
        "Error: Nobody is registered as nobody@example.org; add them with `ideation person add`.\n",
    )
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("kept.jsonl", "of yesterday")]
    assert (unwritable.exit_code, unwritable.output.endswith("cannot be written: No such file or directory\n")) == (
        1,
        True,
    )


def test_packed_file_that_is_cut_off_can_be_resumed(run_cli: Run, challenge: str, tmp_path: Path) -> None:
    lines = [GOOD | {"id": str(number), "title": f"Idea {number}"} for number in range(1500)]
    file = write(tmp_path / "ideas.jsonl.gz", *lines)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) - 9])
    arguments = ["import", str(file), "--challenge", challenge, "--as", "owner@example.org"]
    cut = run_cli(*arguments)
    import_id = cut.stdout.split("--resume ")[1].split()[0]
    file.write_bytes(whole)
    resumed = run_cli(*arguments, "--resume", import_id)

    assert (cut.exit_code, "cannot be read to its end" in cut.stderr, "Traceback" in cut.output) == (1, True, False)
    assert (resumed.exit_code, resumed.stdout) == (0, "1500 lines taken, 0 rejected.\n")


def test_lines_before_the_place_where_a_packed_file_breaks_off_are_taken(
    run_cli: Run, challenge: str, tmp_path: Path, database_url: str
) -> None:
    file = write(tmp_path / "ideas.jsonl.gz", *(GOOD | {"id": str(number)} for number in range(9)))
    # The lines are whole; what packed files end with (a checksum and a length) is not.
    file.write_bytes(file.read_bytes()[:-8])
    cut = run_cli("import", str(file), "--challenge", challenge, "--as", "owner@example.org")

    assert (cut.exit_code, cut.stderr.endswith("What came before it was taken.\n")) == (1, True)
    assert asyncio.run(_imported(database_url)) == ("running", 9)


async def _imported(database_url: str) -> tuple[str, int]:
    connection = await asyncpg.connect(database_url)
    try:
        row = await connection.fetchrow("SELECT state, lines_done FROM imports")
        assert row is not None
        return row["state"], row["lines_done"]
    finally:
        await connection.close()


def test_export_leaves_a_link_and_writes_into_a_pipe(run_cli: Run, challenge: str, tmp_path: Path) -> None:
    (tmp_path / "dated.jsonl").write_text("of yesterday")
    link, pipe = tmp_path / "latest.jsonl", tmp_path / "pipe"
    link.symlink_to("dated.jsonl")
    os.mkfifo(pipe)
    arguments = ["export", challenge, "--as", "owner@example.org", "--output"]
    linked = run_cli(*arguments, str(link))
    # Open for reading, so that whoever writes need not wait; a line of this length fits into the pipe.
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    piped = run_cli(*arguments, str(pipe))
    through = os.read(reading, 60_000)
    os.close(reading)

    assert (linked.exit_code, piped.exit_code) == (0, 0)
    assert (link.is_symlink(), pipe.is_fifo()) == (True, True)
    assert (tmp_path / "dated.jsonl").read_bytes() == through
    assert json.loads(through.splitlines()[0])["kind"] == "challenge"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dated.jsonl", "latest.jsonl", "pipe"]


@pytest.mark.parametrize("command", ["import", "export", "person"])
def test_command_without_a_database_or_tables_says_so(run_cli: Run, command: str, tmp_path: Path) -> None:
    challenge = "0198c0de-0000-7000-8000-000000000000"
    arguments = {
        "import": [str(write(tmp_path / "x.jsonl", GOOD)), "--challenge", challenge, "--as", "a@example.org"],
        "export": [challenge, "--as", "a@example.org"],
        "person": ["sign-in-link", "a@example.org"],
    }[command]
    absent = run_cli(command, *arguments, database_url="postgresql://nobody@127.0.0.1:9/nowhere")
    run_cli("migrate", "--down-to", "0")
    empty = run_cli(command, *arguments)

    assert (absent.exit_code, empty.exit_code) == (1, 1)
    assert absent.stderr.startswith("Error: The database named by IDEATION_DATABASE_URL does not answer: ")
    assert empty.stderr == "Error: The database has no tables yet; run `ideation migrate` first.\n"


def test_deactivated_person_can_no_longer_be_named(run_cli: Run, challenge: str, database_url: str) -> None:
    asyncio.run(_deactivate_all(database_url))
    refused = run_cli("export", challenge, "--as", "owner@example.org")
    data = run_cli("person", "export", "owner@example.org")

    told = "Error: owner@example.org is deactivated and can no longer do anything; name somebody else.\n"
    assert (refused.exit_code, refused.stderr) == (1, told)
    assert (data.exit_code, "owner@example.org" in data.stdout) == (0, True)


async def _deactivate_all(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("UPDATE people SET active = false")
    await connection.close()
