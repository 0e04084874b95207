"""Similar ideas, over this challenge and all others a person may see: found as soon as they are committed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ideation.actions.challenges import find_visible_challenge
from ideation.actions.ideas_reading import find_visible_idea
from ideation.actions.vectors import encode
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.similar import IdeaVectors, NearIdea, SimilarIdea, SimilarRequest
from ideation.queries import similar as queries
from ideation.queries.words import ask_words, nearest_by_words
from ideation.rules.similar import order_by_likeness
from ideation.rules.words import telling_words, word_weights
from ideation.text.encoder import load_encoder
from ideation.text.explain import spelled, spellings
from ideation.text.reading import Reading, likely_sentences, read_idea, sentence_vectors
from ideation.text.templates import own_text

_CANDIDATES = 40
_WORDS_ASKED_FOR = 8
_MOST_IDEAS_BY_WORDS = 500
_LEAST_SIMILARITY = 0.25
_SENTENCES_COMPARED = 3
# Of the ideas found some are hidden or stand for one another.
_FOUND_FOR_EACH_SHOWN = 4


async def find_similar(
    connection: Connection, actor: Actor, challenge_id: UUID, request: SimilarRequest, now: datetime
) -> list[SimilarIdea]:
    """What is near a text that is being typed."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    text = own_text(request.title, request.body, challenge.idea_template)
    vectors = IdeaVectors(vector=(await encode([text]))[0])
    return await _near(connection, actor, challenge_id, text, vectors, limit=request.limit, without=[])


async def find_similar_to_idea(
    connection: Connection, actor: Actor, idea_id: UUID, *, limit: int, now: datetime
) -> list[SimilarIdea]:
    """What is near an idea, other than itself and what it is merged with; by refined vectors where there are some."""
    seen = await find_visible_idea(connection, actor, idea_id, now)
    text = own_text(seen.idea.title, seen.idea.body, seen.challenge.idea_template)
    vectors = await queries.find_vectors(connection, idea_id, load_encoder().name)
    if vectors.vector is None:
        vectors = IdeaVectors(vector=(await encode([text]))[0])
    without = [idea_id, *filter(None, [seen.idea.canonical_id])]
    return await _near(connection, actor, seen.idea.challenge_id, text, vectors, limit=limit, without=without)


async def _near(
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    text: str,
    vectors: IdeaVectors,
    *,
    limit: int,
    without: Sequence[UUID],
) -> list[SimilarIdea]:
    encoder = load_encoder()
    challenges = await queries.list_visible(connection, actor)
    by_meaning = (
        await queries.nearest_by_meaning(connection, vectors.vector, encoder.name, challenges, _CANDIDATES)
        if vectors.vector.any()
        else []
    )
    asked = await ask_words(connection, text)
    weights = word_weights(asked)
    telling = telling_words(asked, _WORDS_ASKED_FOR, most_ideas=_MOST_IDEAS_BY_WORDS)
    rare = {word: weights[word] for word in telling}
    by_words = await nearest_by_words(connection, rare, challenges, _CANDIDATES)
    found = list(dict.fromkeys([*by_meaning, *by_words]))
    candidates = await queries.list_candidates(connection, found, vectors, encoder.name)
    ordered = order_by_likeness(candidates, weights)[: _FOUND_FOR_EACH_SHOWN * (limit + len(without))]
    near = await queries.list_near(connection, actor, ordered, without=without, limit=2 * limit)
    kept = [idea for idea in near if (idea.similarity or 0.0) >= _LEAST_SIMILARITY or idea.id in by_words][:limit]
    return _explained(kept, spellings(text), vectors.vector, challenge_id)


def _explained(
    ideas: Sequence[NearIdea], asked: Mapping[str, str], vector: NDArray[np.float32], challenge_id: UUID
) -> list[SimilarIdea]:
    readings = [read_idea(idea.title, idea.body) for idea in ideas]
    nearest = _nearest_passages(readings, asked, vector)
    return [
        _similar(idea, spelled(reading.stems, asked), passage, challenge_id)
        for idea, reading, passage in zip(ideas, readings, nearest, strict=True)
    ]


def _similar(idea: NearIdea, shared: list[str], passage: str | None, challenge_id: UUID) -> SimilarIdea:
    return SimilarIdea(
        idea_id=idea.id,
        challenge_id=idea.challenge_id,
        question=idea.question,
        same_challenge=idea.challenge_id == challenge_id,
        title=idea.title,
        state=idea.state,
        submitted_at=idea.submitted_at,
        similarity=min(max(idea.similarity or 0.0, 0.0), 1.0),
        shared_terms=shared,
        matching_passage=passage,
        outcome=idea.outcome,
        reason=idea.reason,
        lesson=idea.lesson,
        decided_at=idea.decided_at,
    )


def _nearest_passages(
    readings: Sequence[Reading], asked: Mapping[str, str], vector: NDArray[np.float32]
) -> list[str | None]:
    """Of each idea the sentence that is nearest in meaning among those that share most words."""
    sentences = [likely_sentences(one, asked, _SENTENCES_COMPARED) if vector.any() else [] for one in readings]
    cosines = sentence_vectors().of([sentence for each in sentences for sentence in each]) @ vector
    starts = np.cumsum([0, *(len(each) for each in sentences)])
    return [
        each[int(np.argmax(cosines[start : start + len(each)]))] if each else None
        for start, each in zip(starts, sentences, strict=False)
    ]
