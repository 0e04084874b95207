"""How long the server takes for every page when there are many ideas, and how much of it goes over the line.

python -m benchmarks.pages [--full] [--only WORD] [--requests N]

Full means 46,000 ideas, 20,000 people and 400,000 votes. Pages are asked for one after the other by other people each
time, as a browser would: the time is from sending the request to having read the answer, all of it on this machine.
"""

import argparse
import asyncio
import http.client
import re
import statistics
import time
from pathlib import Path

import asyncpg
import msgspec
import uvloop

from api.web.routes import PAGES
from benchmarks.http_servers import ENGINE, Api, running_api, running_servers
from benchmarks.http_world import CHALLENGE, NEWCOMERS, Size, build, row_id
from benchmarks.machine import keep

SMALL = Size(name="1,000 ideas", ideas=1_000, people=4_000, votes=10_000, impressions=20_000)
LARGE = Size(name="46,000 ideas", ideas=46_000, people=20_000, votes=400_000, impressions=500_000)
AIM_MS = 30.0
FIRST_PAGE_BYTES, MAP_BYTES = 100_000, 1_000_000
REQUESTS, WARM_UP = 60, 5
_SQL = Path(__file__).with_suffix(".sql")
_DECIDE = "UPDATE challenges SET stage = 'decided', frozen_at = now(), decided_at = now(), version = version + 1"
_C = f"/challenges/{CHALLENGE}"
# Asked for by a script or as a file, of no length of their own, streams without an end, or not a page.
_NOT_MEASURED = {
    "/assets/{digest:str}/{name:str}",
    "/profile/data",
    "/sign-in/{secret:str}",
    "/admin/jobs/events",
    "/reviews/events",
    "/challenges/{challenge_id:uuid}/events",
    # There only while and after a file is read.
    "/imports/{import_id:uuid}",
}
_ASSET = re.compile(r'(?:href|src)="(/assets/[^"]+)"')

_WORDS = ("water", "river", "paper", "window", "energy", "display", "forest", "school")
_EMPLOYEE, _NEWCOMER, _STRANGER, _OWNER, _REVIEWER = "employee", "newcomer", "stranger", "owner", "reviewer"


class PageKind(msgspec.Struct, frozen=True):
    """A page to measure: its route, an address of it (C is the challenge), and who asks for it."""

    name: str
    route: str
    address: str
    person: str = _EMPLOYEE


