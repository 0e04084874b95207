"""Pairs of ideas that may say the same: of one new idea, or of a whole challenge."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from ideation.database import Connection
from ideation.entities.challenges import Challenge
from ideation.entities.duplicates import FoundPair, KnownPair, PairState, StoredModel
from ideation.entities.jobs import AnalysisKind
from ideation.entities.vectors import AnalysedIdea, IdeaText
from ideation.queries import duplicates as queries
from ideation.queries import themes as theme_queries
from ideation.queries import vectors as vector_queries
from ideation.queries.challenges import count_ideas, find_challenge
from ideation.queries.words import ask_words, nearest_by_words
from ideation.rules.themes import refresh_due_at
from ideation.rules.words import telling_words, word_weights
from ideation.staging import stage_job
from ideation.text.encoder import Encoder, encode_ideas, load_encoder
from ideation.text.templates import own_text
from ideation.text.transformer import load_transformer
from workers.clustering.corpus import Corpus
from workers.clustering.duplicates import ProposedPair, propose_pairs
from workers.clustering.features import FEATURES
from workers.clustering.pair_model import FittedModel, PairModel, fit_from_verdicts, shipped_model, weighed_for
from workers.context import JobContext
from workers.environment import utc_now
from workers.jobs.analysis import recorded
from workers.jobs.corpora import corpus_of
from workers.jobs.placing import place_idea
from workers.jobs.refining import refine_idea

NEAREST_BY_MEANING = 30
NEAREST_BY_WORDS = 20
WORDS_ASKED_FOR = 12
MOST_IDEAS_BY_WORDS = 2_000
# So that the weight of a word follows from the challenge's ideas and not only from the few that are alike.
BACKGROUND = 300


async def find_duplicates(context: JobContext) -> None:
    """Compare one idea with those of its challenge, place it among the themes, and see whether these are due."""
    text = await vector_queries.find_text(context.connection, context.subject_id)
    if text is None:
        # Hidden, withdrawn or merged meanwhile; when it takes part again, it must be found as quickly as others.
        await vector_queries.index_vector(context.connection, context.subject_id)
        return
    challenge = await find_challenge(context.connection, text.challenge_id, context.now)
    if challenge is None:
        return
    async with recorded(context, challenge.id, AnalysisKind.DUPLICATES) as run:
        run.details["idea_id"] = str(text.id)
        run.idea_count = await _compare(context, challenge, text)
    await _stage_refresh(context, challenge.id)


async def _compare(context: JobContext, challenge: Challenge, text: IdeaText) -> int:
    """Find the idea's pairs and its place; returns how many ideas were looked at."""
    encoder = load_encoder()
    own = own_text(text.title, text.body, challenge.idea_template)
    vector = encode_ideas(encoder, [own])
    async with context.connection.transaction():
        await vector_queries.store_vectors(context.connection, encoder.name, [text], vector)
        known = await queries.list_known_pairs(context.connection, challenge.id, text.id)
        near, others = await _candidates(context.connection, text, own, encoder.name)
    wanted = {text.id, *near, *others, *(idea for pair in known for idea in (pair.idea_a, pair.idea_b))}
    refined = await refine_idea(context, text, own)
    used, ideas = await _best_vectors(context, challenge.id, list(wanted))
    model = await model_in_use(context.connection, used.name)
    among = await queries.list_pairs_among(context.connection, list(wanted))
    joined = [pair for pair in among if text.id not in (pair.idea_a, pair.idea_b)]
    weighed = weighed_for(model, await count_ideas(context.connection, challenge.id))
    pairs = await asyncio.to_thread(_pairs_of_one, ideas, challenge, used, weighed, known, joined, text.id)
    vectors = {encoder.name: vector} if refined is None else {encoder.name: vector, load_transformer().name: refined}
    async with context.connection.transaction():
        await store_pairs(context, challenge.id, ideas, pairs, [pair for pair in known if pair.state == "proposed"])
        await place_idea(context, challenge.id, text, vectors, near)
    return len(ideas)


async def _best_vectors(
    context: JobContext, challenge_id: UUID, wanted: Sequence[UUID]
) -> tuple[Encoder, list[AnalysedIdea]]:
    """The ideas with refined vectors when all of them have one, with static ones otherwise."""
    if context.settings.refine_ideas:
        refined = load_transformer()
        ideas = await vector_queries.list_analysed(context.connection, challenge_id, refined.name, wanted)
        if all(idea.vector is not None for idea in ideas):
            return refined, ideas
    static = load_encoder()
    return static, await vector_queries.list_analysed(context.connection, challenge_id, static.name, wanted)


async def _candidates(connection: Connection, text: IdeaText, own: str, encoder: str) -> tuple[list[UUID], list[UUID]]:
    """The nearest ideas by meaning; and those near by words with some that stand for all."""
    near = await vector_queries.nearest_by_meaning(connection, text.challenge_id, text.id, encoder, NEAREST_BY_MEANING)
    asked = await ask_words(connection, own)
    weights = word_weights(asked)
    rare = {word: weights[word] for word in telling_words(asked, WORDS_ASKED_FOR, most_ideas=MOST_IDEAS_BY_WORDS)}
    by_words = await nearest_by_words(connection, rare, [text.challenge_id], NEAREST_BY_WORDS + 1)
    return near, [*by_words, *await vector_queries.sample(connection, text.challenge_id, BACKGROUND)]


