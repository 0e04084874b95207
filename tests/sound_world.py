"""A small installation where everything is as it must be, with a row of every kind that `doctor --deep` looks at."""

import hashlib
import zlib
from datetime import timedelta
from uuid import UUID

import msgspec
import numpy as np

from ideation.database import Connection
from ideation.entities.rankings import CrowdInputs
from ideation.ids import new_id
from ideation.queries import audit
from ideation.queries import rankings as ranking_queries
from ideation.rules.crowd_scores import compute
from ideation.text.encoder import load_encoder
from ideation.text.transformer import load_transformer
from tests.actions.test_rankings import make_inputs
from tests.factories import NOW, insert, make_challenge, make_criterion, make_idea, make_person

HOUR = timedelta(hours=1)
CLOSED_AT = NOW + HOUR


class SoundWorld(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of what there is: `merged` is shown as `survivor`, `decided` was selected, `elsewhere` is another's."""

    challenge: UUID
    other_challenge: UUID
    decided: UUID
    survivor: UUID
    merged: UUID
    elsewhere: UUID
    author: UUID
    voter: UUID
    reviewer: UUID
    late_reviewer: UUID
    erased: UUID
    card: UUID
    comment: UUID
    ranking: UUID
    shortlist: UUID
    theme: UUID
    criterion: UUID
    review: UUID
    job: UUID


async def make_sound_world(connection: Connection) -> SoundWorld:
    """All of it, in the caller's transaction."""
    owner = await make_person(connection, roles=["challenge_owner"], department="Strategy")
    await _record(connection, "person.create", "person", owner)
    challenge = await _closed_challenge(connection, owner)
    other = await make_challenge(connection, owner_id=owner, voting_method="budget", token_budget=3)
    author, voter = await make_person(connection), await make_person(connection, department="Sales")
    decided, survivor, merged = [await _idea(connection, challenge, author) for _ in range(3)]
    elsewhere = await _idea(connection, other, author)
    await insert(connection, "external_ids", challenge_id=other, kind="idea", external_id="d-1", internal_id=elsewhere)
    await _edit(connection, decided, author)
    await _merge(connection, merged, survivor, owner)
    await _refine(connection)
    card = await _vote(connection, challenge, survivor, voter)
    await _vote(connection, other, elsewhere, voter)
    comment = await _talk(connection, survivor, voter)
    await _decide(connection, challenge, decided, owner)
    criterion, review, reviewer, late_reviewer = await _review(connection, challenge, survivor)
    ranking = await _rank(connection, challenge, [survivor, decided])
    erased = await make_person(connection, email="erased-1@erased.invalid", active=False, erased_at=NOW)
    await _record(connection, "person.erase", "person", erased)
    await _unseal(connection, elsewhere, owner, voter)
    await _publish_policy(connection, owner, [author, voter])
    return SoundWorld(
        challenge=challenge,
        other_challenge=other,
        decided=decided,
        survivor=survivor,
        merged=merged,
        elsewhere=elsewhere,
        author=author,
        voter=voter,
        reviewer=reviewer,
        late_reviewer=late_reviewer,
        erased=erased,
        card=card,
        comment=comment,
        ranking=ranking,
        shortlist=await _shortlist(connection, challenge, ranking, [survivor, decided]),
        theme=await _place(connection, challenge, survivor),
        criterion=criterion,
        review=review,
        job=await _finish_job(connection, survivor),
    )


async def _record(connection: Connection, action: str, kind: str, subject: UUID | int) -> None:
    await audit.record(connection, action=action, subject_kind=kind, subject_id=subject, now=NOW, actor_id=None)


async def _closed_challenge(connection: Connection, owner: UUID) -> UUID:
    challenge = await make_challenge(
        connection, owner_id=owner, submit_closes_at=CLOSED_AT, vote_closes_at=CLOSED_AT, frozen_at=CLOSED_AT
    )
    await _record(connection, "challenge.closed", "challenge", challenge)
    return challenge


async def _idea(connection: Connection, challenge: UUID, author: UUID) -> UUID:
    idea = await make_idea(connection, challenge, author)
    encoder = load_encoder()
    vector = np.eye(encoder.dimensions, dtype=np.float32)[0]
    await insert(connection, "idea_vectors", idea_id=idea, challenge_id=challenge, encoder=encoder.name, vector=vector)
    return idea


async def _refine(connection: Connection) -> None:
    encoder = load_transformer()
    await connection.execute(
        "INSERT INTO refined_vectors (idea_id, revision, encoder, vector) SELECT id, revision, $1, $2 FROM ideas",
        encoder.name,
        np.eye(encoder.dimensions, dtype=np.float32)[0],
    )


async def _edit(connection: Connection, idea: UUID, author: UUID) -> None:
    await connection.execute("UPDATE ideas SET revision = 2, version = 2 WHERE id = $1", idea)
    for revision in (1, 2):
        await connection.execute(
            "INSERT INTO idea_revisions (idea_id, revision, title, body, tags, edited_by, edited_at)"
            " SELECT id, $2, title, body, tags, $3, $4 FROM ideas WHERE id = $1",
            idea,
            revision,
            author,
            NOW,
        )


async def _merge(connection: Connection, idea: UUID, survivor: UUID, moderator: UUID) -> None:
    await insert(
        connection,
        "merges",
        id=new_id(),
        idea_id=idea,
        canonical_id=survivor,
        merged_by=moderator,
        merged_at=NOW,
    )
    await connection.execute("UPDATE ideas SET canonical_id = $2 WHERE id = $1", idea, survivor)
    await _record(connection, "idea.merged", "idea", idea)


async def _vote(connection: Connection, challenge: UUID, idea: UUID, voter: UUID) -> UUID:
    card = new_id()
    await insert(
        connection,
        "impressions",
        id=card,
        challenge_id=challenge,
        idea_id=idea,
        person_id=voter,
        sitting_id=new_id(),
        position=1,
        dealt_by="feed",
        own_department=False,
        dealt_at=NOW,
    )
    await insert(
        connection,
        "votes",
        idea_id=idea,
        person_id=voter,
        challenge_id=challenge,
        value=1,
        impression_id=card,
        created_at=NOW,
        updated_at=NOW,
    )
    return card


async def _talk(connection: Connection, idea: UUID, person: UUID) -> UUID:
    comment = new_id()
    values = {"idea_id": idea, "author_id": person, "body": "Why not?", "created_at": NOW}
    await insert(connection, "comments", id=comment, **values)
    await insert(connection, "comments", id=new_id(), parent_id=comment, **values)
    return comment


async def _decide(connection: Connection, challenge: UUID, idea: UUID, owner: UUID) -> None:
    await insert(
        connection,
        "decisions",
        id=new_id(),
        challenge_id=challenge,
        idea_id=idea,
        outcome="selected",
        decided_by=owner,
        decided_at=CLOSED_AT,
    )
    await connection.execute("UPDATE ideas SET state = 'selected' WHERE id = $1", idea)
    await _record(connection, "idea.decide", "idea", idea)


async def _review(connection: Connection, challenge: UUID, idea: UUID) -> tuple[UUID, UUID, UUID, UUID]:
    criterion = await make_criterion(connection, challenge, "value", 1.0)
    reviewer, late = [await make_person(connection, department="Panel") for _ in range(2)]
    assignments = []
    for person in (reviewer, late):
        assignments.append(new_id())
        await insert(
            connection,
            "review_assignments",
            id=assignments[-1],
            challenge_id=challenge,
            idea_id=idea,
            reviewer_id=person,
            position=1,
            assigned_at=CLOSED_AT,
        )
    review = new_id()
    await insert(
        connection,
        "reviews",
        id=review,
        assignment_id=assignments[0],
        challenge_id=challenge,
        idea_id=idea,
        reviewer_id=reviewer,
        created_at=CLOSED_AT,
        updated_at=CLOSED_AT,
        sent_at=CLOSED_AT,
    )
    await insert(connection, "review_scores", review_id=review, criterion_id=criterion, score=4)
    return criterion, review, reviewer, late


async def _rank(connection: Connection, challenge: UUID, ideas: list[UUID]) -> UUID:
    inputs: CrowdInputs = msgspec.structs.replace(make_inputs([[1, 1], [0, 1]]), challenge_id=challenge, ideas=ideas)
    canonical = msgspec.msgpack.encode(inputs)
    packed, sha256 = _pack(canonical)
    stored = await ranking_queries.add_ranking(connection, inputs, packed, sha256, compute(inputs), CLOSED_AT)
    assert stored is not None
    return stored


def _pack(canonical: bytes) -> tuple[bytes, str]:
    return zlib.compress(canonical), hashlib.sha256(canonical).hexdigest()


async def _unseal(connection: Connection, idea: UUID, first: UUID, second: UUID) -> None:
    await insert(
        connection,
        "unsealings",
        id=new_id(),
        idea_id=idea,
        reason="A complaint.",
        requested_by=first,
        requested_role="challenge_owner",
        requested_at=NOW,
        approved_by=second,
        approved_role="moderator",
        approved_at=NOW,
    )
    await _record(connection, "idea.unsealed", "idea", idea)


async def _publish_policy(connection: Connection, owner: UUID, people: list[UUID]) -> None:
    published_at = NOW - 2 * HOUR
    await insert(
        connection,
        "policies",
        version=1,
        title="Fair play",
        body="Be fair.",
        body_sha256=hashlib.sha256(b"Be fair.").hexdigest(),
        published_by=owner,
        published_at=published_at,
    )
    await _record(connection, "policy.publish", "policy", 1)
    for person in people:
        await insert(
            connection, "policy_acceptances", person_id=person, policy_version=1, accepted_at=published_at + HOUR
        )


async def _shortlist(connection: Connection, challenge: UUID, ranking: UUID, ideas: list[UUID]) -> UUID:
    shortlist = new_id()
    await insert(
        connection,
        "shortlists",
        id=shortlist,
        challenge_id=challenge,
        ranking_id=ranking,
        size=len(ideas),
        created_at=CLOSED_AT,
    )
    for position, idea in enumerate(ideas, start=1):
        await insert(connection, "shortlist_entries", shortlist_id=shortlist, idea_id=idea, position=position)
    return shortlist


async def _place(connection: Connection, challenge: UUID, idea: UUID) -> UUID:
    theme = new_id()
    await insert(connection, "themes", id=theme, challenge_id=challenge, label="cups", created_at=NOW, updated_at=NOW)
    await insert(
        connection,
        "idea_placements",
        idea_id=idea,
        challenge_id=challenge,
        theme_id=theme,
        typicality=1.0,
        novelty=0.0,
        x=0.0,
        y=0.0,
        placed_at=NOW,
    )
    return theme


async def _finish_job(connection: Connection, idea: UUID) -> UUID:
    job = new_id()
    await insert(
        connection,
        "staged_jobs",
        id=job,
        job="find_duplicates",
        subject=str(idea),
        not_before=NOW,
        staged_at=NOW,
        enqueued_at=NOW,
        started_at=NOW,
        finished_at=NOW,
        attempts=1,
    )
    return job
