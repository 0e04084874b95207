"""People at work while things break: each keeps asking until told clearly, and notes what was said."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec

from benchmarks.faults.ledger import Ledger, Outcome
from benchmarks.faults.site import Company, Member

_TIMEOUT_SECONDS = 5.0
_PAUSE_SECONDS = 0.15
# fmt: off
_WORDS = (
    "cups", "canteen", "paper", "reuse", "screens", "night", "energy", "bicycle", "parking", "gate", "roof", "solar",
    "panels", "repair", "laboratory", "printer", "double", "sided", "ride", "share", "office", "waste", "sorting",
    "water", "heat", "pumps", "insulation", "travel", "train", "meetings", "remote", "desks", "plants", "lamps",
)
# fmt: on
_ANSWERS: dict[str, int | None] = {"yes": 1, "no": 0, "skip": None}


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """The two challenges of a round: one that closes in the middle of it, and one without an end, with its panel."""

    closing: UUID
    closes_at: datetime
    endless: UUID
    criterion: UUID
    assignments: dict[UUID, list[UUID]]


class Told(msgspec.Struct, frozen=True):
    """The last word on a request: `unclear` also when a refusal came after an attempt that may have got through."""

    outcome: Outcome
    answer: httpx.Response | None
    repeats: int


class Caller:
    """One person's requests, sent to whichever API answers."""

    def __init__(self, member: Member, addresses: Callable[[], list[str]], client: httpx.AsyncClient) -> None:
        self.member = member
        self._addresses = addresses
        self._client = client
        self._headers = {"Authorization": f"Bearer {member.secret}"}

    async def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response | None:
        """One attempt; None when the connection broke or the server says that it could not."""
        address = random.choice(self._addresses())
        try:
            answer = await self._client.request(
                method, f"{address}/v1{path}", json=body, headers=self._headers | headers, timeout=_TIMEOUT_SECONDS
            )
        except httpx.TransportError:
            return None
        return None if answer.status_code >= 500 or _still_running(answer) else answer

    async def ask(self, method: str, path: str, body: object = None, *, patience: float = 60.0) -> Told:
        """Ask until told clearly. A POST carries one key through all attempts, so that it takes effect once."""
        headers = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        deadline = time.monotonic() + patience
        repeats = 0
        while (answer := await self.send(method, path, body, **headers)) is None:
            if time.monotonic() > deadline:
                return Told("unclear", None, repeats)
            repeats += 1
            await asyncio.sleep(_PAUSE_SECONDS)
        if answer.is_success:
            return Told("acknowledged", answer, repeats)
        return Told("unclear" if repeats and method == "PUT" else "refused", answer, repeats)


