"""The lines of an import or export: one JSON object each, told apart by `kind`; people go by their e-mail."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.challenges import Authorship, VotingMethod
from ideation.entities.challenges_forms import Anchors
from ideation.entities.fields import Body, CommentBody, Email, Moment, Name, Note, Tags, Title
from ideation.entities.people import Site

ExternalId = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
LineKind = Literal["person", "idea", "vote", "comment", "review", "decision"]
# The order in which kinds depend on each other; an export is written in it.
LINE_KINDS: tuple[LineKind, ...] = ("person", "idea", "vote", "comment", "review", "decision")


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    pass


class CriterionLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One criterion of the challenge line."""

    key: str
    label: str
    description: str = ""
    weight: float
    scale_min: int = 1
    scale_max: int = 5
    anchors: Anchors = []


class ChallengeLine(_Line, tag="challenge", frozen=True, kw_only=True):
    """The first line of an export: the challenge itself. An import into an existing challenge passes over it."""

    question: str
    brief: str = ""
    voting_method: VotingMethod = VotingMethod.YES_NO
    authorship: Authorship = Authorship.SHOWN
    shortlist_size: int = 20
    criteria: list[CriterionLine] = []


class PersonLine(_Line, tag="person", frozen=True, kw_only=True):
    """Somebody the other lines refer to; added only where no person has that e-mail, and only by an administrator."""

    email: Email
    name: Name
    department: Name
    site: Site = ""


class IdeaLine(_Line, tag="idea", frozen=True, kw_only=True):
    """One submitted idea."""

    id: ExternalId
    author: Email
    title: Title
    body: Body = ""
    tags: Tags = []
    co_authors: list[Email] = []
    submitted_at: Moment


class VoteLine(_Line, tag="vote", frozen=True, kw_only=True):
    """One person's answer to one idea: yes, no, skip, 1 to 5 stars or tokens; `dealt` when it answered a dealt card."""

    idea: ExternalId
    person: Email
    answer: Literal["yes", "no", "skip"] | Annotated[int, Meta(ge=0, le=100)]
    dealt: bool = True
    position: Annotated[int, Meta(ge=1, le=10_000)] = 1
    at: Moment


class CommentLine(_Line, tag="comment", frozen=True, kw_only=True):
    """One comment; `parent` is the id of the comment it replies to."""

    id: ExternalId
    idea: ExternalId
    author: Email
    body: CommentBody
    parent: ExternalId | None = None
    at: Moment


class ReviewLine(_Line, tag="review", frozen=True, kw_only=True):
    """One sent review: a score for every criterion of the challenge, by the criterion's key."""

    id: ExternalId
    idea: ExternalId
    reviewer: Email
    scores: dict[str, int]
    comment: Body = ""
    at: Moment


class DecisionLine(_Line, tag="decision", frozen=True, kw_only=True):
    """The outcome of one idea with its reason and lesson."""

    idea: ExternalId
    outcome: Literal["under_review", "selected", "planned", "implemented", "declined", "already_exists"]
    reason: Note = ""
    lesson: Note = ""
    at: Moment


Line = ChallengeLine | PersonLine | IdeaLine | VoteLine | CommentLine | ReviewLine | DecisionLine


class Rejection(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was not taken, and why: in words, and as a stable code with its values.

    `code` is None for lines rejected before codes were kept.
    """

    line_number: int
    reason: str
    code: str | None = None
    details: dict[str, Any] = {}


class ImportOut(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import is; `lines_done` is where a resumed upload goes on."""

    id: UUID
    challenge_id: UUID
    format: str
    source_name: str
    state: str
    lines_done: int
    accepted: int
    rejected: int
    started_at: datetime
    finished_at: datetime | None
    error: str | None
