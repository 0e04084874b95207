"""The analysis of a whole challenge: pairs that may say the same, then themes, the map and novelty."""

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from ideation.entities.challenges import Challenge
from ideation.entities.duplicates import PairState
from ideation.entities.jobs import AnalysisKind
from ideation.entities.themes import FoundTheme, PlacedIdea, StoredThemeModel, ThemeRow
from ideation.entities.vectors import AnalysedIdea
from ideation.ids import new_id
from ideation.queries import duplicates as pair_queries
from ideation.queries import themes as queries
from ideation.queries import vectors as vector_queries
from ideation.queries.challenges import find_challenge
from ideation.queries.jobs import is_handed_over, take_over_jobs
from ideation.rules.themes import is_large, looks_for_count, refresh_due_at, shortest_pause
from ideation.staging import stage_job
from ideation.text.encoder import Encoder, load_encoder
from workers.clustering.corpus import Corpus
from workers.clustering.stability import match_themes
from workers.clustering.themes import cluster
from workers.clustering.values import OUTSIDE, Themes
from workers.context import JobContext
from workers.environment import utc_now
from workers.jobs.analysis import Run, recorded
from workers.jobs.corpora import corpus_of, store_missing_vectors
from workers.jobs.duplicates import found_pairs, model_in_use, store_pairs
from workers.jobs.placing import pack_model
from workers.jobs.refining import encoder_of

EARLIER_IDEAS = 5_000
_SEED = 0


