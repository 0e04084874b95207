"""Sets up the two challenges of a round through the API, as their owner would."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from benchmarks.faults.crowd import Caller, Round
from benchmarks.faults.site import Company, Site

IDEAS_TO_REVIEW = 8


async def prepare(site: Site, company: Company, name: str, seconds: float) -> Round:
    """Two running challenges, one closing so many seconds from now, the other with a seated panel and its reviews."""
    async with httpx.AsyncClient() as client:
        owner = Caller(company.owner, site.addresses, client)
        endless = await _publish(owner, {"question": f"What else, {name}?", "criteria": [_CRITERION]}, None)
        criterion = (await _get(owner, f"/challenges/{endless}"))["criteria"][0]["id"]
        assignments = await _seat_panel(owner, company, endless, Caller(company.employees[0], site.addresses, client))
        closes_at = datetime.now(UTC) + timedelta(seconds=seconds)
        closing = await _publish(owner, {"question": f"How could we waste less, {name}?"}, closes_at)
    return Round(
        closing=closing, closes_at=closes_at, endless=endless, criterion=UUID(criterion), assignments=assignments
    )


_CRITERION = {"key": "value", "label": "Value", "weight": 1.0}


async def _publish(owner: Caller, challenge: dict[str, Any], closes_at: datetime | None) -> UUID:
    opens_at = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    dates: dict[str, Any] = {"submit_opens_at": opens_at, "vote_opens_at": opens_at}
    if closes_at is not None:
        dates |= {"submit_closes_at": closes_at.isoformat(), "vote_closes_at": closes_at.isoformat()}
    created = await _ask(owner, "POST", "/challenges", challenge | dates)
    path = f"/challenges/{created['id']}"
    published = await owner.send("POST", f"{path}/publish", **{"If-Match": await _version(owner, path)})
    assert published is not None
    assert published.is_success, published.text
    return UUID(created["id"])


async def _seat_panel(owner: Caller, company: Company, challenge: UUID, author: Caller) -> dict[UUID, list[UUID]]:
    path = f"/challenges/{challenge}"
    for reviewer in company.reviewers:
        await _ask(owner, "PUT", f"{path}/panel/{reviewer.id}", {"max_reviews": 50})
    ideas = []
    for number in range(IDEAS_TO_REVIEW):
        body = {"title": f"To be reviewed {number}", "body": f"Idea number {number} for the panel."}
        ideas.append((await _ask(author, "POST", f"{path}/ideas", body))["id"])
    assignments: dict[UUID, list[UUID]] = {reviewer.id: [] for reviewer in company.reviewers}
    for reviewer in company.reviewers:
        for idea in ideas:
            made = await _ask(owner, "PUT", f"{path}/assignments/{idea}/{reviewer.id}")
            assignments[reviewer.id].append(UUID(made["id"]))
    return assignments


async def _ask(caller: Caller, method: str, path: str, body: object = None) -> Any:
    told = await caller.ask(method, path, body)
    assert told.answer is not None
    assert told.answer.is_success, f"{method} {path}: {told.answer.status_code} {told.answer.text}"
    return told.answer.json() if told.answer.content else None


async def _get(caller: Caller, path: str) -> Any:
    return await _ask(caller, "GET", path)


async def _version(caller: Caller, path: str) -> str:
    answer = await caller.send("GET", path)
    assert answer is not None
    return str(answer.headers["ETag"])
