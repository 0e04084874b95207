"""Lines of imports, and an import to take them."""

from uuid import UUID

import msgspec

from ideation.actions.import_lines import Numbered
from ideation.actions.imports import Parsed, list_rejections, start_import
from ideation.database import Connection
from ideation.entities.people import Actor, Role
from ideation.errors import Invalid
from ideation.rules.transfer import parse_json_line
from tests.factories import NOW, make_challenge

ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


AT = "2026-03-01T10:00:00Z"


def parse(*records: dict[str, object]) -> list[Numbered[Parsed]]:
    parsed: list[Numbered[Parsed]] = []
    for number, record in enumerate(records, start=1):
        try:
            parsed.append(Numbered(number, parse_json_line(msgspec.json.encode(record))))
        except Invalid as error:
            parsed.append(Numbered(number, error))
    return parsed


def person(name: str, department: str = "Sales") -> dict[str, object]:
    return {"kind": "person", "email": f"{name}@example.org", "name": name.capitalize(), "department": department}


def idea(external_id: str, author: str, **more: object) -> dict[str, object]:
    given: dict[str, object] = {
        "kind": "idea",
        "id": external_id,
        "author": f"{author}@example.org",
        "title": f"Title of {external_id}",
    }
    return given | {"submitted_at": AT} | more


def vote(external_id: str, voter: str, answer: object = "yes", **more: object) -> dict[str, object]:
    return {"kind": "vote", "idea": external_id, "person": f"{voter}@example.org", "answer": answer, "at": AT} | more


def review(external_id: str, reviewer: str, scores: dict[str, object]) -> dict[str, object]:
    line: dict[str, object] = {
        "kind": "review",
        "id": f"{external_id}-{reviewer}",
        "idea": external_id,
        "scores": scores,
        "at": AT,
    }
    return line | {"reviewer": f"{reviewer}@example.org"}


async def start(connection: Connection, actor: Actor, **challenge: object) -> tuple[UUID, UUID]:
    challenge_id = await make_challenge(connection, **challenge)
    started = await start_import(connection, actor, challenge_id, "jsonl", "a file", NOW)
    return challenge_id, started.id


async def rejections(connection: Connection, actor: Actor, import_id: UUID) -> list[tuple[int, str]]:
    page = await list_rejections(connection, actor, import_id, 0, 100, NOW)
    return [(item.line_number, item.reason) for item in page.items]