@dataclass(frozen=True, kw_only=True)
class Before:
    """What stood when a run began."""

    encoder: str
    themes: list[ThemeRow]
    model: StoredThemeModel | None
    earlier: NDArray[np.float32] | None

    @property
    def version(self) -> int:
        """The version of the themes; 0 before the first run."""
        return 0 if self.model is None else self.model.version


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a run found: themes under lasting ids, where each idea stands, the model for new ideas."""

    themes: list[FoundTheme]
    placed: list[PlacedIdea]
    model: StoredThemeModel


async def refresh_themes(context: JobContext) -> None:
    """Analyse a whole challenge; what changes meanwhile is left to the next run, which this one asks for at its end."""
    challenge = await find_challenge(context.connection, context.subject_id, context.now)
    if challenge is None or await _left_to_large_lane(context, challenge.id):
        return
    async with recorded(context, challenge.id, AnalysisKind.THEMES) as run:
        # Whoever stages a refresh from now on sees this run; those staged before need none of their own.
        await take_over_jobs(context.connection, "refresh_themes", challenge.id, utc_now())
        complete = await _analyse(context, challenge, run)
    await _stage_next(context, challenge.id, complete=complete)


async def _analyse(context: JobContext, challenge: Challenge, themes_run: Run) -> bool:
    """Find pairs, then themes; whether everything found could be written."""
    async with recorded(context, challenge.id, AnalysisKind.DUPLICATES) as run:
        await store_missing_vectors(context, challenge, load_encoder())
        encoder = await encoder_of(context, challenge)
        before = await _read_before(context, challenge.id, encoder)
        ideas = await vector_queries.list_analysed(context.connection, challenge.id, encoder.name)
        corpus = await asyncio.to_thread(corpus_of, ideas, challenge, encoder)
        complete = await _refresh_pairs(context, challenge, encoder, corpus, ideas, run)
    return await _refresh_themes(context, challenge, before, corpus, ideas, themes_run) and complete


async def _stage_next(context: JobContext, challenge_id: UUID, *, complete: bool) -> None:
    """Ask for the run after this one, when what changed since it began is enough or could not be written."""
    now = utc_now()
    progress = await queries.read_progress(context.connection, challenge_id, now)
    due_at = refresh_due_at(progress, now) if complete else now + shortest_pause(progress.last_seconds or 0.0)
    if due_at is not None:
        await stage_job(context.connection, "refresh_themes", challenge_id, now, queue="analysis", not_before=due_at)


async def _left_to_large_lane(context: JobContext, challenge_id: UUID) -> bool:
    """Hand a large challenge on to the lane that keeps no small one waiting; True when that was done."""
    if context.arguments.get("large"):
        return False
    now = utc_now()
    progress = await queries.read_progress(context.connection, challenge_id, now)
    if not is_large(progress.ideas):
        return False
    if await is_handed_over(context.connection, "refresh_themes", challenge_id):
        return True
    arguments: dict[str, object] = {"large": True}
    await stage_job(context.connection, "refresh_themes", challenge_id, now, arguments=arguments, queue="large")
    return True


async def _refresh_pairs(
    context: JobContext,
    challenge: Challenge,
    encoder: Encoder,
    corpus: Corpus,
    ideas: Sequence[AnalysedIdea],
    run: Run,
) -> bool:
    known = await pair_queries.list_known_pairs(context.connection, challenge.id)
    model = await model_in_use(context.connection, encoder.name)
    pairs = await asyncio.to_thread(found_pairs, corpus, ideas, model, known)
    proposed = [pair for pair in known if pair.state is PairState.PROPOSED]
    async with context.connection.transaction():
        unchanged = await store_pairs(context, challenge.id, ideas, pairs, proposed)
    run.idea_count = len(ideas)
    run.details = {
        "pairs": len(pairs),
        "left_to_next_run": len(ideas) - len(unchanged),
        "model": msgspec.to_builtins(model),
    }
    return len(unchanged) == len(ideas)


async def _refresh_themes(
    context: JobContext,
    challenge: Challenge,
    before: Before,
    corpus: Corpus,
    ideas: Sequence[AnalysedIdea],
    run: Run,
) -> bool:
    found = await asyncio.to_thread(find_themes, corpus, ideas, before, challenge.stop_words)
    async with context.connection.transaction():
        unchanged = await _store(context, challenge.id, ideas, before, found)
    run.idea_count = len(ideas)
    run.details = {
        "themes": len(found.themes),
        "outside": sum(idea.theme_id is None for idea in found.placed),
        "left_to_next_run": len(ideas) - len(unchanged),
    }
    return len(unchanged) == len(ideas)


async def _read_before(context: JobContext, challenge_id: UUID, encoder: Encoder) -> Before:
    """The model is read first: whatever changes afterwards makes its version old, and then nothing is written."""
    model = await queries.find_model(context.connection, challenge_id)
    earlier = await vector_queries.vectors_of_earlier(context.connection, challenge_id, encoder.name, EARLIER_IDEAS)
    return Before(
        encoder=encoder.name,
        model=model,
        themes=await queries.list_themes(context.connection, challenge_id),
        earlier=np.stack(earlier) if earlier else None,
    )


def find_themes(corpus: Corpus, ideas: Sequence[AnalysedIdea], before: Before, stop_words: Sequence[str]) -> Found:
    """Themes of a challenge that continue those before; the number is looked for again once the ideas grew by half."""
    fitted_ideas = None if before.model is None else before.model.fitted_ideas
    anew = looks_for_count(len(ideas), fitted_ideas)
    previous, places = _standing(ideas, before.themes)
    kept = [number for number, theme in enumerate(before.themes) if theme.pinned]
    themes = _cluster(corpus, previous, kept, places, before, stop_words, seek=anew)
    decided, kept = _with_kept(themes, ideas, before.themes)
    if not np.array_equal(decided, themes.theme_of):
        themes = _cluster(corpus, decided, kept, places, before, stop_words)
    ids = _lasting_ids(themes, ideas, before.themes)
    parents = _lasting_parents(themes, ids, before.themes, ideas)
    return Found(
        themes=_found_themes(themes, ids, parents),
        placed=_placed(themes, ids, ideas),
        model=StoredThemeModel(
            version=before.version + 1,
            encoder=before.encoder,
            model=pack_model(themes.model),
            theme_ids=ids,
            fitted_ideas=len(ideas) if anew else fitted_ideas or len(ideas),
            computed_at=utc_now(),
        ),
    )


def _cluster(
    corpus: Corpus,
    previous: NDArray[np.int64],
    kept: Sequence[int],
    places: NDArray[np.float64],
    before: Before,
    stop_words: Sequence[str],
    *,
    seek: bool = False,
) -> Themes:
    return cluster(
        corpus,
        encoder=before.encoder,
        seed=_SEED,
        previous=previous.tolist(),
        kept=kept,
        seek=seek,
        places_before=places if np.isfinite(places).any() else None,
        earlier=before.earlier,
        stop_words=stop_words,
    )


def _standing(
    ideas: Sequence[AnalysedIdea], themes: Sequence[ThemeRow]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The number of each idea's present theme, and its place on the map (NaN without one)."""
    numbers = {theme.id: number for number, theme in enumerate(themes)}
    theme_of = [OUTSIDE if idea.theme_id is None else numbers.get(idea.theme_id, OUTSIDE) for idea in ideas]
    places = [[np.nan if idea.x is None else idea.x, np.nan if idea.y is None else idea.y] for idea in ideas]
    return np.array(theme_of, dtype=np.int64), np.array(places, dtype=np.float64).reshape(len(ideas), 2)


