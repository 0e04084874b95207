"""From a question to decided ideas: over HTTP, with the real processes doing the work in between."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from ideation.database import Connection
from tests.end_to_end.conftest import Engine, Person, eventually, what_doctor_finds

IDEAS = (
    ("Reusable cups in the canteen", "Replace paper coffee cups in the canteen with reusable cups that people return."),
    (
        "Canteen cups that can be used again",
        "Replace the paper coffee cups in the canteen by reusable cups on deposit.",
    ),
    ("Switch off screens at night", "Monitors in the open-plan office stay on all night; switch them off centrally."),
    ("Bicycle parking at the east gate", "A roofed place for bicycles at the east gate, with a pump and tools."),
    ("Repair desk for lab equipment", "One afternoon a week somebody repairs lab equipment that we throw away today."),
    ("Print on both sides by default", "Set every printer in the company to print on both sides of the paper."),
    ("Shared ride board", "A board where people who drive the same way to the office find each other."),
    ("Solar panels on hall four", "The roof of hall four is flat and free; put solar panels on it."),
)
CRITERIA = [
    {"key": "value", "label": "Value", "weight": 0.6},
    {"key": "effort", "label": "Effort", "weight": 0.4},
]


class Company:
    """The people of the story."""

    def __init__(self, owner: Person, moderator: Person, employees: list[Person], reviewers: list[Person]) -> None:
        self.owner = owner
        self.moderator = moderator
        self.employees = employees
        self.reviewers = reviewers


async def hire(engine: Engine, stack: AsyncExitStack, connection: Connection) -> Company:
    async def person(department: str, *roles: str) -> Person:
        return await engine.person(stack, connection, department=department, roles=list(roles))

    departments = ("Research", "Sales", "Finance")
    return Company(
        owner=await person("Strategy", "challenge_owner"),
        moderator=await person("Strategy", "moderator"),
        employees=[await person(departments[number % 3]) for number in range(12)],
        reviewers=[await person("Board", "reviewer") for _ in range(2)],
    )


async def open_challenge(owner: Person) -> str:
    now = datetime.now(UTC)
    challenge = await owner.call(
        "POST",
        "/challenges",
        {
            "question": "How could we waste less?",
            "submit_opens_at": (now - timedelta(minutes=1)).isoformat(),
            "submit_closes_at": (now + timedelta(hours=1)).isoformat(),
            "vote_opens_at": (now - timedelta(minutes=1)).isoformat(),
            "vote_closes_at": (now + timedelta(hours=1)).isoformat(),
            "shortlist_size": 3,
            "reviews_per_idea": 2,
            "criteria": CRITERIA,
        },
        expect=201,
    )
    path = f"/challenges/{challenge['id']}"
    await owner.call("POST", f"{path}/publish", headers={"If-Match": await owner.version_of(path)})
    return str(challenge["id"])


async def submit_ideas(company: Company, challenge_id: str) -> list[dict[str, Any]]:
    return [
        await employee.call("POST", f"/challenges/{challenge_id}/ideas", {"title": title, "body": body}, expect=201)
        for employee, (title, body) in zip(company.employees, IDEAS, strict=False)
    ]


async def answer_everything(person: Person, challenge_id: str, liked: set[str]) -> int:
    answered = 0
    while cards := (await person.call("POST", f"/challenges/{challenge_id}/feed"))["cards"]:
        for card in cards:
            answer = "yes" if card["idea_id"] in liked else "no"
            await person.call("PUT", f"/cards/{card['id']}/answer", {"answer": answer})
            answered += 1
    return answered


async def test_an_idea_goes_from_submission_to_decision(
    engine: Engine, looking: Connection, stack: AsyncExitStack
) -> None:
    company = await hire(engine, stack, looking)
    challenge_id = await open_challenge(company.owner)
    path = f"/challenges/{challenge_id}"
    ideas = await submit_ideas(company, challenge_id)
    cups, cups_again = ideas[0]["id"], ideas[1]["id"]

    await find_and_merge_the_duplicate(company, challenge_id, cups, cups_again)
    await read_themes(company, challenge_id)

    liked = {cups, ideas[4]["id"], ideas[7]["id"]}
    answered = await asyncio.gather(*(answer_everything(p, challenge_id, liked) for p in company.employees))
    assert sum(answered) == await looking.fetchval(
        "SELECT count(*) FROM votes WHERE challenge_id = $1::text::uuid", challenge_id
    )

    await close_at_its_date(company, looking, challenge_id, answered=sum(answered))
    await review(company, challenge_id)
    shortlist = await company.owner.call("POST", f"{path}/shortlist", {}, expect=201)
    assert len(shortlist["entries"]) == 3

    await decide(company, challenge_id, ideas, shortlist)
    assert await what_doctor_finds(looking) == {}


async def find_and_merge_the_duplicate(company: Company, challenge_id: str, first: str, second: str) -> None:
    """The workers propose the pair; a moderator merges it, takes that back, and merges it again."""

    async def queue() -> list[dict[str, Any]]:
        page = await company.moderator.call("GET", f"/challenges/{challenge_id}/duplicates")
        return list(page["items"])

    def proposed(items: list[dict[str, Any]]) -> bool:
        return any({item["first"]["id"], item["second"]["id"]} == {first, second} for item in items)

    pairs = await eventually(queue, proposed)
    pair = next(item for item in pairs if {item["first"]["id"], item["second"]["id"]} == {first, second})
    assert pair["evidence"]["shared_terms"]
    before = [await company.moderator.call("GET", f"/ideas/{idea_id}") for idea_id in (first, second)]

    merge = {"idea_ids": [first, second], "survivor_id": first, "reason": "Same cups."}
    await company.moderator.call("POST", f"/challenges/{challenge_id}/merges", merge, expect=201)
    merged = await company.moderator.call("GET", f"/ideas/{second}")
    assert merged["canonical_id"] == first
    separate = {"idea_ids": [second]}
    await company.moderator.call("POST", f"/challenges/{challenge_id}/unmerges", separate, expect=204)
    after = [await company.moderator.call("GET", f"/ideas/{idea_id}") for idea_id in (first, second)]
    assert [comparable(idea) for idea in after] == [comparable(idea) for idea in before]
    await company.moderator.call("POST", f"/challenges/{challenge_id}/merges", merge, expect=201)


def comparable(idea: dict[str, Any]) -> dict[str, Any]:
    """What merging and unmerging must leave as it was; the workers may find themes at any moment."""
    changing = ("version", "updated_at", "theme_id", "theme")
    return {key: value for key, value in idea.items() if key not in changing}


async def read_themes(company: Company, challenge_id: str) -> None:
    """Every idea has a place on the map once the themes were refreshed."""

    async def landscape() -> list[dict[str, Any]]:
        page = await company.owner.call("GET", f"/challenges/{challenge_id}/landscape")
        return list(page["points"])

    points = await eventually(landscape, lambda found: len(found) >= len(IDEAS) - 1)
    assert all(-1 <= point["x"] <= 1 and -1 <= point["y"] <= 1 for point in points)


async def close_at_its_date(company: Company, looking: Connection, challenge_id: str, *, answered: int) -> None:
    """The date comes; the schedule freezes the ranking; answers are refused from that moment on."""
    await looking.execute(
        "UPDATE challenges SET submit_closes_at = now(), vote_closes_at = now() + interval '1 second'"
        " WHERE id = $1::text::uuid",
        challenge_id,
    )

    async def rankings() -> list[dict[str, Any]]:
        return list((await company.owner.call("GET", f"/challenges/{challenge_id}/rankings"))["items"])

    found = await eventually(rankings, lambda items: any(item["kind"] == "closing" for item in items))
    closing = next(item for item in found if item["kind"] == "closing")
    entries = await company.owner.call("GET", f"/rankings/{closing['id']}/entries", params={"limit": 100})
    assert [entry["position"] for entry in entries["items"]] == list(range(1, len(IDEAS)))
    assert answered > 0
    late = {"title": "Too late", "body": "The challenge is over."}
    refused = await company.employees[0].call("POST", f"/challenges/{challenge_id}/ideas", late, expect=409)
    assert refused["type"].endswith("challenge-closed")


async def review(company: Company, challenge_id: str) -> None:
    """The panel is seated and dealt its ideas, and sends every review."""
    path = f"/challenges/{challenge_id}"
    for reviewer in company.reviewers:
        await company.owner.call("PUT", f"{path}/panel/{reviewer.id}", {"max_reviews": 20})
    await company.owner.call("POST", f"{path}/assignments", {}, expect=202)
    for number, reviewer in enumerate(company.reviewers):
        queue = await eventually(lambda reviewer=reviewer: assignments(reviewer), bool)  # type: ignore[misc]
        for assignment in queue:
            form = await reviewer.call("GET", f"/assignments/{assignment['assignment_id']}")
            scores = [{"criterion_id": criterion["id"], "score": 3 + number} for criterion in form["criteria"]]
            review_path = f"/assignments/{assignment['assignment_id']}"
            version = await reviewer.version_of(review_path)
            saved = {"scores": scores, "comment": "Sound."}
            await reviewer.call("PUT", f"{review_path}/review", saved, headers={"If-Match": version})
            version = await reviewer.version_of(review_path)
            await reviewer.call("POST", f"{review_path}/review/send", headers={"If-Match": version})

    async def progress() -> dict[str, Any]:
        answer: dict[str, Any] = await company.owner.call("GET", f"{path}/rankings")
        return answer

    await eventually(progress, lambda page: any(item["kind"] == "panel" for item in page["items"]))


async def assignments(reviewer: Person) -> list[dict[str, Any]]:
    return list((await reviewer.call("GET", "/me/assignments"))["items"])


async def decide(company: Company, challenge_id: str, ideas: list[dict[str, Any]], shortlist: dict[str, Any]) -> None:
    """The shortlist is selected, the rest declined with a reason; every author hears of it."""
    path = f"/challenges/{challenge_id}"
    selected = [entry["idea_id"] for entry in shortlist["entries"]]
    # The second idea is merged into the first: its author hears of the survivor's decision.
    declined = [idea["id"] for idea in ideas if idea["id"] not in selected and idea["id"] != ideas[1]["id"]]
    without_reason = {"idea_ids": declined, "outcome": "declined"}
    await company.owner.call("POST", f"{path}/decisions", without_reason, expect=422)
    await company.owner.call("POST", f"{path}/decisions", {"idea_ids": selected, "outcome": "selected"}, expect=201)
    reason = without_reason | {"reason": "Not this year."}
    await company.owner.call("POST", f"{path}/decisions", reason, expect=201)
    version = await company.owner.version_of(path)
    await company.owner.call("POST", f"{path}/decide", {"answers_owed": 0}, headers={"If-Match": version})

    answers = await company.owner.call("GET", f"{path}/answers")
    assert answers["answered"] == answers["ideas"]
    for employee in company.employees[: len(ideas)]:
        told = await employee.call("GET", "/me/notifications")
        assert "decision" in [item["kind"] for item in told["items"]], told


@pytest.mark.parametrize("path", ["/v1/openapi.json", "/docs", "/health/live", "/metrics"])
async def test_what_operators_and_developers_look_at_answers(engine: Engine, path: str) -> None:
    async with httpx.AsyncClient(base_url=engine.url) as client:
        answer = await client.get(path)

    assert (answer.status_code, bool(answer.content)) == (200, True)
