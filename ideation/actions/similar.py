"""Similar ideas, over this challenge and all others a person may see: found as soon as they are committed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ideation.actions.challenges import find_visible_challenge
from ideation.actions.ideas_reading import find_visible_idea
from ideation.actions.vectors import encode
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.similar import NearIdea, SimilarIdea, SimilarRequest
from ideation.queries import similar as queries
from ideation.queries.vectors import telling_words, word_weights
from ideation.rules.similar import order_by_likeness
from ideation.text.encoder import load_encoder
from ideation.text.explain import passages, shared_terms
from ideation.text.normalise import idea_text, plain_text
from ideation.text.templates import own_text

_CANDIDATES = 40
_WORDS_ASKED_FOR = 8
_MOST_IDEAS_BY_WORDS = 500
_LEAST_SIMILARITY = 0.25
_SENTENCES_LOOKED_AT = 6


async def find_similar(
    connection: Connection, actor: Actor, challenge_id: UUID, request: SimilarRequest, now: datetime
) -> list[SimilarIdea]:
    """What is near a text that is being typed."""
    challenge = await find_visible_challenge(connection, actor, challenge_id, now)
    text = own_text(request.title, request.body, challenge.idea_template)
    return await _near(connection, actor, challenge_id, text, limit=request.limit, without=[])


async def find_similar_to_idea(
    connection: Connection, actor: Actor, idea_id: UUID, *, limit: int, now: datetime
) -> list[SimilarIdea]:
    """What is near an idea, other than itself and what it is merged with."""
    seen = await find_visible_idea(connection, actor, idea_id, now)
    text = own_text(seen.idea.title, seen.idea.body, seen.challenge.idea_template)
    without = [idea_id, *filter(None, [seen.idea.canonical_id])]
    return await _near(connection, actor, seen.idea.challenge_id, text, limit=limit, without=without)


async def _near(
    connection: Connection, actor: Actor, challenge_id: UUID, text: str, *, limit: int, without: Sequence[UUID]
) -> list[SimilarIdea]:
    encoder = load_encoder()
    vector = (await encode(text))[0]
    challenges = await queries.list_visible(connection, actor)
    by_meaning = (
        await queries.nearest_by_meaning(connection, vector, encoder.name, challenges, _CANDIDATES)
        if vector.any()
        else []
    )
    words = await telling_words(connection, text, _WORDS_ASKED_FOR, most_ideas=_MOST_IDEAS_BY_WORDS)
    by_words = await queries.nearest_by_words(connection, words, challenges, _CANDIDATES) if words else []
    found = list(dict.fromkeys([*by_meaning, *by_words]))
    candidates = await queries.list_candidates(connection, found, vector, encoder.name)
    ordered = order_by_likeness(candidates, await word_weights(connection, text))
    near = await queries.list_near(connection, ordered, vector, encoder.name, without=without, limit=2 * limit)
    kept = [idea for idea in near if (idea.similarity or 0.0) >= _LEAST_SIMILARITY or idea.id in by_words][:limit]
    nearest = _nearest_passages(kept, vector)
    return [_similar(idea, passage, text, challenge_id) for idea, passage in zip(kept, nearest, strict=True)]


def _similar(idea: NearIdea, passage: str | None, text: str, challenge_id: UUID) -> SimilarIdea:
    return SimilarIdea(
        idea_id=idea.id,
        challenge_id=idea.challenge_id,
        question=idea.question,
        same_challenge=idea.challenge_id == challenge_id,
        title=idea.title,
        state=idea.state,
        submitted_at=idea.submitted_at,
        similarity=min(max(idea.similarity or 0.0, 0.0), 1.0),
        shared_terms=shared_terms(text, idea_text(idea.title, idea.body)),
        matching_passage=passage,
        outcome=idea.outcome,
        reason=idea.reason,
        lesson=idea.lesson,
        decided_at=idea.decided_at,
    )


def _nearest_passages(ideas: Sequence[NearIdea], vector: NDArray[np.float32]) -> list[str | None]:
    """Of each idea the sentence of its body that is nearest in meaning; all are encoded in one go."""
    sentences = [passages(plain_text(idea.body))[:_SENTENCES_LOOKED_AT] if vector.any() else [] for idea in ideas]
    cosines = load_encoder().encode([sentence for each in sentences for sentence in each]) @ vector
    starts = np.cumsum([0, *(len(each) for each in sentences)])
    return [
        each[int(np.argmax(cosines[start : start + len(each)]))] if each else None
        for start, each in zip(starts, sentences, strict=False)
    ]
