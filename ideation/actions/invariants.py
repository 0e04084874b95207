"""Checks everything that must always be true against the rows there are; reads one snapshot and changes nothing."""

import hashlib
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import msgspec
import numpy as np

from ideation.actions.invariants_list import CHECKS, Check
from ideation.database import Connection
from ideation.entities.panel_rankings import PanelInputs
from ideation.entities.rankings import ComputedRanking, CrowdInputs, RankedIdea, RankingKind
from ideation.queries import invariants as queries
from ideation.queries import rankings as ranking_queries
from ideation.queries.conflicts import list_conflicts
from ideation.queries.invariants import Faults
from ideation.rules import crowd_scores
from ideation.rules import panel_rankings as panel_rules
from ideation.text.encoder import load_encoder
from ideation.text.templates import own_text
from ideation.text.transformer import load_transformer

SHOWN = 5

_UNVECTORED = Check(
    "ideas",
    "unvectored",
    "vectors",
    "ideas have no vector, so that nobody finds them as similar",
    "Refresh the themes of their challenges, which encodes what is missing.",
)
_REFINED_BY_ANOTHER = Check(
    "ideas",
    "refined_by_another",
    "refined vectors",
    "refined vectors come from another version's encoder and are not used",
    "Nothing need be done: the next analysis of their challenges replaces them.",
    breaks=False,
)
_UNREFINED = Check(
    "ideas",
    "unrefined",
    "refined vectors",
    "ideas have had no refined vector for an hour, so that they are compared by the coarser one",
    "Refresh the themes of their challenges, which refines what is missing.",
    breaks=False,
)
_CONFLICTED = Check(
    "panel",
    "conflicted",
    "conflicts",
    "reviews are asked of people with a conflict of interest",
    "Deal the reviews out again; that takes these back.",
)
_UNREPEATABLE = Check(
    "panel",
    "unrepeatable",
    "rankings",
    "rankings do not come out of their inputs again, to the last digit",
    "Do not decide by these: somebody changed them, or this machine computes differently from the one that made them.",
)
_OF_ANOTHER_FORMULA = Check(
    "panel",
    "another_formula",
    "older rankings",
    "rankings were made by another version's formula, which only that version can repeat",
    "To check these too, run the version that made them.",
    breaks=False,
)
# Checks that SQL alone cannot make.
LONGER_CHECKS = (
    _UNVECTORED,
    _REFINED_BY_ANOTHER,
    _UNREFINED,
    _CONFLICTED,
    _UNREPEATABLE,
    _OF_ANOTHER_FORMULA,
)


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """One check and what it found; nothing when all is well."""

    check: Check
    faults: Faults


async def examine(connection: Connection, *, refine_ideas: bool) -> AsyncIterator[Examined]:
    """Every check, one after another, over one snapshot of the running system.

    `refine_ideas` is the setting: where ideas are not refined, none need have been.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        async for examined in examine_snapshot(connection, refine_ideas=refine_ideas):
            yield examined


async def examine_snapshot(connection: Connection, *, refine_ideas: bool) -> AsyncIterator[Examined]:
    """The same inside the caller's transaction."""
    for check in CHECKS:
        yield await _look(connection, check)
    yield Examined(check=_UNVECTORED, faults=_first(await _unvectored(connection)))
    encoder = load_transformer().name
    yield await _look(connection, _REFINED_BY_ANOTHER, encoder)
    if refine_ideas:
        yield await _look(connection, _UNREFINED, encoder)
    yield Examined(check=_CONFLICTED, faults=_first(await _conflicted(connection)))
    for check, places in (await _repeat_rankings(connection)).items():
        yield Examined(check=check, faults=_first(places))


async def _look(connection: Connection, check: Check, *arguments: object) -> Examined:
    faults = await queries.find_faults(connection, check.topic, check.name, SHOWN, *arguments)
    return Examined(check=check, faults=faults)


def _first(places: list[str]) -> Faults:
    return Faults(places=places[:SHOWN], more=len(places) > SHOWN)


async def _unvectored(connection: Connection) -> list[str]:
    """Ideas with a known word have a vector; one without any has none."""
    encoder = load_encoder()
    return [
        f"idea {text.id}"
        async for text, template in queries.iterate_unvectored(connection)
        if np.any(encoder.encode([own_text(text.title, text.body, template)]))
    ]


async def _conflicted(connection: Connection) -> list[str]:
    places: list[str] = []
    for idea_id, reviewers in await queries.list_open_assignments(connection):
        found = await list_conflicts(connection, [idea_id], reviewers)
        places.extend(f"idea {idea_id}, reviewer {conflict.person_id} ({conflict.kind})" for conflict in found)
    return places


async def _repeat_rankings(connection: Connection) -> dict[Check, list[str]]:
    """Every stored ranking that does not come out of its inputs again, by what is the matter with it."""
    found: dict[Check, list[str]] = {_UNREPEATABLE: [], _OF_ANOTHER_FORMULA: []}
    for ranking_id in await queries.list_ranking_ids(connection):
        fault = await _repeat(connection, ranking_id)
        if fault is not None:
            found[fault].append(f"ranking {ranking_id}")
    return found


async def _repeat(connection: Connection, ranking_id: UUID) -> Check | None:
    """What is the matter with one ranking; None when it comes out the same to the last digit."""
    stored = await ranking_queries.read_inputs(connection, ranking_id)
    assert stored is not None
    try:
        canonical = zlib.decompress(stored.inputs)
    except zlib.error:
        return _UNREPEATABLE
    if hashlib.sha256(canonical).hexdigest() != stored.inputs_sha256:
        return _UNREPEATABLE
    try:
        computed = _compute(stored.kind, canonical)
    except msgspec.ValidationError:
        return _OF_ANOTHER_FORMULA
    if computed.formula_version != stored.formula_version:
        return _OF_ANOTHER_FORMULA
    entries = await ranking_queries.list_stored(connection, ranking_id)
    same = len(entries) == len(computed.entries) and all(map(_same_digits, entries, computed.entries))
    return None if same else _UNREPEATABLE


def _same_digits(stored: RankedIdea, computed: RankedIdea) -> bool:
    """Whether every number that was stored comes out again; the words around them may have changed since."""
    digits = dict(_numbers(msgspec.to_builtins(stored)))
    again = dict(_numbers(msgspec.to_builtins(computed)))
    return stored.idea_id == computed.idea_id and digits.items() <= again.items()


def _numbers(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers(item, f"{path}.{key}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def _compute(kind: RankingKind, canonical: bytes) -> ComputedRanking:
    if kind is RankingKind.PANEL:
        return panel_rules.compute(msgspec.json.decode(canonical, type=PanelInputs))
    return crowd_scores.compute(msgspec.msgpack.decode(canonical, type=CrowdInputs))