def _pairs_of_one(
    ideas: Sequence[AnalysedIdea],
    challenge: Challenge,
    encoder: Encoder,
    model: PairModel,
    known: Sequence[KnownPair],
    joined: Sequence[KnownPair],
    idea_id: UUID,
) -> list[FoundPair]:
    corpus = corpus_of(ideas, challenge, encoder)
    only_with = [row for row, idea in enumerate(ideas) if idea.id == idea_id]
    return found_pairs(corpus, ideas, model, known, joined=joined, only_with=only_with) if only_with else []


def found_pairs(
    corpus: Corpus,
    ideas: Sequence[AnalysedIdea],
    model: PairModel,
    known: Sequence[KnownPair],
    *,
    joined: Sequence[KnownPair] = (),
    only_with: Sequence[int] | None = None,
) -> list[FoundPair]:
    """The pairs among these ideas that people should look at; those with a verdict never come back.

    Nor do those that follow from confirmed or `joined` ones.
    """
    confirmed = [pair for pair in known if pair.state is PairState.CONFIRMED]
    proposed = propose_pairs(
        corpus,
        load_encoder(),
        model=model,
        excluded=_rows_of([pair for pair in known if pair.state is not PairState.PROPOSED], ideas),
        joined=_rows_of([*confirmed, *joined], ideas),
        only_with=only_with,
    )
    return [_found(pair, ideas) for pair in proposed]


def _rows_of(pairs: Sequence[KnownPair], ideas: Sequence[AnalysedIdea]) -> set[tuple[int, int]]:
    rows = {idea.id: row for row, idea in enumerate(ideas)}
    return {(rows[pair.idea_a], rows[pair.idea_b]) for pair in pairs if pair.idea_a in rows and pair.idea_b in rows}


def _found(pair: ProposedPair, ideas: Sequence[AnalysedIdea]) -> FoundPair:
    return FoundPair(
        idea_a=ideas[pair.first].id,
        idea_b=ideas[pair.second].id,
        probability=min(max(pair.probability, 0.0), 1.0),
        evidence=msgspec.to_builtins(pair.evidence),
        model_version=pair.model_version,
    )


async def store_pairs(
    context: JobContext,
    challenge_id: UUID,
    ideas: Sequence[AnalysedIdea],
    pairs: Sequence[FoundPair],
    proposed: Sequence[KnownPair],
) -> set[UUID]:
    """Write the pairs of ideas that did not change meanwhile and take back what is no longer found.

    Returns the ideas that did not change; needs a transaction.
    """
    unchanged = await queries.list_unchanged(
        context.connection, [idea.id for idea in ideas], [idea.revision for idea in ideas]
    )
    found = {(pair.idea_a, pair.idea_b) for pair in pairs}
    gone = [(pair.idea_a, pair.idea_b) for pair in proposed if (pair.idea_a, pair.idea_b) not in found]
    await queries.remove_pairs(context.connection, [pair for pair in gone if _both(pair, unchanged)])
    kept = [pair for pair in pairs if _both((pair.idea_a, pair.idea_b), unchanged)]
    await queries.add_pairs(context.connection, challenge_id, kept, utc_now())
    return unchanged


def _both(pair: tuple[UUID, UUID], among: Collection[UUID]) -> bool:
    return pair[0] in among and pair[1] in among


async def model_in_use(connection: Connection, encoder: str) -> PairModel:
    """The model of this installation's verdicts, if it weighs what is measured today, or the shipped one."""
    stored = await queries.newest_model(connection, encoder)
    own = None if stored is None else msgspec.convert(stored.model, PairModel)
    return own if own is not None and own.features == FEATURES else shipped_model(encoder)


async def _stage_refresh(context: JobContext, challenge_id: UUID) -> None:
    now = utc_now()
    due_at = refresh_due_at(await theme_queries.read_progress(context.connection, challenge_id, now), now)
    if due_at is not None:
        await stage_job(context.connection, "refresh_themes", challenge_id, now, queue="analysis", not_before=due_at)


async def fit_duplicate_model(context: JobContext) -> None:
    """Fit models of this installation's own verdicts on the workers' suggestions, where there are enough of them."""
    for encoder in (load_encoder().name, load_transformer().name):
        features, confirmed = training_of(await queries.list_training(context.connection, encoder))
        version = f"own/{len(confirmed)} {encoder}"
        fitted = await asyncio.to_thread(fit_from_verdicts, features, confirmed, version=version)
        if fitted is not None:
            await queries.add_model(context.connection, encoder, _stored(fitted, confirmed))


def training_of(verdicts: Sequence[tuple[list[dict[str, Any]], bool]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Features of decided suggestions, shape (n, 11), and the verdicts; only where just these parts were measured."""
    usable = [(parts, confirmed) for parts, confirmed in verdicts if _names(parts) == FEATURES]
    features = np.array([[part["value"] for part in parts] for parts, _ in usable], dtype=np.float64)
    confirmed = np.array([confirmed for _, confirmed in usable], dtype=np.bool_)
    return features.reshape(-1, len(FEATURES)), confirmed


def _stored(fitted: FittedModel, confirmed: NDArray[np.bool_]) -> StoredModel:
    return StoredModel(
        model=msgspec.to_builtins(fitted.model),
        curve=msgspec.to_builtins(fitted.curve),
        confirmed=int(confirmed.sum()),
        dismissed=int((~confirmed).sum()),
        fitted_at=utc_now(),
    )


def _names(parts: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(part["name"] for part in parts)
