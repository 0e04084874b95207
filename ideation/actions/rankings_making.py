"""Making, storing and recomputing the crowd's ranking: for jobs and checks, not for requests."""

import hashlib
import zlib
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from ideation.database import Connection
from ideation.entities.challenges import Challenge, VotingMethod
from ideation.entities.rankings import ComputedRanking, CrowdInputs, RankingKind
from ideation.errors import NotFound
from ideation.queries import closing as closing_queries
from ideation.queries import rankings as queries
from ideation.rules.crowd_scores import compute
from ideation.staging import stage_job
from scoring.feed import seed_for

# Seeds are stored as a signed 64-bit number.
_SEED_MASK = (1 << 63) - 1
_DRAWS = 2000
# While voting runs, a large challenge is ranked every minute; a rank interval from fewer draws is good enough for that.
_LARGE_CHALLENGE = 5000
_INTERIM_DRAWS = 400
# While voting runs, patterns are looked for this long after a ranking: those that follow meanwhile are one look.
_INTEGRITY_PAUSE = timedelta(minutes=15)


async def gather(connection: Connection, challenge: Challenge) -> CrowdInputs:
    """Everything the ranking of a challenge is computed from, at one instant.

    Closing when the challenge is frozen, interim otherwise.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await queries.allow_memory(connection)
        rows = await queries.list_ranked_ideas(connection, challenge.id)
        pairwise = challenge.voting_method is VotingMethod.PAIRWISE
        answers = await queries.read_answers(connection, challenge.id, pairwise=pairwise)
    if not pairwise:
        answers = _one_voice_each(answers)
    person, department = _dense(answers["person"]), _dense(answers["department"])
    kind = RankingKind.INTERIM if challenge.frozen_at is None else RankingKind.CLOSING
    hurried = kind is RankingKind.INTERIM and len(rows) > _LARGE_CHALLENGE
    return CrowdInputs(
        challenge_id=challenge.id,
        kind=kind,
        frozen_at=challenge.frozen_at,
        voting_method=challenge.voting_method,
        token_budget=challenge.token_budget,
        shortlist_size=challenge.shortlist_size,
        seed=seed_for(str(challenge.id)) & _SEED_MASK,
        draws=_INTERIM_DRAWS if hurried else _DRAWS,
        ideas=[row.id for row in rows],
        supporters=[row.supporters for row in rows],
        novelty=[row.novelty for row in rows],
        person_count=_distinct(person),
        department_count=_distinct(department),
        idea=_bytes(answers["survivor"]),
        person=_bytes(person),
        department=_bytes(department),
        position=_bytes(answers["position"]),
        shown_count=_bytes(answers["shown_count"]),
        own_department=_bytes(answers["own_department"], "i1"),
        value=_bytes(answers["value"], "i1"),
        against=_bytes(answers["against"]) if pairwise else b"",
    )


async def store(
    connection: Connection, inputs: CrowdInputs, packed: bytes, sha256: str, computed: ComputedRanking, now: datetime
) -> UUID | None:
    """Keep the snapshot for ever; None when the same was ranked before or the challenge was reopened meanwhile.

    A freeze has one closing ranking, however often the job runs and however the themes have changed since. After it the
    panel's reviews can be assigned, and those already sent are weighed against it.
    """
    if not await queries.still_frozen_at(connection, inputs.challenge_id, inputs.frozen_at):
        return None
    if inputs.kind is RankingKind.CLOSING and inputs.frozen_at is not None:
        await queries.hold_closing(connection, inputs.challenge_id)
        if await queries.has_closing(connection, inputs.challenge_id, inputs.frozen_at):
            return None
        # A clock may have been set back since the freeze.
        now = max(now, inputs.frozen_at)
    ranking_id = await queries.add_ranking(connection, inputs, packed, sha256, computed, now)
    if ranking_id is None:
        return None
    closing = inputs.kind is RankingKind.CLOSING
    look_at = now if closing else now + _INTEGRITY_PAUSE
    await stage_job(connection, "check_integrity", inputs.challenge_id, now, queue="analysis", not_before=look_at)
    if closing and await closing_queries.has_panel(connection, inputs.challenge_id):
        await stage_job(connection, "assign_reviews", inputs.challenge_id, now)
        await stage_job(connection, "rank_panel", inputs.challenge_id, now, queue="analysis")
    return ranking_id


async def recompute(connection: Connection, ranking_id: UUID) -> bool:
    """Whether a stored crowd ranking comes out of its stored inputs again, to the last digit."""
    stored = await queries.read_inputs(connection, ranking_id)
    if stored is None or stored.kind is RankingKind.PANEL:
        raise NotFound("There is no such ranking by the crowd.")
    canonical = zlib.decompress(stored.inputs)
    if hashlib.sha256(canonical).hexdigest() != stored.inputs_sha256:
        return False
    computed = compute(msgspec.msgpack.decode(canonical, type=CrowdInputs))
    return (
        computed.formula_version == stored.formula_version
        and computed.summary == stored.summary
        and computed.entries == await queries.list_stored(connection, ranking_id)
    )


def pack(inputs: CrowdInputs) -> tuple[bytes, str]:
    """The inputs in canonical form, compressed, and the digest of that form."""
    canonical = msgspec.msgpack.encode(inputs)
    return zlib.compress(canonical, 6), hashlib.sha256(canonical).hexdigest()


def _one_voice_each(answers: NDArray[np.void]) -> NDArray[np.void]:
    """One answer for each person and surviving idea, in their order: on the survivor itself, or else the latest."""
    order = np.lexsort(
        (
            answers["number"],
            -answers["at"].astype(np.int64),
            answers["merged"],
            answers["person"],
            answers["survivor"],
        )
    )
    idea, person = answers["survivor"][order], answers["person"][order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (idea[1:] != idea[:-1]) | (person[1:] != person[:-1])
    return answers[order[first]]


def _dense(numbers: NDArray[np.int32]) -> NDArray[np.int64]:
    """Ranks from 0 without gaps."""
    return np.unique(numbers, return_inverse=True)[1]


def _distinct(dense: NDArray[np.int64]) -> int:
    return int(dense.max(initial=-1)) + 1


def _bytes(column: NDArray[np.integer], kind: str = "<i4") -> bytes:
    return column.astype(kind).tobytes()
