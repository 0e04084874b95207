"""Loads the demo's real challenges through the actions that the API uses; a cut-off load goes on where it stopped."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import islice
from uuid import UUID

import msgspec

from ideation.actions.challenges import create_challenge, read_challenge
from ideation.actions.challenges_stages import publish_challenge
from ideation.actions.import_lines import Numbered
from ideation.actions.imports import Parsed, finish_import, start_import, take_batch
from ideation.actions.panels import set_panel_member
from ideation.actions.people import add_person, grant_role
from ideation.actions.policies import accept_policy, add_policy
from ideation.database import Connection
from ideation.entities.challenges import ChallengeState
from ideation.entities.challenges_forms import Anchor, CriterionInput, NewChallenge
from ideation.entities.panels import SetPanelMember
from ideation.entities.people import ALL_SCOPES, Actor, NewPerson, Role
from ideation.entities.policies import NewPolicy
from ideation.entities.transfer import ChallengeLine, CriterionLine, DecisionLine, ImportOut
from ideation.queries import load_statements
from ideation.rules.transfer import parse_json_line

# The moment that stands for the start of every file, and how long after it the last line lies.
_FILES_START = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
_FILES_SPAN = timedelta(days=16)
_BATCH_LINES = 2_000
_SQL = load_statements("demo")

Report = Callable[[str, int, int], None]

POLICY = """Be kind and be honest. Write what you know and say what you guess.