def _with_kept(
    fresh: Themes, ideas: Sequence[AnalysedIdea], before: Sequence[ThemeRow]
) -> tuple[NDArray[np.int64], list[int]]:
    """Fresh themes with what people decided, and the numbers whose ideas may not move.

    A theme that people pinned keeps its ideas, one that they named keeps them where no fresh theme continues it.
    """
    number_of = {theme_id: number for number, theme_id in enumerate(_matches(fresh, ideas)) if theme_id is not None}
    theme_of = fresh.theme_of.copy()
    fixed: list[int] = []
    for theme in before:
        if not theme.pinned and (theme.name is None or theme.id in number_of):
            continue
        number = number_of.setdefault(theme.id, len(fresh.themes) + len(before) + len(number_of))
        theme_of[[row for row, idea in enumerate(ideas) if idea.theme_id == theme.id]] = number
        if theme.pinned:
            fixed.append(number)
    return theme_of, fixed


def _lasting_ids(themes: Themes, ideas: Sequence[AnalysedIdea], before: Sequence[ThemeRow]) -> list[UUID]:
    """The id of each theme: that of the earlier theme it continues, or a new one."""
    standing = {theme.id for theme in before}
    return [known if known in standing else new_id() for known in _matches(themes, ideas)]


def _matches(themes: Themes, ideas: Sequence[AnalysedIdea]) -> list[UUID | None]:
    members: dict[UUID, list[UUID]] = {}
    for idea in ideas:
        if idea.theme_id is not None:
            members.setdefault(idea.theme_id, []).append(idea.id)
    return _match(members, [[ideas[row].id for row in theme.members] for theme in themes.themes])


def _match(earlier: dict[UUID, list[UUID]], new: list[list[UUID]]) -> list[UUID | None]:
    matched: list[UUID | None] = [None] * len(new)
    known: dict[Hashable, Sequence[Hashable]] = dict(earlier.items())
    for match in match_themes(known, new):
        matched[match.new] = match.previous if isinstance(match.previous, UUID) else None
    return matched


def _lasting_parents(
    themes: Themes, ids: Sequence[UUID], before: Sequence[ThemeRow], ideas: Sequence[AnalysedIdea]
) -> list[UUID]:
    """The ids of the wider themes, likewise matched by the ideas that their themes hold."""
    parent_of = {theme.id: theme.parent_id for theme in before}
    earlier: dict[UUID, list[UUID]] = {}
    for idea in ideas:
        parent_id = None if idea.theme_id is None else parent_of.get(idea.theme_id)
        if parent_id is not None:
            earlier.setdefault(parent_id, []).append(idea.id)
    new = [
        [ideas[row].id for theme in parent.themes for row in themes.themes[theme].members] for parent in themes.parents
    ]
    taken = set(ids)
    return [known if known is not None and known not in taken else new_id() for known in _match(earlier, new)]


