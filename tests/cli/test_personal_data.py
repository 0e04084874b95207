"""`ideation person export` and `erase`."""

import json

from tests.cli.conftest import Run

ADD = ("person", "add", "--department", "Sales", "--email")


def test_data_of_a_person_is_printed_and_erased(run_cli: Run) -> None:
    run_cli(*ADD, "boss@example.org", "--name", "The Boss", "--role", "administrator")
    run_cli(*ADD, "ada@example.org", "--name", "Ada Unmistakable")

    exported = run_cli("person", "export", "ada@example.org")
    refused = run_cli("person", "erase", "boss@example.org", "--by", "ada@example.org", "--yes")
    erased = run_cli("person", "erase", "ada@example.org", "--by", "boss@example.org", "--yes")
    again = run_cli("person", "export", "ada@example.org")

    tables = json.loads(exported.stdout)["tables"]
    assert [row["name"] for row in tables["people"]] == ["Ada Unmistakable"]
    assert (refused.exit_code, "administrator" in refused.stderr) == (1, True)
    assert (erased.exit_code, erased.stdout.startswith("Erased; the placeholder is ")) == (0, True)
    assert (again.exit_code, "Nobody is registered as ada@example.org" in again.stderr) == (1, True)
