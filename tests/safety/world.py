"""A small company in which every route has something to act on, and every sort of person somebody to be."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import msgspec

from api.live import Live
from api.unit_of_work import UnitOfWork
from ideation.credentials import ACCESS_TOKEN, hash_secret, new_secret
from ideation.database import Connection
from ideation.entities.sign_in import Credential
from ideation.ids import new_id
from tests.factories import NOW, insert, make_challenge, make_criterion, make_idea, make_person
from tests.panel_world import CLOSED_AT, make_ranking

SEALED_NAME = "Quillon Vantresser"
# In the order of the columns of the matrix; "anonymous" comes before them and has no row in the database.
PEOPLE: dict[str, dict[str, object]] = {
    "deactivated": {},
    # Has not accepted the usage policy.
    "newcomer": {},
    "employee": {},
    # Of a department outside of the audience of every challenge.
    "outsider": {"department": "Sales", "site": "Lima"},
    "author": {},
    "co_author": {},
    # Wrote the ideas of the challenge that seals its authors, and is asked about that challenge and idea.
    "sealed_author": {"name": SEALED_NAME},
    # A member of the panels.
    "panelist": {"roles": ["reviewer"], "department": "Panel"},
    # On the panel of another challenge, with a review to write there.
    "other_panelist": {"roles": ["reviewer"]},
    "moderator": {"roles": ["moderator"], "department": "Legal", "site": "Lima"},
    "owner": {"roles": ["challenge_owner"], "department": "Strategy"},
    # Runs another challenge than those asked about.
    "other_owner": {"roles": ["challenge_owner"]},
    "administrator": {"roles": ["administrator"], "department": "IT", "site": "Lima"},
}
AUDIENCE = ["Research", "Panel", "Strategy"]
EVIDENCE: dict[str, list[object]] = {"shared_terms": [], "passages": [], "parts": []}
PRICE: dict[str, object] = {
    "cost_share": 0.0,
    "themes": 1,
    "themes_by_score_alone": 1,
    "over_cap": [],
    "folded": {},
    "text": "Nothing.",
}
PANEL_SUMMARY: dict[str, object] = {
    "review_count": 1,
    "reviewed_ideas": 1,
    "expected_wrong_calls": 0.5,
    "grey_zone": 1,
    "agreement": None,
    "unconnected_groups": 1,
    "anchor_ideas": [],
    "always_see": [],
}
SCOPES = ("read", "take_part", "review", "manage", "administer")
WITHOUT_POLICY = "newcomer"
DEACTIVATED = "deactivated"
# What the sealed author is asked about in place of the usual.
SEALED = {
    "challenge": "sealed_challenge",
    "idea": "sealed_idea",
    "second_idea": "other_sealed_idea",
    "voted_idea": "sealed_idea",
}


class World(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of everything, by name, and the access token of each person."""

    people: dict[str, UUID]
    tokens: dict[str, str]
    ids: dict[str, str]

    def of(self, who: str) -> "World":
        """The world as this person is asked about it."""
        if who != "sealed_author":
            return self
        return msgspec.structs.replace(self, ids=self.ids | {usual: self.ids[thing] for usual, thing in SEALED.items()})


@contextmanager
def everything_taken_back() -> Iterator[None]:
    """Requests do all their work and then undo it, so that the world stays as it is; streams end at once."""
    commit, marks = UnitOfWork.commit, Live.marks
    UnitOfWork.commit = UnitOfWork.release  # type: ignore[method-assign]
    Live.marks = _one_mark  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        UnitOfWork.commit, Live.marks = commit, marks  # type: ignore[method-assign]


async def _one_mark(_live: Live, topic: str, _credential: Credential) -> AsyncIterator[str]:
    async def marks() -> AsyncIterator[str]:
        yield topic

    return marks()


async def build_world(connection: Connection) -> World:
    """Fill an empty database."""
    people = {
        name: await make_person(connection, **({"name": f"The {name}"} | given)) for name, given in PEOPLE.items()
    }
    people["bystander"] = await make_person(connection, name="The bystander")
    administrator = people["administrator"]
    policy = {"title": "Fair use", "body": "Be kind.", "body_sha256": "0" * 64, "published_by": administrator}
    await insert(connection, "policies", version=1, published_at=NOW, **policy)
    for name, person_id in people.items():
        if name != WITHOUT_POLICY:
            await insert(connection, "policy_acceptances", person_id=person_id, policy_version=1, accepted_at=NOW)
    tokens = {name: await give_token(connection, people[name]) for name in PEOPLE}
    ids = {name: str(person_id) for name, person_id in people.items()}
    for part in (_open_challenge, _closed_challenge, _sealed_challenge, _paired_challenge, _own_things):
        ids |= {name: str(value) for name, value in (await part(connection, people)).items()}
    await connection.execute("UPDATE people SET active = false WHERE id = $1", people[DEACTIVATED])
    return World(people=people, tokens=tokens, ids=ids)


