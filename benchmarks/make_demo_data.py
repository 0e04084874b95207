"""Make the demo's data from the public sets it comes from, in the project's own import format.

    python benchmarks/make_demo_data.py FOLDER

FOLDER holds `vote_polis_dev` and `idea_tco`. What people wrote, voted and judged is theirs, word for word. Invented are
names, e-mails, departments and moments, which the sources do not have; so is the question, in our words. Left out are
votes on one's own statement (Polis adds one by itself) and reviews without all four main criteria.
"""

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "ideation" / "local" / "data"
# Moment 0 of every file; the demo moves all moments so that they end shortly before it is started.
START = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
SUBMITTING_DAYS = 10
VOTING_DAYS = 14

CONVERSATIONS = {
    "biodiversity": ("scoop-hivemind.biodiversity", "How can we protect and restore New Zealand's biodiversity?"),
    "freshwater": ("scoop-hivemind.freshwater", "How can we improve the quality of fresh water in New Zealand?"),
}
_GIVEN_NAMES = (
    "Aroha Ben Chloe Daniel Emily Finn Grace Hana Isaac Jade Kiri Liam Mia Noah Olivia Piripi Quinn Ruby Sam Tane "
    "Una Victor Willow Xavier Yasmin Zoe Ada Bruno Carla Dmitri Elena Farid"
)
_FAMILY_NAMES = (
    "Anderson Brown Clarke Davies Edwards Fraser Green Hughes Irving Jones Kelly Lewis Martin Ngata Owen Parata "
    "Reid Smith Taylor Underwood Vaughan Walker Young Zhang Baker Cooper Diaz Ellis"
)
GIVEN, FAMILY = _GIVEN_NAMES.split(), _FAMILY_NAMES.split()
# Shares of a hundred people: two large departments and four small ones.
DEPARTMENTS = (("Operations", 40), ("Sales", 20), ("Research", 15), ("Engineering", 10), ("Finance", 10), ("Legal", 5))
SITES = ("Auckland", "Wellington", "Christchurch")
CRITERIA = {
    "Novelty of the idea": ("novelty", "Novelty", 0.25),
    "Feasibility of the idea": ("feasibility", "Feasibility", 0.25),
    "Value of the idea": ("value", "Value", 0.35),
    "Elaboration of the idea": ("elaboration", "Elaboration", 0.15),
}
# The states in which the contest left its ideas. What came out of group work on selected ideas stays undecided here.
_NOT_SELECTED = ("declined", "Not among the ideas that the moderators of the contest selected.")
OUTCOMES = {
    "SELECTED_BY_MODERATORS": ("selected", "Selected by the moderators of the contest."),
    "INCOMPLETE": _NOT_SELECTED,
    "COMPLETE": _NOT_SELECTED,
    "ARCHIVED": _NOT_SELECTED,
}


