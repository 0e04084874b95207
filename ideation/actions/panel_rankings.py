"""Making, reading and recomputing the panel's ranking."""

import hashlib
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from ideation.actions.panels import challenge_run_by
from ideation.database import Connection
from ideation.entities.assignments import JobStarted
from ideation.entities.challenges import Challenge
from ideation.entities.panel_rankings import (
    CriterionInput,
    PanelInputs,
    PanelRankingOut,
    ReviewerSeverity,
    ReviewInput,
)
from ideation.entities.people import Actor
from ideation.entities.rankings import AlwaysSeen, ComputedRanking, RankingKind
from ideation.entities.reviews import Criterion
from ideation.errors import NotFound
from ideation.queries import panel_rankings as queries
from ideation.queries import rankings as ranking_queries
from ideation.queries.assignments import count_reviews, latest_crowd_ranking
from ideation.queries.challenges import find_challenge
from ideation.queries.panel_rankings import IdeaRow, ReviewRow
from ideation.queries.panels import list_curve
from ideation.queries.reviews import list_criteria
from ideation.rules.access import require_administrator
from ideation.rules.assignments import require_panel_at_work
from ideation.rules.panel_rankings import compute, fit_panel
from ideation.rules.reviews import require_no_open_reviews, reviewing_is_over
from ideation.staging import stage_job
from scoring.feed import seed_for

# Seeds are stored as a signed 64-bit number.
_SEED_BITS = 63


async def read_inputs(connection: Connection, challenge_id: UUID, now: datetime) -> PanelInputs | None:
    """Everything the panel's ranking is computed from; None before the first review was sent."""
    challenge = await find_challenge(connection, challenge_id, now)
    if challenge is None:
        return None
    crowd_ranking_id = await latest_crowd_ranking(connection, challenge_id)
    ideas = await queries.list_ideas(connection, challenge_id, crowd_ranking_id)
    reviews = await queries.list_reviews(connection, challenge_id)
    criteria = await list_criteria(connection, challenge_id)
    known = {idea.id for idea in ideas}
    usable = [review for review in reviews if review.idea_id in known]
    return _assemble(challenge, crowd_ranking_id, criteria, ideas, usable) if usable else None


async def store(connection: Connection, inputs: PanelInputs, computed: ComputedRanking, now: datetime) -> UUID | None:
    """Keep the snapshot for ever; None when nothing changed since the last one."""
    packed, digest = pack(inputs)
    return await ranking_queries.add_ranking(connection, inputs, packed, digest, computed, now)


async def recompute(connection: Connection, ranking_id: UUID) -> bool:
    """Whether a stored panel ranking comes out of its stored inputs again, to the last digit."""
    stored = await ranking_queries.read_inputs(connection, ranking_id)
    if stored is None or stored.kind is not RankingKind.PANEL:
        raise NotFound("There is no such panel ranking.")
    if hashlib.sha256(zlib.decompress(stored.inputs)).hexdigest() != stored.inputs_sha256:
        return False
    return compute(unpack(stored.inputs)).entries == await ranking_queries.list_stored(connection, ranking_id)


def pack(inputs: PanelInputs) -> tuple[bytes, str]:
    """The inputs in canonical form, compressed, and the digest of that form."""
    canonical = msgspec.json.encode(inputs)
    return zlib.compress(canonical, 6), hashlib.sha256(canonical).hexdigest()


def unpack(packed: bytes) -> PanelInputs:
    """The inputs that `pack` compressed."""
    return msgspec.json.decode(zlib.decompress(packed), type=PanelInputs)


