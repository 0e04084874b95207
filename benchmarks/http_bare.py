"""The same answers without the engine: a bare Litestar handler each, with only the one essential statement.

No sign-in, no policy, no rules, no validation, no log. Run by benchmarks.http_load as `python -m benchmarks.http_bare`.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
import uvicorn
from litestar import Litestar, Request, get, post, put
from litestar.datastructures import State

from benchmarks.http_world import row_id
from ideation.database import prepare_connection
from ideation.ids import new_id
from ideation.text.encoder import load_encoder

ANSWER = """
    INSERT INTO votes (idea_id, person_id, challenge_id, value, impression_id, created_at, updated_at)
    SELECT idea_id, person_id, challenge_id, $2::smallint, id, now(), now() FROM impressions WHERE id = $1
    ON CONFLICT (idea_id, person_id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
    RETURNING idea_id, value, updated_at"""
VOTE = """
    INSERT INTO votes (idea_id, person_id, challenge_id, value, created_at, updated_at)
    SELECT id, $2, challenge_id, $3::smallint, now(), now() FROM ideas WHERE id = $1
    ON CONFLICT (idea_id, person_id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
    RETURNING idea_id, value, updated_at"""
SUBMIT = """
    INSERT INTO ideas (id, challenge_id, author_id, department, title, body, tags, state, created_at, updated_at,
                       submitted_at)
    VALUES ($1, $2, $3, 'Department 1', $4, $5, $6, 'submitted', now(), now(), now())
    RETURNING id, challenge_id, title, body, tags, state, submitted_at"""
FEED = """
    WITH dealt AS (
        INSERT INTO impressions (id, challenge_id, idea_id, person_id, sitting_id, position, dealt_by, own_department,
                                 dealt_at)
        SELECT uuidv7(), $1, idea_id, $2, $3, row_number() OVER (), 'feed', false, now()
        FROM (SELECT idea_id FROM idea_tallies WHERE challenge_id = $1 AND in_feed ORDER BY views, shuffle LIMIT 10)
        RETURNING id, idea_id, position, dealt_at
    )
    SELECT dealt.*, title, body, tags FROM dealt JOIN ideas ON ideas.id = dealt.idea_id"""
RANKED = """
    SELECT idea_id, title, position, score, score_low, score_high, rank_low, rank_high, probability_top, band,
           contributions
    FROM ranking_entries JOIN ideas ON ideas.id = idea_id WHERE ranking_id = $1 ORDER BY position LIMIT 20"""
LISTED = """
    SELECT id, title, left(body, 300) AS excerpt, tags, state, department, submitted_at, views, yes, no, comments
    FROM ideas JOIN idea_tallies ON idea_id = id
    WHERE ideas.challenge_id = $1 AND canonical_id IS NULL AND hidden_at IS NULL
      AND state NOT IN ('draft', 'withdrawn')
    ORDER BY submitted_at DESC, id DESC LIMIT 20"""
IDEA = """
    SELECT id, challenge_id, author_id, department, title, body, tags, state, revision, version, created_at, updated_at,
           submitted_at FROM ideas WHERE id = $1"""
SIMILAR = """
    SELECT id, title, state, -(vector <#> $1) AS similarity
    FROM idea_vectors JOIN ideas ON ideas.id = idea_id WHERE indexed ORDER BY vector <#> $1 LIMIT 5"""

Rows = list[dict[str, Any]]


@put("/v1/cards/{card_id:uuid}/answer")
async def answer(card_id: UUID, request: Request[Any, Any, State], state: State) -> Rows:
    """One insert."""
    return await _fetch(state, ANSWER, card_id, int((await request.json())["answer"] == "yes"))


@put("/v1/ideas/{idea_id:uuid}/vote")
async def vote(idea_id: UUID, request: Request[Any, Any, State], state: State) -> Rows:
    """One insert, of whoever the token's last part names."""
    return await _fetch(state, VOTE, idea_id, _person(request), int((await request.json())["answer"] == "yes"))


@post("/v1/challenges/{challenge_id:uuid}/ideas")
async def submit(challenge_id: UUID, request: Request[Any, Any, State], state: State) -> Rows:
    """One insert."""
    form = await request.json()
    return await _fetch(
        state, SUBMIT, new_id(), challenge_id, _person(request), form["title"], form["body"], form["tags"]
    )


@post("/v1/challenges/{challenge_id:uuid}/feed", status_code=200)
async def feed(challenge_id: UUID, request: Request[Any, Any, State], state: State) -> Rows:
    """The ten ideas seen least, logged as dealt."""
    return await _fetch(state, FEED, challenge_id, _person(request), new_id())


@get("/v1/rankings/{ranking_id:uuid}/entries")
async def ranked(ranking_id: UUID, state: State) -> Rows:
    """One select."""
    return await _fetch(state, RANKED, ranking_id)


@get("/v1/challenges/{challenge_id:uuid}/ideas")
async def listed(challenge_id: UUID, state: State) -> Rows:
    """One select."""
    return await _fetch(state, LISTED, challenge_id)


@get("/v1/ideas/{idea_id:uuid}")
async def idea(idea_id: UUID, state: State) -> Rows:
    """One select."""
    return await _fetch(state, IDEA, idea_id)


@post("/v1/challenges/{challenge_id:uuid}/similar", status_code=200)
async def similar(challenge_id: UUID, request: Request[Any, Any, State], state: State) -> Rows:  # noqa: ARG001
    """The encoder, and one select."""
    vector = load_encoder().encode([(await request.json())["title"]])[0]
    return await _fetch(state, SIMILAR, np.asarray(vector))


def _person(request: Request[Any, Any, State]) -> UUID:
    return row_id(1, int(request.headers["authorization"].rpartition("_")[2]))


async def _fetch(state: State, sql: str, *arguments: object) -> Rows:
    async with state.pool.acquire() as connection:
        return [dict(row) for row in await connection.fetch(sql, *arguments)]


@asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["IDEATION_DATABASE_URL"], init=prepare_connection) as pool:
        app.state.pool = pool
        yield


def main() -> None:
    """Serve, with the same server as the engine."""
    app = Litestar(
        [answer, vote, submit, feed, ranked, listed, idea, similar],
        lifespan=[_lifespan],
        logging_config=None,
        openapi_config=None,
    )
    port = int(os.environ["IDEATION_PORT"])
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", ws="none", log_config=None, access_log=False)


if __name__ == "__main__":
    main()