class Crowd:
    """Everybody of the company, busy with one round until told to stop."""

    def __init__(self, company: Company, round_: Round, ledger: Ledger, addresses: Callable[[], list[str]]) -> None:
        self._company = company
        self._round = round_
        self._ledger = ledger
        self._addresses = addresses
        self._stopping = asyncio.Event()
        self._ideas: list[UUID] = []

    def stop(self) -> None:
        """Let everybody finish what they have begun."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until stopped; returns when everybody was told the last word on everything."""
        async with httpx.AsyncClient() as client, asyncio.TaskGroup() as group:
            for member in self._company.employees:
                group.create_task(self._work(Caller(member, self._addresses, client)))
            for member in self._company.reviewers:
                group.create_task(self._review(Caller(member, self._addresses, client)))

    async def _work(self, caller: Caller) -> None:
        steps: list[Callable[[Caller], Awaitable[None]]] = [
            self._submit,
            self._submit,
            self._answer_cards,
            self._answer_cards,
            self._support,
            self._comment,
            self._blunder,
        ]
        while not self._stopping.is_set():
            await random.choice(steps)(caller)
            await asyncio.sleep(random.uniform(0.02, 0.3))

    async def _submit(self, caller: Caller) -> None:
        token = uuid4().hex
        text = " ".join(random.choices(_WORDS, k=12))
        challenge = random.choice((self._round.closing, self._round.endless))
        told = await caller.ask("POST", f"/challenges/{challenge}/ideas", {"title": f"{token} {text}", "body": text})
        self._note("idea", token, told)
        if told.outcome == "acknowledged" and told.answer is not None and challenge == self._round.closing:
            self._ideas.append(UUID(told.answer.json()["id"]))

    async def _answer_cards(self, caller: Caller) -> None:
        dealt = await caller.send("POST", f"/challenges/{self._round.closing}/feed")
        for card in [] if dealt is None or not dealt.is_success else dealt.json()["cards"][:3]:
            word = random.choice(list(_ANSWERS))
            told = await caller.ask("PUT", f"/cards/{card['id']}/answer", {"answer": word})
            self._note_vote(UUID(card["idea_id"]), caller, _ANSWERS[word], told)

    async def _support(self, caller: Caller) -> None:
        if self._ideas:
            idea = random.choice(self._ideas[-30:])
            told = await caller.ask("PUT", f"/ideas/{idea}/vote", {"answer": "yes"})
            self._note_vote(idea, caller, 1, told)

    async def _comment(self, caller: Caller) -> None:
        if self._ideas:
            token = uuid4().hex
            told = await caller.ask("POST", f"/ideas/{random.choice(self._ideas)}/comments", {"body": f"Why? {token}"})
            self._note("comment", token, told)

    async def _blunder(self, caller: Caller) -> None:
        """What must be refused: an idea without a title, a comment on nothing, an idea for no challenge."""
        token = uuid4().hex
        path = f"/challenges/{self._round.endless}/ideas"
        kind, target, body = random.choice(
            (
                ("idea", path, {"title": "", "body": token}),
                ("idea", f"/challenges/{uuid4()}/ideas", {"title": token, "body": token}),
                ("comment", f"/ideas/{uuid4()}/comments", {"body": token}),
            )
        )
        self._note(kind, token, await caller.ask("POST", target, body))

    async def _review(self, caller: Caller) -> None:
        for assignment in self._round.assignments[caller.member.id]:
            if self._stopping.is_set():
                return
            token = uuid4().hex
            self._ledger.note_text("review", token, await self._send_review(caller, assignment, token))
            await asyncio.sleep(random.uniform(0.2, 0.6))

    async def _send_review(self, caller: Caller, assignment: UUID, token: str) -> Outcome:
        """Save and send one review, looking again after every unclear answer where it stands."""
        scores = [{"criterion_id": str(self._round.criterion), "score": random.randint(1, 5)}]
        path = f"/assignments/{assignment}"
        deadline = time.monotonic() + 60.0
        while time.monotonic() < deadline:
            form = await caller.send("GET", path)
            if form is not None and _is_sent(form):
                return "acknowledged"
            if form is not None and form.is_success:
                saved = await caller.send(
                    "PUT", f"{path}/review", {"scores": scores, "comment": token}, **{"If-Match": form.headers["ETag"]}
                )
                if saved is not None and saved.is_success:
                    await caller.send("POST", f"{path}/review/send", **{"If-Match": saved.headers["ETag"]})
            await asyncio.sleep(0.05)
        return "unclear"

    def _note(self, kind: Any, token: str, told: Told) -> None:
        self._ledger.repeats += told.repeats
        self._ledger.note_text(kind, token, told.outcome)

    def _note_vote(self, idea: UUID, caller: Caller, value: int | None, told: Told) -> None:
        self._ledger.repeats += told.repeats
        self._ledger.note_vote(idea, caller.member.id, value, told.outcome)


def _still_running(answer: httpx.Response) -> bool:
    """Whether the server says that the same request is still being worked on."""
    return answer.status_code == 409 and answer.json().get("type", "").endswith("idempotency-in-progress")


def _is_sent(form: httpx.Response) -> bool:
    review = form.json().get("review") if form.is_success else None
    return review is not None and review["sent_at"] is not None