def _found_themes(themes: Themes, ids: Sequence[UUID], parents: Sequence[UUID]) -> list[FoundTheme]:
    wider = [
        FoundTheme(id=parent_id, parent_id=None, label=parent.label, terms=parent.terms)
        for parent_id, parent in zip(parents, themes.parents, strict=True)
    ]
    narrow = [
        FoundTheme(
            id=theme_id,
            parent_id=None if theme.parent is None else parents[theme.parent],
            label=theme.label,
            terms=theme.terms,
        )
        for theme_id, theme in zip(ids, themes.themes, strict=True)
    ]
    return wider + narrow


def _placed(themes: Themes, ids: Sequence[UUID], ideas: Sequence[AnalysedIdea]) -> list[PlacedIdea]:
    return [
        PlacedIdea(
            idea_id=idea.id,
            theme_id=None if themes.theme_of[row] == OUTSIDE else ids[themes.theme_of[row]],
            typicality=float(themes.typicality[row]),
            novelty=float(themes.novelty[row]),
            x=float(themes.places[row, 0]),
            y=float(themes.places[row, 1]),
        )
        for row, idea in enumerate(ideas)
    ]


async def _store(
    context: JobContext, challenge_id: UUID, ideas: Sequence[AnalysedIdea], before: Before, found: Found
) -> set[UUID]:
    """Write what was found for ideas that did not change; nothing when somebody changed the themes meanwhile."""
    await queries.hold_themes(context.connection, challenge_id)
    now = utc_now()
    current = await queries.find_model(context.connection, challenge_id, hold=True)
    if (0 if current is None else current.version) != before.version:
        return set()
    unchanged = await pair_queries.list_unchanged(
        context.connection, [idea.id for idea in ideas], [idea.revision for idea in ideas]
    )
    await queries.store_themes(context.connection, challenge_id, found.themes, now)
    placed = [idea for idea in found.placed if idea.idea_id in unchanged]
    await queries.store_placements(context.connection, challenge_id, placed, now)
    await queries.store_model(context.connection, challenge_id, found.model)
    return unchanged


async def split_theme(context: JobContext) -> None:
    """Divide a theme in two by its ideas' texts: the smaller part becomes a theme of its own; then all is refreshed."""
    theme = await queries.find_theme(context.connection, context.subject_id)
    challenge = None if theme is None else await find_challenge(context.connection, theme.challenge_id, context.now)
    if theme is None or challenge is None:
        return
    encoder = load_encoder()
    ideas = await vector_queries.list_analysed(context.connection, challenge.id, encoder.name)
    members = [idea for idea in ideas if idea.theme_id == theme.id]
    parts = await asyncio.to_thread(_divide, members, challenge, encoder)
    if parts is None:
        return
    part, label, terms = parts
    name = context.arguments.get("name")
    new = replace(theme, id=new_id(), label=label, terms=terms, name=name, pinned=True)
    async with context.connection.transaction():
        await queries.hold_themes(context.connection, challenge.id)
        await queries.split_theme(context.connection, theme, new, part, utc_now())
        await stage_job(context.connection, "refresh_themes", challenge.id, utc_now(), queue="analysis")


def _divide(
    members: Sequence[AnalysedIdea], challenge: Challenge, encoder: Encoder
) -> tuple[list[UUID], str, list[str]] | None:
    """The ideas of the smaller of two parts, with their label and terms; None when the theme cannot be divided."""
    corpus = corpus_of(members, challenge, encoder)
    themes = cluster(corpus, encoder=encoder.name, seed=_SEED, count=2, stop_words=challenge.stop_words).themes
    if len(themes) < 2:
        return None
    smaller = min(themes, key=lambda theme: len(theme.members))
    return [members[row].id for row in smaller.members], smaller.label, smaller.terms
