"""The text and the vector of ideas, as analyses read them."""

from typing import Any
from uuid import UUID

import msgspec

from ideation.entities.ideas import Idea


class IdeaText(msgspec.Struct, frozen=True, kw_only=True):
    """The wording of an idea at one revision; the body may be cut where analyses stop reading."""

    id: UUID
    challenge_id: UUID
    revision: int
    title: str
    body: str


class AnalysedIdea(msgspec.Struct, frozen=True, kw_only=True):
    """A wording with what earlier analyses know of it: `vector` is a float32 array, x and y its place on the map."""

    id: UUID
    revision: int
    title: str
    body: str
    vector: Any
    theme_id: UUID | None
    x: float | None
    y: float | None


class SubmittedIdea(msgspec.Struct, frozen=True, kw_only=True):
    """A new idea with its vector, a float32 array, and the request it came with; None where no word of it is known."""

    idea: Idea
    vector: Any
    request_id: str | None
