"""The essential statements alone, sent by PostgreSQL's own load generator: what no server in front could beat."""

import re
import subprocess
import tempfile
from pathlib import Path

import msgspec

from benchmarks import http_bare
from benchmarks.http_servers import Servers
from benchmarks.http_world import CARDS_WAITING, Size

_CLIENTS = 16
_FIRST_CARD = CARDS_WAITING * 2 // 3
_FIRST_PAIR = 80_000
_PERSON, _CHALLENGE = "bench_id(1, 1 + :k % {people})", "bench_id(4, 1)"

# The parameters of each statement of http_bare, from :k, which no two transactions share.
_PARAMETERS = {
    "answer": (http_bare.ANSWER, [f"bench_id(3, {{votes}} + {_FIRST_CARD} + :k)", "1"]),
    "vote": (
        http_bare.VOTE,
        [
            f"bench_id(2, bench_idea({{impressions}} + {_FIRST_PAIR} + :k))",
            f"bench_id(1, bench_person({{impressions}} + {_FIRST_PAIR} + :k))",
            "1",
        ],
    ),
    "submit": (
        http_bare.SUBMIT,
        [
            "uuidv7()",
            _CHALLENGE,
            _PERSON,
            "'A title'",
            "(SELECT body FROM benchmark_texts WHERE n = 1 + :k % {ideas})",
            "'{{new}}'",
        ],
    ),
    "feed": (http_bare.FEED, [_CHALLENGE, _PERSON, "uuidv7()"]),
    "ranked": (http_bare.RANKED, ["bench_id(5, 1)"]),
    "listed": (http_bare.LISTED, [_CHALLENGE]),
    "idea": (http_bare.IDEA, ["bench_id(2, 1 + :k % {ideas})"]),
    "similar": (
        http_bare.SIMILAR,
        ["(SELECT vector FROM idea_vectors WHERE idea_id = bench_id(2, 1 + :k % {ideas}))"],
    ),
}


class PgbenchResult(msgspec.Struct, frozen=True, kw_only=True):
    """Transactions per second, and PostgreSQL's processor time of each in milliseconds."""

    per_second: float
    postgres_ms: float


def run_pgbench(servers: Servers, size: Size, operation: str, *, transactions: int, start: int) -> PgbenchResult:
    """So many transactions of one statement over 16 connections, numbered from `start`."""
    each = transactions // _CLIENTS
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.sql"
        script.write_text(_script(size, operation, each), encoding="utf-8")
        before = servers.processor_seconds()
        options = [
            "-n",
            "-M",
            "prepared",
            "-c",
            str(_CLIENTS),
            "-j",
            "1",
            "-t",
            str(each),
            "-D",
            f"start={start}",
            "-D",
            "i=-1",
        ]
        where = ["-h", servers.sockets, "-U", "ideation", "ideation"]
        done = subprocess.run(
            [str(servers.binaries / "pgbench"), *options, "-f", str(script), *where],
            check=False,
            capture_output=True,
            text=True,
        )
    if done.returncode != 0:
        raise RuntimeError(f"pgbench failed on {operation}: {done.stderr}")
    used = servers.processor_seconds() - before
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    assert found is not None, done.stdout
    return PgbenchResult(per_second=float(found[1]), postgres_ms=used / (each * _CLIENTS) * 1000)


def _script(size: Size, operation: str, each: int) -> str:
    statement, parameters = _PARAMETERS[operation]
    for number, parameter in enumerate(parameters, start=1):
        statement = statement.replace(f"${number}", parameter.format(**msgspec.to_builtins(size)))
    one_line = " ".join(statement.split())
    return f"\\set i :i + 1\n\\set k :start + :client_id * {each} + :i\n{one_line};\n"