async def give_token(connection: Connection, person_id: UUID, scopes: tuple[str, ...] | None = None) -> str:
    """A long-lived access token; with every scope unless told otherwise."""
    secret = new_secret(ACCESS_TOKEN)
    await insert(
        connection,
        "access_tokens",
        id=new_id(),
        person_id=person_id,
        name="matrix",
        token_hash=hash_secret(secret),
        scopes=list(SCOPES if scopes is None else scopes),
        created_at=NOW,
        expires_at=NOW + timedelta(days=3650),
    )
    return secret


async def _open_challenge(connection: Connection, people: Mapping[str, UUID]) -> dict[str, object]:
    owner = {"owner_id": people["owner"], "audience_departments": AUDIENCE}
    challenge = await make_challenge(connection, **owner)
    draft_challenge = await make_challenge(connection, stage="draft", **owner)
    await make_criterion(connection, draft_challenge, "value", 1.0)
    await _another_challenge(connection, people)
    ids: dict[str, object] = {"challenge": challenge, "draft_challenge": draft_challenge}
    ids |= await _ideas(connection, people, challenge)
    ids |= await _comments(connection, people, ids["second_idea"])
    ids |= await _themes(connection, challenge, [ids["idea"], ids["second_idea"]])
    ids["ranking"] = await make_ranking(
        connection, challenge, [UUID(str(ids["idea"])), UUID(str(ids["second_idea"]))], kind="interim"
    )
    pair = sorted([UUID(str(ids["idea"])), UUID(str(ids["second_idea"]))])
    found = {"probability": 0.9, "evidence": EVIDENCE, "model_version": "test", "proposed_at": NOW}
    ids["pair"] = new_id()
    places = {"idea_a": pair[0], "idea_b": pair[1], "challenge_id": challenge}
    await insert(connection, "duplicate_pairs", id=ids["pair"], **places, **found)
    ids["flag"] = await _flag(connection, challenge, [people["bystander"], people["employee"]])
    ids["import"] = new_id()
    file = {"format": "jsonl", "source_name": "file", "started_by": people["owner"], "started_at": NOW}
    await insert(connection, "imports", id=ids["import"], challenge_id=challenge, **file)
    ids["card"] = new_id()
    dealt = {"challenge_id": challenge, "idea_id": ids["voted_idea"], "person_id": people["employee"]}
    sitting = {"sitting_id": new_id(), "position": 1, "dealt_by": "feed", "own_department": True, "dealt_at": NOW}
    await insert(connection, "impressions", id=ids["card"], **dealt, **sitting)
    return ids


async def _another_challenge(connection: Connection, people: Mapping[str, UUID]) -> None:
    """Of another owner, with a panel of its own."""
    other = await make_challenge(connection, owner_id=people["other_owner"])
    member = {"person_id": people["other_panelist"], "added_by": people["other_owner"], "added_at": NOW}
    await insert(connection, "panel_members", challenge_id=other, **member)
    idea = await make_idea(connection, other, people["bystander"])
    asked = {"challenge_id": other, "reviewer_id": people["other_panelist"], "assigned_at": NOW}
    await insert(connection, "review_assignments", id=new_id(), idea_id=idea, position=1, **asked)


