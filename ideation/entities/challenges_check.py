"""What speaks against publishing a challenge as it stands, and what its owner may have overlooked."""

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta


class Concern(StrEnum):
    """What is found. The first six prevent publishing, the others are advice."""

    MISSING = "missing"
    ONE_SIDED_END = "one_sided_end"
    NOT_AFTER = "not_after"
    BEFORE = "before"
    OVER = "over"
    WEIGHTS = "weights"
    OPENS_AT_ONCE = "opens_at_once"
    SHORT_VOTING = "short_voting"
    WEEKEND = "weekend"
    NO_ANSWER_DATE = "no_answer_date"
    NO_REVIEW_DATES = "no_review_dates"
    NO_CRITERIA = "no_criteria"
    NO_BRIEF = "no_brief"
    ALWAYS_ON = "always_on"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One concern about a field, compared with another one where two dates do not go together."""

    concern: Concern
    field: str
    other: str | None = None
    prevents_publishing: bool = False


class ChallengeCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the challenge can be published now, and everything there is to say about its dates and criteria."""

    ready: bool
    findings: Annotated[list[Finding], Meta(description="What prevents publishing first, then advice.")]
