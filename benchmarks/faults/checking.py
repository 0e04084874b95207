"""Holds the engine to what the clients were told, and looks at every row."""

import asyncio
import os
import subprocess
import sys
import time
import zlib
from collections import Counter
from uuid import UUID

import msgspec

from benchmarks.faults.crowd import Round
from benchmarks.faults.ledger import Ledger
from benchmarks.faults.site import Site
from ideation.actions.rankings_making import gather, recompute
from ideation.database import Connection
from ideation.entities.rankings import CrowdInputs
from ideation.queries.challenges import find_challenge
from ideation.queries.rankings import read_inputs

SETTLE_SECONDS = 180.0
_PREPARED = "To be reviewed "


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a round's check found: everything lost, doubled or wrong in words, and how long the work took to be done."""

    losses: list[str]
    settled_seconds: float


async def check(site: Site, round_: Round, ledger: Ledger) -> Verdict:
    """Wait until every job is done, then compare."""
    began = time.monotonic()
    connection = await site.connect()
    try:
        losses = await _settle(connection, round_)
        settled = time.monotonic() - began
        losses += await _compare(connection, round_, ledger)
        losses += await _check_jobs(connection, round_)
        losses += await _check_closing(connection, round_)
    finally:
        await connection.close()
    losses += await asyncio.to_thread(doctor, site)
    return Verdict(losses=losses, settled_seconds=settled)