async def request_ranking(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> JobStarted:
    """Have the panel's ranking made anew, after merges or an import of reviews; sent reviews do so by themselves."""
    challenge = await challenge_run_by(connection, actor, challenge_id, now)
    require_panel_at_work(challenge)
    job_id = await stage_job(connection, "rank_panel", challenge_id, now, queue="analysis")
    return JobStarted(job_id=job_id, job="rank_panel")


async def read_panel_ranking(
    connection: Connection, actor: Actor, challenge_id: UUID, now: datetime
) -> PanelRankingOut:
    """What the latest panel ranking says as a whole, for those who run the challenge and owe no review."""
    challenge = await challenge_run_by(connection, actor, challenge_id, now)
    await refuse_open_reviews(connection, actor, challenge, now)
    ranking = await queries.latest(connection, challenge_id)
    if ranking is None:
        raise NotFound("There is no panel ranking yet; it is made when the first review is sent.")
    summary = ranking.summary
    return PanelRankingOut(
        id=ranking.id,
        created_at=ranking.created_at,
        formula_version=ranking.formula_version,
        idea_count=ranking.idea_count,
        review_count=summary["review_count"],
        reviewed_ideas=summary["reviewed_ideas"],
        expected_wrong_calls=summary["expected_wrong_calls"],
        grey_zone=summary["grey_zone"],
        agreement=summary["agreement"],
        unconnected_groups=summary["unconnected_groups"],
        anchor_ideas=[UUID(idea) for idea in summary["anchor_ideas"]],
        always_see=await always_seen(connection, summary["always_see"]),
        curve=await list_curve(connection, challenge_id),
    )


async def list_severity(
    connection: Connection, actor: Actor, challenge_id: UUID, now: datetime
) -> list[ReviewerSeverity]:
    """How strict each reviewer is, strictest first, from the latest ranking's inputs; for administrators only."""
    await challenge_run_by(connection, actor, challenge_id, now)
    require_administrator(actor)
    ranking = await queries.latest(connection, challenge_id)
    stored = None if ranking is None else await ranking_queries.read_inputs(connection, ranking.id)
    if stored is None:
        return []
    inputs = unpack(stored.inputs)
    return _severities(inputs, await queries.list_names(connection, inputs.reviewers))


async def refuse_open_reviews(connection: Connection, actor: Actor, challenge: Challenge, now: datetime) -> None:
    """Whoever still owes reviews in the challenge sees neither ranks nor shortlist."""
    if not reviewing_is_over(challenge, now):
        counts = await count_reviews(connection, challenge.id, actor.person_id)
        require_no_open_reviews(counts.open)


def _assemble(
    challenge: Challenge,
    crowd_ranking_id: UUID | None,
    criteria: Sequence[Criterion],
    ideas: Sequence[IdeaRow],
    reviews: Sequence[ReviewRow],
) -> PanelInputs:
    place = {idea.id: number for number, idea in enumerate(ideas)}
    reviewers = sorted({review.reviewer_id for review in reviews})
    reviewer_place = {person: number for number, person in enumerate(reviewers)}
    return PanelInputs(
        challenge_id=challenge.id,
        kind=RankingKind.PANEL,
        shortlist_size=challenge.shortlist_size,
        seed=seed_for("panel", str(challenge.id)) >> (64 - _SEED_BITS),
        crowd_ranking_id=crowd_ranking_id,
        criteria=[msgspec.convert(item, CriterionInput, from_attributes=True) for item in criteria],
        ideas=[idea.id for idea in ideas],
        crowd=[idea.crowd for idea in ideas],
        novelty=[idea.novelty for idea in ideas],
        reviewers=reviewers,
        reviews=[
            ReviewInput(
                idea=place[review.idea_id],
                reviewer=reviewer_place[review.reviewer_id],
                scores=[review.scores.get(criterion.key) for criterion in criteria],
                wildcard=review.wildcard,
            )
            for review in reviews
        ],
    )


async def always_seen(connection: Connection, listed: Sequence[dict[str, Any]]) -> list[AlwaysSeen]:
    """The ideas a summary lists, with their titles."""
    ids = [UUID(item["idea_id"]) for item in listed]
    titles = await queries.list_titles(connection, ids)
    return [
        AlwaysSeen(idea_id=idea_id, title=titles[idea_id], why=item["why"])
        for idea_id, item in zip(ids, listed, strict=True)
    ]


def _severities(inputs: PanelInputs, names: dict[UUID, str]) -> list[ReviewerSeverity]:
    fitted = fit_panel(inputs)
    counts = [0] * len(inputs.reviewers)
    for review in inputs.reviews:
        counts[review.reviewer] += 1
    rows = [
        ReviewerSeverity(
            reviewer_id=person,
            name=names[person],
            reviews=counts[place],
            severity=float(fitted.fit.severity[place]),
            severity_sd=float(fitted.fit.severity_sd[place]),
            by_criterion={key: float(fit.severity[place]) for key, fit in fitted.by_criterion.items()},
        )
        for place, person in enumerate(inputs.reviewers)
    ]
    return sorted(rows, key=lambda row: row.severity)