async def _ideas(connection: Connection, people: Mapping[str, UUID], challenge: UUID) -> dict[str, object]:
    author, bystander = people["author"], people["bystander"]
    idea = await make_idea(connection, challenge, author)
    # Votes may be lasting before their request is settled, so they go to an idea that nothing else asks about.
    voted = await make_idea(connection, challenge, author)
    second = await make_idea(connection, challenge, bystander)
    merged = await make_idea(connection, challenge, bystander, canonical_id=second)
    merge = {"idea_id": merged, "canonical_id": second, "merged_by": people["owner"], "merged_at": NOW}
    await insert(connection, "merges", id=new_id(), **merge)
    invited = {"idea_id": idea, "invited_by": author, "invited_at": NOW}
    await insert(connection, "idea_authors", person_id=people["co_author"], agreed_at=NOW, **invited)
    shared = invited | {"idea_id": voted}
    await insert(connection, "idea_authors", person_id=people["co_author"], agreed_at=NOW, **shared)
    await insert(connection, "idea_authors", person_id=people["employee"], **invited)
    await connection.execute(
        "INSERT INTO idea_revisions (idea_id, revision, title, body, tags, edited_by, edited_at)"
        " SELECT id, 1, title, body, tags, author_id, $1 FROM ideas",
        NOW,
    )
    return {
        "idea": idea,
        "voted_idea": voted,
        "second_idea": second,
        "merged_idea": merged,
        "draft_idea": await make_idea(connection, challenge, author, state="draft"),
        "withdrawn_idea": await make_idea(connection, challenge, author, state="withdrawn"),
        "hidden_idea": await make_idea(connection, challenge, author, hidden_at=NOW),
    }


async def _comments(connection: Connection, people: Mapping[str, UUID], idea: object) -> dict[str, object]:
    comment, hidden, report = new_id(), new_id(), new_id()
    said = {"idea_id": idea, "author_id": people["employee"], "body": "Well said.", "created_at": NOW}
    await insert(connection, "comments", id=comment, **said)
    await insert(connection, "comments", id=hidden, hidden_at=NOW, **said)
    reported = {"comment_id": comment, "reporter_id": people["bystander"], "reason": "Rude.", "created_at": NOW}
    await insert(connection, "reports", id=report, **reported)
    return {"comment": comment, "hidden_comment": hidden, "report": report}


async def _themes(connection: Connection, challenge: UUID, ideas: list[object]) -> dict[str, object]:
    themes = [new_id(), new_id()]
    for theme, label in zip(themes, ("heat", "light"), strict=True):
        row = {"challenge_id": challenge, "label": label, "created_at": NOW, "updated_at": NOW}
        await insert(connection, "themes", id=theme, **row)
    for idea in ideas:
        place = {"typicality": 0.5, "novelty": 0.5, "x": 0.0, "y": 0.0, "placed_at": NOW}
        await insert(connection, "idea_placements", idea_id=idea, challenge_id=challenge, theme_id=themes[0], **place)
    return {"theme": themes[0], "second_theme": themes[1]}


async def _closed_challenge(connection: Connection, people: Mapping[str, UUID]) -> dict[str, object]:
    """In review, its authors sealed, with a panel of one, two ideas to review, rankings and a shortlist."""
    begun = NOW - timedelta(days=20)
    challenge = await make_challenge(
        connection,
        owner_id=people["owner"],
        audience_departments=AUDIENCE,
        authorship="sealed",
        submit_opens_at=begun,
        vote_opens_at=begun,
        submit_closes_at=CLOSED_AT,
        vote_closes_at=CLOSED_AT,
        review_opens_at=CLOSED_AT,
        review_closes_at=NOW + timedelta(days=200),
        frozen_at=CLOSED_AT,
        shortlist_size=2,
    )
    criterion = await make_criterion(connection, challenge, "value", 1.0)
    member = {"person_id": people["panelist"], "added_by": people["owner"], "added_at": NOW}
    await insert(connection, "panel_members", challenge_id=challenge, **member)
    ideas = [await make_idea(connection, challenge, people["sealed_author"], submitted_at=CLOSED_AT) for _ in range(4)]
    asked = {"challenge_id": challenge, "reviewer_id": people["panelist"], "assigned_at": NOW}
    assignments = [new_id(), new_id()]
    for position, (assignment, idea) in enumerate(zip(assignments, ideas, strict=False), start=1):
        await insert(connection, "review_assignments", id=assignment, idea_id=idea, position=position, **asked)
    review = new_id()
    written = {"assignment_id": assignments[0], "challenge_id": challenge, "idea_id": ideas[0]}
    moment = {"created_at": NOW, "updated_at": NOW}
    await insert(connection, "reviews", id=review, reviewer_id=people["panelist"], **written, **moment)
    await insert(connection, "review_scores", review_id=review, criterion_id=criterion, score=4)
    closing = await make_ranking(connection, challenge, ideas, summary=PANEL_SUMMARY)
    await make_ranking(connection, challenge, ideas, kind="panel", created_at=NOW, summary=PANEL_SUMMARY)
    plan = {"target_wrong_calls": 1.0, "review_budget": 10, "batch_size": 5}
    await insert(connection, "review_plans", challenge_id=challenge, set_by=people["owner"], set_at=NOW, **plan)
    shortlist = new_id()
    made = {"challenge_id": challenge, "ranking_id": closing, "size": 2, "price": PRICE, "created_by": people["owner"]}
    await insert(connection, "shortlists", id=shortlist, created_at=NOW, **made)
    for position, idea in enumerate(ideas[:2], start=1):
        await insert(connection, "shortlist_entries", shortlist_id=shortlist, idea_id=idea, position=position)
    return {
        "closed_challenge": challenge,
        "criterion": criterion,
        "reviewed_idea": ideas[0],
        "unassigned_idea": ideas[2],
        "undecided_idea": ideas[3],
        "begun_assignment": assignments[0],
        "assignment": assignments[1],
    }