async def _settle(connection: Connection, round_: Round) -> list[str]:
    """Wait for the closing ranking and for the last job."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        open_jobs = await connection.fetchval(_OPEN_JOBS)
        ranked = await connection.fetchval(_CLOSING_RANKINGS, round_.closing)
        if not open_jobs and ranked:
            return []
        await asyncio.sleep(0.2)
    rows = await connection.fetch(_NAMED_OPEN_JOBS)
    return [f"not done after {SETTLE_SECONDS:.0f} s: {[tuple(row) for row in rows]}, closing rankings: {ranked}"]


async def _compare(connection: Connection, round_: Round, ledger: Ledger) -> list[str]:
    challenges = [round_.closing, round_.endless]
    titles = [row["title"] for row in await connection.fetch(_TITLES, challenges)]
    ideas = Counter(title.split(" ", 1)[0] for title in titles if not title.startswith(_PREPARED))
    bodies = [row["body"] for row in await connection.fetch(_COMMENTS, challenges)]
    comments = Counter(body.rsplit(" ", 1)[-1] for body in bodies)
    reviews = Counter(row["comment"] for row in await connection.fetch(_REVIEWS, challenges))
    votes: dict[tuple[UUID, UUID], int | None] = {
        (row["idea_id"], row["person_id"]): row["value"] for row in await connection.fetch(_VOTES, challenges)
    }
    return [
        *ledger.check_texts("idea", ideas),
        *ledger.check_texts("comment", comments),
        *ledger.check_texts("review", reviews),
        *ledger.check_votes(votes),
    ]


async def _check_jobs(connection: Connection, round_: Round) -> list[str]:
    """Each idea was compared and refined; each opening and closing took effect once; nothing failed for good."""
    return [
        row["fault"] for row in await connection.fetch(_JOB_FAULTS, [round_.closing, round_.endless], round_.closing)
    ]


async def _check_closing(connection: Connection, round_: Round) -> list[str]:
    """One closing ranking, the same to the last digit again, and made from just the votes that are there."""
    rankings = await connection.fetch(_LIST_CLOSING, round_.closing)
    if len(rankings) != 1:
        return [f"{len(rankings)} closing rankings"]
    wrong = [] if await recompute(connection, rankings[0]["id"]) else ["the closing ranking comes out differently"]
    challenge = await find_challenge(connection, round_.closing, round_.closes_at)
    assert challenge is not None
    if _without_novelty(await gather(connection, challenge)) != await _ranked_inputs(connection, rankings[0]["id"]):
        wrong.append("the closing ranking was made from other votes than those there are")
    return wrong


async def _ranked_inputs(connection: Connection, ranking_id: UUID) -> CrowdInputs:
    stored = await read_inputs(connection, ranking_id)
    assert stored is not None
    return _without_novelty(msgspec.msgpack.decode(zlib.decompress(stored.inputs), type=CrowdInputs))


def _without_novelty(inputs: CrowdInputs) -> CrowdInputs:
    """Novelty comes from the themes, which go on changing after the close; votes do not."""
    return msgspec.structs.replace(inputs, novelty=[None] * len(inputs.novelty))


def doctor(site: Site) -> list[str]:
    """What `ideation doctor --deep` finds wrong."""
    environment = os.environ | site.environment()
    environment.pop("LD_PRELOAD", None)
    done = subprocess.run(
        [sys.executable, "-c", "from ideation.cli import main; main()", "doctor", "--deep"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [line for line in done.stdout.splitlines() if line.startswith("fail")]
    if done.returncode != 0 and not found:
        found = [f"doctor ended with {done.returncode}: {done.stderr[-500:]}"]
    return [f"doctor: {line}" for line in found]


_OPEN_JOBS = """
SELECT count(*) FROM staged_jobs
WHERE finished_at IS NULL AND failed_at IS NULL AND not_before <= now() + interval '30 seconds'
"""
_NAMED_OPEN_JOBS = """
SELECT job, job_state(staged_jobs), attempts, count(*) FROM staged_jobs
WHERE finished_at IS NULL AND failed_at IS NULL AND not_before <= now() + interval '30 seconds' GROUP BY 1, 2, 3
"""
_CLOSING_RANKINGS = "SELECT count(*) FROM rankings WHERE challenge_id = $1 AND kind = 'closing'"
_LIST_CLOSING = "SELECT id FROM rankings WHERE challenge_id = $1 AND kind = 'closing'"
_TITLES = "SELECT title FROM ideas WHERE challenge_id = ANY ($1::uuid[])"
_COMMENTS = """
SELECT comments.body FROM comments JOIN ideas ON ideas.id = idea_id WHERE challenge_id = ANY ($1::uuid[])
"""
_REVIEWS = "SELECT comment FROM reviews WHERE challenge_id = ANY ($1::uuid[]) AND sent_at IS NOT NULL"
_VOTES = "SELECT idea_id, person_id, value FROM votes WHERE challenge_id = ANY ($1::uuid[])"
_JOB_FAULTS = """
SELECT format('job %s of %s failed for good: %s', job, subject, error) AS fault FROM staged_jobs
WHERE failed_at IS NOT NULL
UNION ALL
SELECT format('idea %s was never compared with the others', id) FROM ideas
WHERE challenge_id = ANY ($1::uuid[]) AND state = 'submitted'
  AND NOT EXISTS (SELECT FROM staged_jobs
                  WHERE job = 'find_duplicates' AND subject = ideas.id::text AND finished_at IS NOT NULL)
UNION ALL
SELECT format('idea %s was compared and not refined', id) FROM ideas
WHERE challenge_id = ANY ($1::uuid[]) AND state = 'submitted'
  AND NOT EXISTS (SELECT FROM refined_vectors AS refined
                  WHERE idea_id = ideas.id AND refined.revision = ideas.revision)
UNION ALL
SELECT format('challenge %s has the step %s %s times', id, step, seen) FROM challenges
CROSS JOIN unnest(ARRAY['challenge.opened', 'challenge.closed']) AS step
CROSS JOIN LATERAL (
    SELECT count(*) AS seen FROM audit_events WHERE challenge_id = challenges.id AND action = step) AS steps
WHERE id = ANY ($1::uuid[])
  AND seen <> CASE WHEN step = 'challenge.opened' THEN 1 ELSE (id = $2)::integer END
  -- Nobody is told that a challenge is open when it has closed before that job could run.
  AND NOT (step = 'challenge.opened' AND id = $2 AND seen = 0)
UNION ALL
SELECT format('the owner was told %s times that challenge %s has closed', count(*), challenge_id) FROM notifications
WHERE challenge_id = $2 AND kind = 'challenge_closed' GROUP BY challenge_id HAVING count(*) <> 1
"""
