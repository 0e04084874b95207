"""How evenly the feed spreads views when people draw at once: over HTTP, against the real API and database.

python -m benchmarks.feed_fairness [--people 1000] [--waves 3] [--connections 64]

A thousand ideas. In each wave so many new people ask for ten cards, as many at one moment as there are connections, and
nobody answers before all have drawn; then all do, with a chance of Yes that differs from idea to idea. Printed after
each wave: views an idea, the Gini coefficient of views (0 is perfectly even), the fewest and the most views of an idea,
and how many a busy server told to try again.
"""

import argparse
import asyncio

import msgspec
import numpy as np
import uvloop

from benchmarks.http_client import run_load
from benchmarks.http_servers import ENGINE, running_api, running_servers
from benchmarks.http_world import CHALLENGE, NEWCOMERS, Requests, Size, build
from benchmarks.machine import keep
from ideation.database import open_connection
from scoring.simulate.measures import gini

NOBODY_VOTED = Size(name="1,000 ideas, no cards", ideas=1_000, people=200, votes=0, impressions=0)
# One idea in eight pleases most people, the rest please one in five.
_ANSWER_ALL = """
INSERT INTO votes (idea_id, person_id, challenge_id, value, impression_id, created_at, updated_at)
SELECT idea_id, person_id, challenge_id,
       (abs(hashtext(id::text)) % 100 < CASE WHEN abs(hashtext(idea_id::text)) % 8 = 0 THEN 70 ELSE 20 END)::integer,
       id, now(), now()
FROM impressions WHERE challenge_id = $1
ON CONFLICT DO NOTHING
"""


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """What the views look like after so many people have drawn at once; `refused` were told to try again."""

    people: int
    refused: int
    views_per_idea: float
    gini: float
    fewest: float
    most: float


async def _answer_all(database_url: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Every card is answered; returns the views of each idea."""
    connection = await open_connection(database_url)
    try:
        await connection.execute(_ANSWER_ALL, CHALLENGE, timeout=300)
        rows = await connection.fetch("SELECT views FROM idea_tallies WHERE challenge_id = $1", CHALLENGE)
        return np.array([row["views"] for row in rows], dtype=np.float64)
    finally:
        await connection.close()


def measure(people: int, waves: int, connections: int) -> list[Wave]:
    """The waves, one after the other, on one installation."""
    found = []
    with running_servers() as servers:
        uvloop.run(build(servers.database_url, NOBODY_VOTED))
        with running_api(servers, ENGINE) as api:
            requests = Requests(NOBODY_VOTED, 0)
            for _ in range(waves):
                load = asyncio.run(run_load(api.port, requests.make("feed", people), connections=connections))
                if load.failures and not load.failure.startswith("HTTP/1.1 503"):
                    raise RuntimeError(f"{load.failures} of {load.requests} requests failed: {load.failure}")
                views = uvloop.run(_answer_all(servers.database_url))
                found.append(
                    Wave(
                        people=load.requests - load.failures,
                        refused=load.failures,
                        views_per_idea=float(views.mean()),
                        gini=round(gini(views), 4),
                        fewest=float(views.min()),
                        most=float(views.max()),
                    )
                )
    return found


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000, help="people who draw in a wave")
    parser.add_argument("--waves", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64, help="of them at the same moment")
    arguments = parser.parse_args()
    # Half of the newcomers belong to another user of this world.
    if arguments.people * arguments.waves > NEWCOMERS // 2:
        parser.error(f"the world has {NEWCOMERS // 2} people who have drawn no card")
    waves = measure(arguments.people, arguments.waves, arguments.connections)
    for wave in waves:
        print(
            f"{wave.people} people: {wave.views_per_idea:.0f} views an idea, Gini {wave.gini:.3f}, "
            f"fewest {wave.fewest:.0f}, most {wave.most:.0f}; refused {wave.refused}"
        )
    print(f"kept in {keep('feed_fairness', waves)}")


if __name__ == "__main__":
    main()
