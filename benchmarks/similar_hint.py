"""What a person typing sees, and how soon a new idea's suggestions are stored, in a challenge of many ideas.

python -m benchmarks.similar_hint [FOLDER] [--ideas N ...] [--seconds S]

1. The ideas are in PostgreSQL with their vectors: the smallest labelled corpus of FOLDER that has N texts, whole;
   without a folder (and so without labels) the ideas that ship, repeated with noise up to N. The workers analyse them.
2. Hints, the workers at rest: the real API is asked for what is near the texts of the labelled queries. Time of each,
   processor time, and recall@5 beside the full retrieval of `ideation evaluate`, which sees all ideas at once.
3. Submissions: 100 a minute for S seconds while the drain and the lanes work; time from when the idea was written to
   when the job that stores its suggestions had ended. Meanwhile the transformer refines the other ideas.
"""

import argparse
import asyncio
import gzip
import http.client
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import uvloop

from benchmarks.http_client import LoadResult, request_bytes, run_load
from benchmarks.http_servers import ENGINE, Api, Servers, running_api, running_servers, running_workers
from benchmarks.http_world import CHALLENGE, Size, build, row_id
from benchmarks.machine import keep
from benchmarks.texts_for_measuring import real_texts, texts_for
from ideation.database import Connection, open_connection
from ideation.text.encoder import encode_ideas, load_encoder
from ideation.text.normalise import split_idea
from workers.clustering.corpus import build_corpus
from workers.clustering.evaluation import DuplicateLabels
from workers.clustering.retrieval import rank_similar
from workers.labelled import duplicate_sets, read_duplicates

PER_MINUTE = 100
PEOPLE = 200
SHOWN = 5
_QUERIES = 400
_WARM_UP_SUBMISSIONS = 5
_PATIENCE_SECONDS = 300.0
_WAITING = """
    SELECT EXISTS (SELECT FROM staged_jobs WHERE job = ANY ($1) AND finished_at IS NULL AND failed_at IS NULL
                   AND not_before <= now())"""
_SUGGESTED = """
    SELECT extract(epoch FROM started_at - staged_at)::float8 AS waited,
        extract(epoch FROM finished_at - staged_at)::float8 AS stored,
        EXISTS (SELECT FROM duplicate_pairs WHERE subject::uuid IN (idea_a, idea_b)) AS suggested
    FROM staged_jobs WHERE job = 'find_duplicates' AND staged_at >= $1"""


class Hints(msgspec.Struct, frozen=True, kw_only=True):
    """What hints cost and how good they are; recall by labels is null where there are none."""

    one_after_the_other: LoadResult
    api_processor_ms: float
    postgresql_processor_ms: float
    queries: int
    recall_at_5: float | None
    full_recall_at_5: float | None
    # Of the first five of the full retrieval, how many are among the five of the hint.
    overlap_at_5: float


