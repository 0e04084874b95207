"""`ideation rank` and `ideation simulate`, run as a person would."""

from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from click.testing import CliRunner, Result

from ideation.cli import main

VOTES = "idea,person,answer\n" + "".join(
    f"{idea},p{person},{'yes' if person < yes else 'no'}\n"
    for idea, yes in (("bikes", 9), ("parking", 2), ("lunch", 5))
    for person in range(10)
)
COMPARISONS = "winner,loser\n" + "tea,coffee\n" * 3 + "coffee,water\n" * 2 + "tea,water\n"
REVIEWS = "idea,reviewer,value,effort,note\na,x,5,4,good\na,y,4,,\nb,x,2,2,\nb,y,1,3,weak\n"


def run_rank(folder: Path, content: str, *options: str) -> Result:
    file = folder / "table.csv"
    file.write_text(content, encoding="utf-8")
    return CliRunner().invoke(main, ["rank", str(file), *options])


@pytest.mark.parametrize(
    ("content", "order"),
    [
        (VOTES, ["bikes", "lunch", "parking"]),
        (COMPARISONS, ["tea", "coffee", "water"]),
        (REVIEWS, ["a", "b"]),
    ],
    ids=["votes", "comparisons", "reviews"],
)
def test_rank_orders_the_ideas_of_each_kind_of_file(tmp_path: Path, content: str, order: list[str]) -> None:
    result = run_rank(tmp_path, content, "-k", "1", "--json", str(tmp_path / "out.json"))

    assert result.exit_code == 0, result.output
    ranked = msgspec.json.decode((tmp_path / "out.json").read_bytes())
    assert [line["idea"] for line in ranked["ideas"]] == order
    assert sum(line["top_k"] for line in ranked["ideas"]) == pytest.approx(1.0)


def test_rank_is_the_same_whatever_the_order_of_lines(tmp_path: Path) -> None:
    head, *lines = VOTES.splitlines()
    outputs = []
    for content in (VOTES, "\n".join([head, *reversed(lines)]) + "\n"):
        run_rank(tmp_path, content, "--json", str(tmp_path / "out.json"))
        outputs.append((tmp_path / "out.json").read_bytes())

    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_rank_reads_what_a_spreadsheet_writes(tmp_path: Path, separator: str) -> None:
    """With a byte order mark, another separator, capitals in the header, and Windows line ends."""
    plain, exported = tmp_path / "plain.json", tmp_path / "exported.json"
    run_rank(tmp_path, VOTES, "-k", "1", "--json", str(plain))
    content = "\ufeff" + VOTES.replace("idea,person,answer", "Idea,Person,Answer").replace(",", separator)
    result = run_rank(tmp_path, content.replace("\n", "\r\n"), "-k", "1", "--json", str(exported))

    assert result.exit_code == 0, result.output
    assert exported.read_bytes() == plain.read_bytes()


def test_rank_says_when_every_idea_wins_and_when_a_file_is_no_text(tmp_path: Path) -> None:
    assert "Every idea fits into the top 20: say with -k" in run_rank(tmp_path, VOTES).output
    assert "Every idea fits" not in run_rank(tmp_path, VOTES, "-k", "2").output
    (tmp_path / "wide.csv").write_bytes(VOTES.encode("utf-16"))
    refused = CliRunner().invoke(main, ["rank", str(tmp_path / "wide.csv")])
    assert (refused.exit_code, "wide.csv: this is not UTF-8 text" in refused.output) == (1, True)


def test_rank_says_how_well_it_foresaw_the_outcomes(tmp_path: Path) -> None:
    outcomes = tmp_path / "outcomes.csv"
    outcomes.write_text("idea,outcome\nbikes,yes\nparking,no\nlunch,no\nstairs,yes\n", encoding="utf-8")
    files = ("--json", str(tmp_path / "out.json"), "--plot", str(tmp_path / "out.svg"))
    result = run_rank(tmp_path, VOTES, "-k", "1", "--outcomes", str(outcomes), *files)

    assert result.exit_code == 0, result.output
    assert "1 of 3 ideas came true." in result.output
    assert "1 outcomes are of ideas that were not ranked." in result.output
    tested = msgspec.json.decode((tmp_path / "out.json").read_bytes())["backtest"]
    assert (tested["ideas"], tested["came_true"], tested["unknown"], tested["auc"]) == (3, 1, 1, 1.0)
    assert tested["forecast"]["brier"] < tested["forecast"]["base_brier"]
    ET.fromstring((tmp_path / "out.svg").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("outcomes", "why"),
    [
        ("idea,result\nbikes,yes\n", "needs the columns idea and outcome"),
        ("idea,outcome\nbikes,perhaps\n", "line 2: outcome must be yes or no, not 'perhaps'"),
        ("idea,outcome\nbikes,\n", "line 2: outcome must be yes or no"),
        ("idea,outcome\nbikes,yes\nbikes,no\n", "line 3: 'bikes' has two different outcomes"),
        ("idea,outcome\nstairs,yes\n", "none of the ranked ideas has an outcome"),
    ],
)
def test_outcomes_that_make_no_sense_are_named(tmp_path: Path, outcomes: str, why: str) -> None:
    (tmp_path / "outcomes.csv").write_text(outcomes, encoding="utf-8")
    result = run_rank(tmp_path, VOTES, "--outcomes", str(tmp_path / "outcomes.csv"))

    assert result.exit_code == 1
    assert why in result.output


def test_rank_writes_a_picture(tmp_path: Path) -> None:
    result = run_rank(tmp_path, VOTES, "--plot", str(tmp_path / "out.svg"))

    assert result.exit_code == 0
    assert (tmp_path / "out.svg").read_text(encoding="utf-8").count("<circle") == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "the table needs"),
        ("idea,person,answer\nx,y,maybe\n", "line 2: answer must be yes, no or skip"),
        ("idea,person,answer,position\nx,y,yes,first\n", "line 2: position is not a number"),
        ("winner,loser\nx,x\n", "cannot be compared with itself"),
        ("idea,reviewer,note\nx,y,fine\n", "at least one column of numbers"),
        ("", "the table needs"),
    ],
)
def test_rank_refuses_a_wrong_file_in_words(tmp_path: Path, content: str, words: str) -> None:
    result = run_rank(tmp_path, content)

    assert result.exit_code == 1
    assert words in result.output


def test_rank_of_a_header_alone_finds_no_ideas(tmp_path: Path) -> None:
    result = run_rank(tmp_path, "idea,person,answer\n")

    assert result.exit_code == 0
    assert "0 ideas from 0 votes" in result.output


def test_simulate_prints_both_designs_and_writes_files(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("out.json", "calibration.svg", "curve.svg")}
    result = CliRunner().invoke(
        main,
        [
            "simulate", "--ideas", "60", "--voters", "60", "--cards", "20", "--reviewers", "8", "--reviews", "40",
            "-k", "3", "--seeds", "1", "--json", str(files["out.json"]), "--plot", str(files["calibration.svg"]),
            "--curve", str(files["curve.svg"]),
        ],
    )  # fmt: skip

    assert result.exit_code == 0, result.output
    figures = msgspec.json.decode(files["out.json"].read_bytes())["figures"]
    assert {"precision, directed, 40 reviews", "regret, usual, 3 an idea"} <= set(figures)
    assert all(file.stat().st_size > 200 for file in files.values())


def test_simulate_refuses_more_winners_than_ideas() -> None:
    result = CliRunner().invoke(main, ["simulate", "--ideas", "20", "-k", "20", "--seeds", "1"])

    assert result.exit_code == 1
    assert "pick fewer ideas than there are" in result.output