PAGE_KINDS = [
    PageKind("home", "/", "/"),
    PageKind("home of the owner", "/", "/", _OWNER),
    PageKind("challenge", "C", "C"),
    PageKind("challenge, newest", "C", "C?sort=newest"),
    PageKind("challenge, trending", "C", "C?sort=trending", _OWNER),
    PageKind("challenge, most support", "C", "C?sort=supported", _OWNER),
    PageKind("challenge, search", "C", "C?q={word}"),
    PageKind("challenge, declined", "C", "C?state=declined", _OWNER),
    PageKind("challenge, one theme", "C", "C?theme={theme}"),
    PageKind("idea", "/ideas/{idea_id:uuid}", "/ideas/{idea}"),
    PageKind("idea, sixty comments", "/ideas/{idea_id:uuid}", "/ideas/{talked}"),
    PageKind("write an idea", "C/ideas/new", "C/ideas/new"),
    PageKind("feed, first hand", "C/feed", "C/feed", _NEWCOMER),
    PageKind("feed, next card", "C/feed", "C/feed", _REVIEWER),
    PageKind("notifications", "/notifications", "/notifications"),
    PageKind("profile", "/profile", "/profile"),
    PageKind("what is known", "/profile/known", "/profile/known"),
    PageKind("policy", "/policy", "/policy"),
    PageKind("first minutes", "/welcome", "/welcome"),
    PageKind("edit an idea", "/ideas/{idea_id:uuid}/edit", "/ideas/{mine}/edit", _OWNER),
    PageKind("map", "C/map", "C/map"),
    PageKind("map, one theme", "C/map", "C/map?theme={theme}"),
    PageKind("map as a table", "C/map/table", "C/map/table"),
    PageKind("card on the map", "/ideas/{idea_id:uuid}/card", "/ideas/{idea}/card"),
    PageKind("my reviews", "/reviews", "/reviews", _REVIEWER),
    PageKind("review", "/reviews/{assignment_id:uuid}", "/reviews/{assignment}", _REVIEWER),
    PageKind("new challenge", "/challenges/new", "/challenges/new", _OWNER),
    PageKind("edit the challenge", "C/edit", "C/edit", _OWNER),
    PageKind("a step of the challenge", "C/edit/{step:str}", "C/edit/dates", _OWNER),
    PageKind("board", "C/board", "C/board", _OWNER),
    PageKind("answers", "C/answers", "C/answers", _OWNER),
    PageKind("duplicates", "C/duplicates", "C/duplicates", _OWNER),
    PageKind("import", "C/imports", "C/imports", _OWNER),
    PageKind("themes", "C/themes", "C/themes", _OWNER),
    PageKind("a theme", "C/themes/{theme_id:uuid}", "C/themes/{theme}", _OWNER),
    PageKind("panel", "C/panel", "C/panel", _OWNER),
    PageKind("meeting", "C/meeting", "C/meeting", _OWNER),
    PageKind("report", "C/report", "C/report", _OWNER),
    PageKind("budget", "C/budget", "C/budget", _OWNER),
    PageKind("plan of reviews", "C/plan", "C/plan", _OWNER),
    PageKind("moderation", "/moderation", "/moderation", _OWNER),
    PageKind("people", "/admin", "/admin", _OWNER),
    PageKind("people, search", "/admin", "/admin?q=person+{number}", _OWNER),
    PageKind("person", "/admin/people/{person_id:uuid}", "/admin/people/{someone}", _OWNER),
    PageKind("policies", "/admin/policy", "/admin/policy", _OWNER),
    PageKind("audit trail", "/admin/audit", "/admin/audit", _OWNER),
    PageKind("jobs", "/admin/jobs", "/admin/jobs", _OWNER),
    PageKind("settings", "/admin/settings", "/admin/settings", _OWNER),
    PageKind("sign in", "/sign-in", "/sign-in", _STRANGER),
]
# Shown to everybody when the challenge is decided, and so asked for last: most other pages differ from then on.
DECIDED_KINDS = [PageKind("results", "C/results", "C/results")]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What one page takes."""

    page: str
    p50_ms: float
    p95_ms: float
    bytes: int


def measure(size: Size, only: str, requests: int) -> dict[str, object]:
    """All pages at one size."""
    with running_servers() as servers:
        uvloop.run(build(servers.database_url, size))
        more = _SQL.read_text(encoding="utf-8").format(people=size.people, ideas=size.ideas)
        asyncio.run(_execute(servers.database_url, more))
        with running_api(servers, ENGINE) as api:
            connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=60)
            rows = [_measure(connection, kind, size, requests) for kind in PAGE_KINDS if only in kind.name]
            asyncio.run(_execute(servers.database_url, _DECIDE))
            rows += [_measure(connection, kind, size, requests) for kind in DECIDED_KINDS if only in kind.name]
            return {"size": size, "rows": rows, "first_page_bytes": _first_page_bytes(api)}


async def _execute(database_url: str, text: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        for statement in text.split(";\n"):
            if statement.strip():
                await connection.execute(statement)
    finally:
        await connection.close()


def _measure(connection: http.client.HTTPConnection, kind: PageKind, size: Size, requests: int) -> Row:
    taken, lengths = [], []
    for number in range(requests + WARM_UP):
        person = _person(kind, size, number)
        started = time.perf_counter()
        status, body = _get(connection, _address(kind, number), person)
        taken.append((time.perf_counter() - started) * 1000)
        lengths.append(len(body))
        if status != 200:
            raise SystemExit(f"{kind.name}: {status} for {_address(kind, number)}: {body[-600:].decode()}")
    steady = taken[WARM_UP:]
    p95 = statistics.quantiles(steady, n=20)[-1]
    row = Row(page=kind.name, p50_ms=statistics.median(steady), p95_ms=p95, bytes=max(lengths))
    print(
        f"{row.page:26}{row.p50_ms:8.1f}{row.p95_ms:8.1f}{row.bytes:10,}", "" if p95 <= AIM_MS else "  over", flush=True
    )
    return row


def _address(kind: PageKind, number: int) -> str:
    return kind.address.replace("C", _C, 1).format(
        word=_WORDS[number % len(_WORDS)],
        theme=row_id(8, 1 + number % 40),
        idea=row_id(2, 1 + number * 131 % 900),
        talked=row_id(2, 5),
        mine=row_id(2, 1),
        assignment=row_id(14, 3630),
        someone=row_id(1, 9),
        number=number,
    )


def _person(kind: PageKind, size: Size, number: int) -> int | None:
    """Whose request it is; other people each time, but for those who run things."""
    special = {_OWNER: 1, _REVIEWER: 2, _STRANGER: None, _NEWCOMER: size.people + 1 + number % NEWCOMERS}
    return special.get(kind.person, 31 + number % (size.people - 40))


def _get(connection: http.client.HTTPConnection, path: str, person: int | None) -> tuple[int, bytes]:
    headers = {"accept": "text/html", "accept-encoding": "gzip"}
    if person is not None:
        headers["authorization"] = f"Bearer idt_benchmark_{person}"
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read()


def _first_page_bytes(api: Api) -> int:
    """Home with all that it needs, as a browser loads it for the first time, headers not counted."""
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=60)
    _, page = _get(connection, "/", 40)
    parts = sorted(set(_ASSET.findall(page.decode())))
    return len(page) + sum(len(_get(connection, part, 40)[1]) for part in parts)


def _require_every_page() -> None:
    routes = {route.path for route in PAGES.routes if "GET" in route.methods}
    measured = {re.sub("^C", "/challenges/{challenge_id:uuid}", kind.route) for kind in PAGE_KINDS + DECIDED_KINDS}
    if missing := routes - measured - _NOT_MEASURED:
        raise SystemExit(f"not measured: {', '.join(sorted(missing))}")


def main() -> None:
    """Print the table, keep it, and say what is over its aim."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="46,000 ideas instead of 1,000")
    parser.add_argument("--only", default="", metavar="WORD", help="only pages with this word in their name")
    parser.add_argument("--requests", type=int, default=REQUESTS, metavar="N", help="requests for each page")
    arguments = parser.parse_args()
    _require_every_page()
    size = LARGE if arguments.full else SMALL
    print(f"{size.name}; milliseconds of the server, median and 95th percentile, and bytes of the page", flush=True)
    figures = measure(size, arguments.only, arguments.requests)
    print(f"first page with all its parts: {figures['first_page_bytes']:,} bytes (aim {FIRST_PAGE_BYTES:,})")
    if not arguments.only:
        print(f"kept in {keep('pages', figures)}")


if __name__ == "__main__":
    main()