class Suggestions(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds from the writing of an idea until its job began, and until what it found was stored."""

    submissions: int
    failures: int
    unfinished: int
    with_a_suggestion: float
    began_p50_seconds: float
    began_p99_seconds: float
    stored_p50_seconds: float
    stored_p99_seconds: float


def measure(labels: DuplicateLabels, seconds: float) -> dict[str, Any]:
    """Both, in a world of these ideas."""
    queries = _queries(labels)
    full = _full_retrieval(labels.texts, queries)
    size = Size(name="hints", ideas=len(labels.texts), people=PEOPLE, votes=2_000, impressions=4_000)
    with running_servers() as servers:
        uvloop.run(build(servers.database_url, size, [_form(text) for text in labels.texts]))
        print(f"{len(labels.texts):,} ideas are there", flush=True)
        with running_api(servers, ENGINE) as api:
            with running_workers(servers):
                uvloop.run(_submit_and_wait(servers, api, labels.texts, ["find_duplicates", "refresh_themes"]))
            hints = _measure_hints(servers, api, labels, queries, full)
            _print_hints(hints)
            with running_workers(servers):
                uvloop.run(_submit_and_wait(servers, api, labels.texts, ["find_duplicates"]))
                suggestions = uvloop.run(_measure_suggestions(servers, api, labels.texts, seconds))
    _print_suggestions(suggestions)
    return {"ideas": len(labels.texts), "hints": hints, "suggestions": suggestions}


def read_ideas(folder: Path | None, count: int) -> DuplicateLabels:
    """The smallest labelled corpus of at least so many ideas, else the largest; without a folder, unlabelled ones."""
    if folder is None:
        texts = [text for text in texts_for(real_texts(None), count) if text.strip()]
        return _shortened(DuplicateLabels(texts=texts, sources=[], relevant={}, groups=[]))
    names = duplicate_sets(folder)
    large = [name for name in names if _lines(folder / f"{name}.jsonl.gz") >= count]
    return _shortened(read_duplicates(folder, [*large, *names[-1:]][0]))


def _lines(path: Path) -> int:
    return len(gzip.decompress(path.read_bytes()).splitlines())


def _shortened(labels: DuplicateLabels) -> DuplicateLabels:
    """The world takes multiples of twenty."""
    count = len(labels.texts) // 20 * 20
    relevant = {row: {other for other in found if other < count} for row, found in labels.relevant.items()}
    return DuplicateLabels(
        texts=labels.texts[:count],
        sources=labels.sources[:count],
        relevant={row: found for row, found in relevant.items() if row < count and found},
        groups=[],
    )


def _queries(labels: DuplicateLabels) -> list[int]:
    asked = sorted(labels.relevant) or range(len(labels.texts))
    return random.Random(0).sample(asked, min(_QUERIES, len(asked)))


def _full_retrieval(texts: list[str], queries: list[int]) -> list[list[int]]:
    encoder = load_encoder()
    corpus = build_corpus(texts, encode_ideas(encoder, texts), encoder=encoder.name)
    return [found[:SHOWN].tolist() for found in rank_similar(corpus, np.array(queries, dtype=np.int64))]


def _form(text: str) -> tuple[str, str]:
    title, body = split_idea(text)
    return title[:190].strip() or "untitled", body.strip()[:20_000]


def _measure_hints(
    servers: Servers, api: Api, labels: DuplicateLabels, queries: list[int], full: list[list[int]]
) -> Hints:
    # One more than shown: the idea itself is among them, unlike that of a person who is typing.
    forms = [_hint_form(labels.texts[row]) for row in queries]
    found = [
        [row for row in answer if row != query][:SHOWN]
        for query, answer in zip(queries, _answers(api.port, forms), strict=True)
    ]
    before = (api.processor_seconds(), servers.processor_seconds())
    requests = [
        request_bytes("POST", _HINT, token=_token(number), body=form) for number, form in enumerate(forms, start=1)
    ]
    load = uvloop.run(run_load(api.port, requests, connections=1))
    after = (api.processor_seconds(), servers.processor_seconds())
    return Hints(
        one_after_the_other=load,
        api_processor_ms=1000 * (after[0] - before[0]) / len(requests),
        postgresql_processor_ms=1000 * (after[1] - before[1]) / len(requests),
        queries=len(queries),
        recall_at_5=_recall(labels, queries, found),
        full_recall_at_5=_recall(labels, queries, full),
        overlap_at_5=_overlap(found, full),
    )


_HINT = f"/v1/challenges/{CHALLENGE}/similar"


def _hint_form(text: str) -> dict[str, object]:
    title, body = _form(text)
    return {"title": title, "body": body, "limit": SHOWN + 1}


def _token(number: int) -> str:
    return f"idt_benchmark_{1 + number % PEOPLE}"


def _answers(port: int, forms: Sequence[object]) -> list[list[int | None]]:
    """The positions of the ideas that each hint shows, best first; None for one that was submitted since."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    answers = []
    for form in forms:
        headers = {"authorization": f"Bearer {_token(1)}", "content-type": "application/json"}
        connection.request("POST", _HINT, msgspec.json.encode(form), headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"a hint was refused: {content[:300]!r}")
        answers.append([_position(UUID(idea["idea_id"])) for idea in msgspec.json.decode(content)])
    connection.close()
    return answers


def _position(idea_id: UUID) -> int | None:
    """Of an idea's text; the world's ids end in the number of the row, counted from one."""
    position = (idea_id.int & 0xFFFF_FFFF_FFFF) - 1
    return position if row_id(2, position + 1) == idea_id else None


def _recall(labels: DuplicateLabels, queries: list[int], found: Sequence[Sequence[int | None]]) -> float | None:
    shares = [
        len(labels.relevant[query] & set(answer)) / len(labels.relevant[query])
        for query, answer in zip(queries, found, strict=True)
        if query in labels.relevant
    ]
    return float(np.mean(shares)) if shares else None


def _overlap(found: Sequence[Sequence[int | None]], full: list[list[int]]) -> float:
    return float(
        np.mean([len(set(one) & set(other)) / max(len(other), 1) for one, other in zip(found, full, strict=True)])
    )


async def _submit_and_wait(servers: Servers, api: Api, texts: list[str], jobs: list[str]) -> None:
    """A few submissions, and until these jobs are through: then the lanes are up."""
    connection = await open_connection(servers.database_url)
    try:
        await run_load(api.port, _submissions(texts, _WARM_UP_SUBMISSIONS, seed=2), connections=1)
        await _wait_for(connection, jobs)
    finally:
        await connection.close()


async def _measure_suggestions(servers: Servers, api: Api, texts: list[str], seconds: float) -> Suggestions:
    requests = _submissions(texts, round(PER_MINUTE * seconds / 60), seed=1)
    connection = await open_connection(servers.database_url)
    try:
        began_at = datetime.now(UTC)
        load = await run_load(api.port, requests, connections=8, per_second=PER_MINUTE / 60)
        await _wait_for(connection, ["find_duplicates"])
        rows = await connection.fetch(_SUGGESTED, began_at)
    finally:
        await connection.close()
    done = [row for row in rows if row["stored"] is not None]
    began, stored = (np.array([row[name] for row in done]) for name in ("waited", "stored"))
    return Suggestions(
        submissions=load.requests,
        failures=load.failures,
        unfinished=load.requests - load.failures - len(done),
        with_a_suggestion=float(np.mean([row["suggested"] for row in done])),
        began_p50_seconds=float(np.quantile(began, 0.5)),
        began_p99_seconds=float(np.quantile(began, 0.99)),
        stored_p50_seconds=float(np.quantile(stored, 0.5)),
        stored_p99_seconds=float(np.quantile(stored, 0.99)),
    )


def _submissions(texts: list[str], count: int, *, seed: int) -> list[bytes]:
    """So many texts that were not there before, each by another person."""
    new = texts_for(texts, len(texts) + count, seed=seed)[len(texts) :]
    return [_submission(number, _form(text)) for number, text in enumerate(new, start=1)]


def _submission(number: int, form: tuple[str, str]) -> bytes:
    title, body = form
    path = f"/v1/challenges/{CHALLENGE}/ideas"
    return request_bytes("POST", path, token=_token(number), body={"title": title, "body": body})


async def _wait_for(connection: Connection, jobs: list[str]) -> None:
    give_up_at = time.perf_counter() + _PATIENCE_SECONDS
    while await connection.fetchval(_WAITING, jobs):
        if time.perf_counter() > give_up_at:
            raise RuntimeError(f"{', '.join(jobs)} were not done after {_PATIENCE_SECONDS:.0f} s")
        await asyncio.sleep(0.1)


def _print_hints(hints: Hints) -> None:
    load = hints.one_after_the_other
    print(
        f"hints: p50 {load.p50_ms:.1f} ms, p99 {load.p99_ms:.1f} ms ({load.requests} of them, {load.failures} failed);"
        f" processor time API {hints.api_processor_ms:.1f} ms, PostgreSQL {hints.postgresql_processor_ms:.1f} ms"
    )
    if hints.recall_at_5 is not None:
        print(f"recall@5 by labels: hint {hints.recall_at_5:.3f}, full retrieval {hints.full_recall_at_5:.3f}")
    print(f"of the full retrieval's first five the hint shows {hints.overlap_at_5:.1%}", flush=True)


def _print_suggestions(found: Suggestions) -> None:
    print(
        f"suggestions: {found.submissions} submissions at {PER_MINUTE} a minute, {found.failures} failed,"
        f" {found.unfinished} unfinished;"
        f" begun p50 {found.began_p50_seconds:.2f} s, p99 {found.began_p99_seconds:.2f} s;"
        f" stored p50 {found.stored_p50_seconds:.2f} s, p99 {found.stored_p99_seconds:.2f} s;"
        f" {found.with_a_suggestion:.0%} have one"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="with corpus*.jsonl.gz and queries*.jsonl.gz")
    parser.add_argument("--ideas", type=int, nargs="+", default=[2_000])
    parser.add_argument("--seconds", type=float, default=60.0, help="of submissions")
    arguments = parser.parse_args()
    for count in arguments.ideas:
        figures = measure(read_ideas(arguments.folder, count), arguments.seconds)
        print(f"kept in {keep('similar_hint_' + str(figures['ideas']), figures)}")


if __name__ == "__main__":
    main()