* Ideas and comments here belong to the company and stay inside it.
* Say so when somebody else had the idea first, and when a program wrote the text.
* Judge ideas, not people. Do not ask colleagues for votes; votes that come by a link are shown but do not rank.
* Moderators may hide what breaks these rules and will tell you why.
"""


class DemoFile(msgspec.Struct, frozen=True, kw_only=True):
    """One shipped challenge and when, counted from now, it stops taking ideas and votes."""

    name: str
    submit_closes_in: timedelta
    vote_closes_in: timedelta
    panel: tuple[str, ...] = ()
    # What the demo's own panel scores; a contest that was reviewed brings its criteria along.
    criteria: tuple[CriterionInput, ...] = ()


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """The four people a visitor can be."""

    employee: UUID
    owner: UUID
    reviewer: UUID
    administrator: UUID


_CRITERIA = (
    CriterionInput(
        key="effect",
        label="Effect",
        weight=0.6,
        anchors=[
            Anchor(score=1, text="Native species would not notice"),
            Anchor(score=3, text="One place or one species gains"),
            Anchor(score=5, text="Many species gain, for decades"),
        ],
    ),
    CriterionInput(
        key="feasibility",
        label="Feasibility",
        weight=0.4,
        anchors=[
            Anchor(score=1, text="Nobody knows how"),
            Anchor(score=3, text="Done elsewhere, new here"),
            Anchor(score=5, text="Can start this year"),
        ],
    ),
)

# The first closes while the demo is starting, the second with it, the third is there to be voted on.
BIODIVERSITY = DemoFile(
    name="biodiversity",
    submit_closes_in=timedelta(days=-6),
    vote_closes_in=timedelta(seconds=2),
    panel=("reviewer@demo.example", "expert1@demo.example", "expert2@demo.example", "expert3@demo.example"),
    criteria=_CRITERIA,
)
COATINGS = DemoFile(name="coatings", submit_closes_in=timedelta(days=-2), vote_closes_in=timedelta(seconds=1))
FRESHWATER = DemoFile(name="freshwater", submit_closes_in=timedelta(days=7), vote_closes_in=timedelta(days=10))
FILES = (COATINGS, FRESHWATER, BIODIVERSITY)

_PEOPLE = {
    "employee@demo.example": ("Erin Employee", "Operations", []),
    "owner@demo.example": ("Omar Owner", "Strategy", [Role.CHALLENGE_OWNER, Role.MODERATOR]),
    "reviewer@demo.example": ("Rita Reviewer", "Innovation Board", [Role.REVIEWER]),
    "administrator@demo.example": ("Ada Administrator", "IT", [Role.ADMINISTRATOR]),
}


async def load_people(connection: Connection, now: datetime) -> Cast:
    """The four people of the demo and its usage policy; found again on a second run."""
    ids = {email: await _find_or_add(connection, email, now) for email in _PEOPLE}
    if not await connection.fetchval(_SQL["policy_exists"]):
        await add_policy(connection, NewPolicy(title="How we treat ideas here", body=POLICY), now)
        # The employee meets the policy on the first visit, as every employee does.
        for email in ("owner@demo.example", "reviewer@demo.example", "administrator@demo.example"):
            await accept_policy(connection, acting(ids[email], []), 1, now)
    return Cast(
        employee=ids["employee@demo.example"],
        owner=ids["owner@demo.example"],
        reviewer=ids["reviewer@demo.example"],
        administrator=ids["administrator@demo.example"],
    )


async def load_file(connection: Connection, file: DemoFile, cast: Cast, now: datetime, report: Report) -> UUID:
    """One challenge: drafted, filled by an import, given its panel, published. Returns its id, loaded now or before."""
    administrator = acting(cast.administrator, [Role.ADMINISTRATOR])
    header, lines = _read_header(file.name)
    async with connection.transaction():
        challenge_id = await _find_or_draft(connection, administrator, cast, file, header, now)
    draft = await read_challenge(connection, administrator, challenge_id, now)
    if draft.state is not ChallengeState.DRAFT:
        return challenge_id
    await _import(connection, administrator, challenge_id, file.name, lines, now, report)
    published_at = datetime.now(UTC)
    async with connection.transaction():
        await _seat_panel(connection, administrator, challenge_id, file.panel, now)
        await connection.execute(
            _SQL["set_windows"],
            challenge_id,
            published_at - _FILES_SPAN,
            published_at + file.submit_closes_in,
            published_at + file.vote_closes_in,
        )
        version = (await read_challenge(connection, administrator, challenge_id, now)).version
        await publish_challenge(connection, administrator, challenge_id, version, published_at)
    return challenge_id


async def _find_or_add(connection: Connection, email: str, now: datetime) -> UUID:
    found: UUID | None = await connection.fetchval(_SQL["find_person"], email)
    if found is not None:
        return found
    name, department, roles = _PEOPLE[email]
    person = NewPerson(name=name, email=email, department=department, site="Wellington", roles=roles)
    return (await add_person(connection, person, now)).id


def acting(person_id: UUID, roles: list[Role]) -> Actor:
    """One of the cast as a request of theirs would see them."""
    return Actor(
        person_id=person_id,
        name="Demo",
        department="IT",
        site="",
        roles=frozenset(roles),
        scopes=ALL_SCOPES,
        policy_accepted=True,
    )


def _read_header(name: str) -> tuple[ChallengeLine, list[bytes]]:
    packed = resources.files("ideation.local").joinpath("data", f"{name}.jsonl.gz").read_bytes()
    first, *lines = gzip.decompress(packed).splitlines()
    # The outcome of a contest is decided in the demo itself, after its shortlist: see demo_panel.
    return msgspec.json.decode(first, type=ChallengeLine), [line for line in lines if not _is_decision(line)]


def read_decisions(name: str) -> list[DecisionLine]:
    """The outcomes that a shipped file knows."""
    packed = resources.files("ideation.local").joinpath("data", f"{name}.jsonl.gz").read_bytes()
    return [
        msgspec.json.decode(line, type=DecisionLine)
        for line in gzip.decompress(packed).splitlines()
        if _is_decision(line)
    ]


def _is_decision(line: bytes) -> bool:
    return line.startswith(b'{"kind":"decision"')


async def _find_or_draft(
    connection: Connection, administrator: Actor, cast: Cast, file: DemoFile, header: ChallengeLine, now: datetime
) -> UUID:
    found: UUID | None = await connection.fetchval(_SQL["find_challenge_of"], header.question, cast.owner)
    if found is not None:
        return found
    new = NewChallenge(
        question=header.question,
        brief=header.brief,
        owner_id=cast.owner,
        sponsor_id=cast.owner,
        shortlist_size=header.shortlist_size,
        criteria=[_criterion(line) for line in header.criteria] or list(file.criteria),
    )
    return (await create_challenge(connection, administrator, new, now)).id


def _criterion(line: CriterionLine) -> CriterionInput:
    return msgspec.convert(line, CriterionInput, from_attributes=True)


async def _import(
    connection: Connection,
    administrator: Actor,
    challenge_id: UUID,
    name: str,
    lines: list[bytes],
    now: datetime,
    report: Report,
) -> None:
    running = await _running_import(connection, administrator, challenge_id, name, now)
    shift = now - _FILES_SPAN - _FILES_START
    numbered = enumerate(lines, start=1)
    while batch := list(islice(numbered, _BATCH_LINES)):
        parsed = list(_parse(batch, shift))
        async with connection.transaction():
            running = await take_batch(connection, administrator, running.id, parsed, now)
        report(name, running.lines_done, len(lines))
    async with connection.transaction():
        await finish_import(connection, administrator, running.id, now)


async def _running_import(
    connection: Connection, administrator: Actor, challenge_id: UUID, name: str, now: datetime
) -> ImportOut:
    row = await connection.fetchrow(_SQL["find_running_import"], challenge_id)
    if row is not None:
        return msgspec.convert(row, ImportOut)
    return await start_import(connection, administrator, challenge_id, "jsonl", f"{name}.jsonl.gz", now)


def _parse(batch: list[tuple[int, bytes]], shift: timedelta) -> Iterator[Numbered[Parsed]]:
    """Lines with their moments moved so that the story of the file ends now."""
    for number, record in batch:
        line = parse_json_line(record)
        moments = {name: getattr(line, name) + shift for name in ("at", "submitted_at") if hasattr(line, name)}
        yield Numbered(number, msgspec.structs.replace(line, **moments))


async def _seat_panel(
    connection: Connection, administrator: Actor, challenge_id: UUID, emails: tuple[str, ...], now: datetime
) -> None:
    for email in emails:
        person_id = await connection.fetchval(_SQL["find_person"], email)
        await grant_role(connection, administrator, person_id, Role.REVIEWER, now)
        await set_panel_member(connection, administrator, challenge_id, person_id, SetPanelMember(max_reviews=15), now)