def main(folder: Path) -> None:
    """Write one compressed file of lines for each challenge of the demo."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, (conversation, question) in CONVERSATIONS.items():
        _write(name, _conversation_lines(folder / "vote_polis_dev", conversation, question))
    _write("coatings", _contest_lines(folder / "idea_tco"))


def _write(name: str, lines: Iterable[dict[str, Any]]) -> None:
    path = TARGET / f"{name}.jsonl.gz"
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed:
        packed.write(text.encode())
    print(f"{path.name}: {text.count(chr(10))} lines, {path.stat().st_size} bytes")


def _conversation_lines(folder: Path, conversation: str, question: str) -> Iterator[dict[str, Any]]:
    comments = [row for row in _json_rows(folder / "comments.jsonl.gz") if row["conversation"] == conversation]
    comments.sort(key=lambda row: row["comment_id"])
    votes = [row for row in _csv_rows(folder / "votes.csv.gz") if row["conversation"] == conversation]
    yield {
        "kind": "challenge",
        "question": question,
        "brief": "Statements and votes of a public conversation held by Scoop with Pol.is, used with attribution.",
        "shortlist_size": 20,
    }
    numbers = {int(row["voter"]) for row in votes} | {row["author"] for row in comments}
    yield from (_person(number) for number in sorted(numbers))
    yield from (_statement(row, place, len(comments)) for place, row in enumerate(comments))
    yield from _votes(votes, {row["comment_id"]: row["author"] for row in comments})


def _person(number: int) -> dict[str, Any]:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[(number // len(GIVEN)) % len(FAMILY)]
    return {
        "kind": "person",
        "email": _email(number),
        "name": f"{given} {family}",
        "department": _department(number),
        "site": SITES[number % len(SITES)],
    }


def _email(number: int) -> str:
    return f"person{number}@demo.example"


def _department(number: int) -> str:
    share = number * 37 % 100
    for department, width in DEPARTMENTS:
        if share < width:
            return department
        share -= width
    raise AssertionError("the shares add up to a hundred")


def _statement(row: dict[str, Any], place: int, count: int) -> dict[str, Any]:
    title, body = _title_and_body(row["text"])
    return {
        "kind": "idea",
        "id": str(row["comment_id"]),
        "author": _email(row["author"]),
        "title": title,
        "body": body,
        "submitted_at": _moment(SUBMITTING_DAYS * place / count),
    }


def _title_and_body(text: str) -> tuple[str, str]:
    text = " ".join(text.split())
    if len(text) <= 200:
        return text, ""
    return text[:120].rsplit(" ", 1)[0] + " …", text


def _votes(votes: list[dict[str, str]], authors: dict[int, int]) -> Iterator[dict[str, Any]]:
    by_voter: dict[int, list[dict[str, str]]] = defaultdict(list)
    for row in votes:
        comment = int(row["comment_id"])
        if comment in authors and authors[comment] != int(row["voter"]):
            by_voter[int(row["voter"])].append(row)
    for place, (voter, answered) in enumerate(sorted(by_voter.items())):
        sitting = SUBMITTING_DAYS + (VOTING_DAYS - SUBMITTING_DAYS) * place / len(by_voter)
        for card, row in enumerate(answered):
            yield {
                "kind": "vote",
                "idea": row["comment_id"],
                "person": _email(voter),
                "answer": {"1": "yes", "0": "skip", "-1": "no"}[row["vote"]],
                "at": _moment(sitting, seconds=12 * card),
            }


def _contest_lines(folder: Path) -> Iterator[dict[str, Any]]:
    ideas = list(_json_rows(folder / "ideas.jsonl.gz"))
    yield {
        "kind": "challenge",
        "question": "What could transparent, conductive coatings be good for?",
        "brief": "Ideas and expert reviews of an idea contest of Freie Universität Berlin (Innovonto), Apache-2.0.",
        "shortlist_size": 10,
        "criteria": [{"key": key, "label": label, "weight": weight} for key, label, weight in CRITERIA.values()],
    }
    yield from (_person(number) for number in range(len(ideas)))
    reviews = _reviews(_csv_rows(folder / "reviews.csv.gz"))
    yield from (_expert(reviewer) for reviewer in sorted({review["reviewer"] for review in reviews}))
    yield from (_contest_idea(row, place, len(ideas)) for place, row in enumerate(ideas))
    yield from reviews
    yield from (_decision(row) for row in ideas if row["status"] in OUTCOMES)


def _expert(email: str) -> dict[str, Any]:
    number = int(email.removeprefix("expert").split("@")[0])
    name = f"{GIVEN[-number]} {FAMILY[-number]}"
    return {"kind": "person", "email": email, "name": name, "department": "Innovation Board", "site": SITES[0]}


def _contest_idea(row: dict[str, Any], place: int, count: int) -> dict[str, Any]:
    title, body = _title_and_body(row["text"])
    answers = [f"**{question.strip()}** {answer.strip()}" for question, answer in row["refinements"] if answer.strip()]
    return {
        "kind": "idea",
        "id": row["id"],
        "author": _email(place),
        "title": row["title"].strip() or title,
        "body": "\n\n".join([body or title if row["title"].strip() else body, *answers]).strip(),
        "tags": [tag[:50] for tag in row["categories"][:5]],
        "submitted_at": _moment(SUBMITTING_DAYS * place / count),
    }


def _reviews(rows: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
    scores: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    comments: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        pair = (row["idea_id"], f"expert{int(row['reviewer'][1:])}@demo.example")
        if row["criterion"] in CRITERIA and row["rating_1_5"]:
            scores[pair][CRITERIA[row["criterion"]][0]] = int(float(row["rating_1_5"]))
        elif row["comment"]:
            comments[pair].append(row["comment"])
    complete = sorted(pair for pair, given in scores.items() if len(given) == len(CRITERIA))
    return [
        {
            "kind": "review",
            "id": f"{idea}/{reviewer}",
            "idea": idea,
            "reviewer": reviewer,
            "scores": scores[idea, reviewer],
            "comment": "\n\n".join(comments[idea, reviewer]),
            "at": _moment(VOTING_DAYS, seconds=600 * place),
        }
        for place, (idea, reviewer) in enumerate(complete)
    ]


def _decision(row: dict[str, Any]) -> dict[str, Any]:
    outcome, reason = OUTCOMES[row["status"]]
    return {
        "kind": "decision",
        "idea": row["id"],
        "outcome": outcome,
        "reason": reason,
        "at": _moment(VOTING_DAYS + 1),
    }


def _moment(days: float, seconds: float = 0) -> str:
    moment = START + timedelta(days=days, seconds=seconds)
    return moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _json_rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _csv_rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