async def _sealed_challenge(connection: Connection, people: Mapping[str, UUID]) -> dict[str, object]:
    """Its author is to stay unknown; the administrator has asked to open it."""
    challenge = await make_challenge(
        connection, owner_id=people["owner"], audience_departments=AUDIENCE, authorship="sealed"
    )
    idea = await make_idea(connection, challenge, people["sealed_author"])
    other = await make_idea(connection, challenge, people["sealed_author"])
    await _flag(connection, challenge, [people["sealed_author"], people["employee"]])
    asked = {"requested_by": people["administrator"], "requested_role": "administrator", "requested_at": NOW}
    unsealing = new_id()
    await insert(connection, "unsealings", id=unsealing, idea_id=idea, reason="A threat.", **asked)
    return {"sealed_challenge": challenge, "sealed_idea": idea, "other_sealed_idea": other, "unsealing": unsealing}


async def _flag(connection: Connection, challenge: UUID, ring: list[UUID]) -> UUID:
    flag = new_id()
    seen = {"found_at": NOW, "last_seen_at": NOW, "votes": 4, "p_value": 0.001, "reason": "Twice.", "effects": []}
    pattern = {"kind": "ring", "fingerprint": "f", "people": ring}
    await insert(connection, "integrity_flags", id=flag, challenge_id=challenge, **pattern, **seen)
    return flag


async def _paired_challenge(connection: Connection, people: Mapping[str, UUID]) -> dict[str, object]:
    """Voted on in pairs, one of which the employee was dealt."""
    challenge = await make_challenge(
        connection, owner_id=people["owner"], audience_departments=AUDIENCE, voting_method="pairwise"
    )
    left, right = [await make_idea(connection, challenge, people["bystander"]) for _ in range(2)]
    dealt = {"challenge_id": challenge, "person_id": people["employee"], "left_id": left, "right_id": right}
    pair = new_id()
    sides = {"left_own_department": True, "right_own_department": True, "dealt_at": NOW}
    await insert(connection, "pairs", id=pair, **dealt, **sides)
    return {"paired_challenge": challenge, "dealt_pair": pair}


async def _own_things(connection: Connection, people: Mapping[str, UUID]) -> dict[str, object]:
    """What belongs to the employee alone, and a job that failed."""
    employee = people["employee"]
    token, session, notification, job, others = new_id(), new_id(), new_id(), new_id(), new_id()
    life = {"created_at": NOW, "expires_at": NOW + timedelta(days=30)}
    await insert(
        connection,
        "access_tokens",
        id=token,
        person_id=employee,
        name="script",
        token_hash=token.bytes * 2,
        scopes=["read"],
        **life,
    )
    await insert(
        connection,
        "access_tokens",
        id=others,
        person_id=people["bystander"],
        name="script",
        token_hash=others.bytes * 2,
        scopes=["read"],
        **life,
    )
    await insert(
        connection, "sessions", id=session, person_id=employee, token_hash=session.bytes * 2, csrf_token="c", **life
    )
    told = {"kind": "test", "message": "News.", "once_key": "once", "created_at": NOW}
    await insert(connection, "notifications", id=notification, person_id=employee, **told)
    waited = {"subject": str(job), "not_before": NOW, "staged_at": NOW, "enqueued_at": NOW, "error": "No."}
    await insert(connection, "staged_jobs", id=job, job="refresh_themes", finished_at=NOW, failed_at=NOW, **waited)
    return {
        "token": token,
        "bystander_token": others,
        "session": session,
        "notification": notification,
        "job": job,
    }
