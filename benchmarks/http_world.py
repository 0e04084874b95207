"""An installation of a given size, written straight into the database, and the requests that fit it."""

import gzip
import random
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec
import numpy as np

from benchmarks.http_client import request_bytes
from ideation.database import Connection, open_connection
from ideation.migrate import migrate_up
from ideation.text.encoder import encode_ideas, load_encoder
from ideation.text.normalise import idea_text

NEWCOMERS = 6_000
CARDS_WAITING = 30_000
_CARDS_PER_USER_OF_THEM = 10_000
_SQL = Path(__file__).with_suffix(".sql")
_AT_ONCE = 2_000
_VECTOR_COLUMNS = ("idea_id", "challenge_id", "encoder", "vector")


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How much there is; people and ideas are multiples of 20."""

    name: str
    ideas: int
    people: int
    votes: int
    impressions: int


SMALL = Size(name="1,000 ideas", ideas=1_000, people=200, votes=10_000, impressions=10_000 + CARDS_WAITING)
LARGE = Size(name="46,000 ideas", ideas=46_000, people=150_000, votes=400_000, impressions=2_000_000)


def row_id(kind: int, number: int) -> UUID:
    """The id of a row of the world; see bench_id in http_world.sql."""
    return UUID(f"{kind:08x}-0000-7000-8000-{number:012x}")


CHALLENGE, RANKING = row_id(4, 1), row_id(5, 1)


Texts = Sequence[tuple[str, str]]


async def build(database_url: str, size: Size, given: Texts | None = None) -> None:
    """Make the schema and fill it, with these titles and bodies or made-up ones."""
    plain = await asyncpg.connect(database_url)
    await migrate_up(plain)
    await plain.close()
    connection = await open_connection(database_url)
    try:
        await connection.execute("CREATE TABLE benchmark_texts (n bigint PRIMARY KEY, title text, body text)")
        texts = _texts(size.ideas) if given is None else _numbered(given, size.ideas)
        await connection.copy_records_to_table("benchmark_texts", records=texts)
        for statement in _statements(size):
            await connection.execute(statement)
        await _add_vectors(connection, texts)
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _statements(size: Size) -> list[str]:
    text = _SQL.read_text(encoding="utf-8").format(
        people=size.people, ideas=size.ideas, newcomers=NEWCOMERS, cards=size.impressions, votes=size.votes
    )
    return [statement for statement in text.split(";\n") if statement.strip()]


async def _add_vectors(connection: Connection, texts: list[tuple[int, str, str]]) -> None:
    encoder = load_encoder()
    index = await connection.fetchval("SELECT indexdef FROM pg_indexes WHERE indexname = 'idea_vectors_vector_idx'")
    await connection.execute("DROP INDEX idea_vectors_vector_idx")
    for start in range(0, len(texts), _AT_ONCE):
        part = texts[start : start + _AT_ONCE]
        vectors = encode_ideas(encoder, [idea_text(title, body) for _, title, body in part])
        rows = [
            (row_id(2, number), CHALLENGE, encoder.name, vector.astype(np.float32))
            for (number, _, _), vector in zip(part, vectors, strict=True)
        ]
        await connection.copy_records_to_table("idea_vectors", records=rows, columns=_VECTOR_COLUMNS)
    await connection.execute("SET maintenance_work_mem = '512MB'")
    await connection.execute(index)
    await connection.execute("ANALYZE idea_vectors")


def read_texts(path: Path) -> Texts:
    """Titles and bodies from a file of JSON lines with `title` and `body`, gzipped or not."""
    content = path.read_bytes()
    lines = (gzip.decompress(content) if path.suffix == ".gz" else content).splitlines()
    rows = [msgspec.json.decode(line) for line in lines if line.strip()]
    texts = [(_clean(row["title"])[:190].strip(), _clean(row.get("body") or "")[:20_000]) for row in rows]
    return [(title, body) for title, body in texts if title]


def _clean(text: str) -> str:
    return text.replace("\0", "")


def _numbered(texts: Texts, count: int) -> list[tuple[int, str, str]]:
    return [(number, *texts[(number - 1) % len(texts)]) for number in range(1, count + 1)]


def _texts(count: int) -> list[tuple[int, str, str]]:
    """Number, title and body: sentences of the packaged challenges, put together anew."""
    sentences = _sentences()
    pick = random.Random(1)
    return [
        (number, pick.choice(sentences)[:190].strip(), " ".join(pick.sample(sentences, pick.randint(1, 6))))
        for number in range(1, count + 1)
    ]


def _sentences() -> list[str]:
    folder = resources.files("ideation.local").joinpath("data")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".gz")), key=lambda entry: entry.name)
    lines = [line for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]
    rows = [row for row in map(msgspec.json.decode, lines) if row["kind"] == "idea"]
    return [text.replace("\0", "") for row in rows for text in (row["title"], row["body"][:400]) if text.strip()]


class Requests:
    """Writes requests that have not been sent before; `user` tells the engine's (0) from the bare handler's (1)."""

    def __init__(self, size: Size, user: int) -> None:
        self._size = size
        self._user = user
        self._random = random.Random(7 + user)
        self._card = size.votes + user * _CARDS_PER_USER_OF_THEM
        self._pair = size.impressions + user * 40_000
        self._newcomer = size.people + 1 + user * NEWCOMERS // 2
        self._sentences = _sentences()

    def make(self, operation: str, count: int) -> list[bytes]:
        """So many requests of one kind."""
        return [getattr(self, operation)() for _ in range(count)]

    def answer(self) -> bytes:
        """A first answer to a card."""
        card, self._card = self._card, self._card + 1
        person = self._person_of(card)
        return _request("PUT", f"/v1/cards/{row_id(3, card)}/answer", person, {"answer": "yes" if card % 4 else "no"})

    def vote(self) -> bytes:
        """A first vote on an idea through its link."""
        pair, self._pair = self._pair, self._pair + 1
        return _request("PUT", f"/v1/ideas/{self._idea_of(pair)}/vote", self._person_of(pair), {"answer": "yes"})

    def submit(self) -> bytes:
        """A new idea of some sentences."""
        title, *body = self._random.sample(self._sentences, 4)
        form = {"title": title[:190], "body": " ".join(body), "tags": ["new"]}
        return _request("POST", f"/v1/challenges/{CHALLENGE}/ideas", self._anybody(), form)

    def feed(self) -> bytes:
        """A first hand of ten cards."""
        person, self._newcomer = self._newcomer, self._newcomer + 1
        return _request("POST", f"/v1/challenges/{CHALLENGE}/feed", person, {"limit": 10})

    def ranked(self) -> bytes:
        """The first twenty places of the ranking, for those who run the challenge."""
        return _request("GET", f"/v1/rankings/{RANKING}/entries?limit=20", 1)

    def listed(self) -> bytes:
        """The twenty newest ideas, with their counts and authors."""
        return _request("GET", f"/v1/challenges/{CHALLENGE}/ideas?limit=20", self._anybody())

    def shuffled(self) -> bytes:
        """The first twenty ideas of the person's own order."""
        return _request("GET", f"/v1/challenges/{CHALLENGE}/ideas?limit=20&sort=random", self._anybody())

    def challenge(self) -> bytes:
        """The challenge itself."""
        return _request("GET", f"/v1/challenges/{CHALLENGE}", self._anybody())

    def shortlist(self) -> bytes:
        """A shortlist of twenty, asked for by who runs the challenge."""
        return _request("POST", f"/v1/challenges/{CHALLENGE}/shortlist", 1, {"size": 20})

    def idea(self) -> bytes:
        """Any idea with everything around it."""
        number = self._random.randint(1, self._size.ideas)
        return _request("GET", f"/v1/ideas/{row_id(2, number)}", self._anybody())

    def similar(self) -> bytes:
        """What is near a sentence."""
        form = {"title": self._random.choice(self._sentences)[:190]}
        return _request("POST", f"/v1/challenges/{CHALLENGE}/similar", self._anybody(), form)

    def _anybody(self) -> int:
        return self._random.randint(1, self._size.people)

    def _person_of(self, pair: int) -> int:
        return 1 + pair % self._lane % self._size.people

    def _idea_of(self, pair: int) -> UUID:
        in_row = (self._person_of(pair) + pair // self._lane) % 20
        return row_id(2, 1 + in_row + 20 * (pair % self._lane // self._size.people))

    @property
    def _lane(self) -> int:
        return self._size.people * (self._size.ideas // 20)


def _request(method: str, path: str, person: int, body: object = None) -> bytes:
    return request_bytes(method, path, token=f"idt_benchmark_{person}", body=body)
