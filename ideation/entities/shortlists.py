"""Shortlists: the k ideas the panel talks about, chosen by rank and diversity, changed by hand with a reason."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.fields import Money, Reason

Place = Annotated[int, Meta(ge=1, le=500, description="Place on the list, 1 is first.")]


class ShortlistMethod(StrEnum):
    """`diverse`: best and diverse; `knapsack`: most expected winners for a sponsor's budget; `equal_shares`: a crowd's
    budget, of which every voter holds an equal share."""

    DIVERSE = "diverse"
    KNAPSACK = "knapsack"
    EQUAL_SHARES = "equal_shares"


class MakeShortlist(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make a new shortlist from the latest ranking; without a size, the challenge's own.

    `knapsack` and `equal_shares` need a `budget` and choose among the ideas whose cost is known.
    """

    size: Annotated[int, Meta(ge=1, le=500)] | None = None
    method: ShortlistMethod = ShortlistMethod.DIVERSE
    budget: Money | None = None


class _Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="change"):
    """A change by hand; everybody who sees the list sees it and its reason."""

    idea_id: UUID
    reason: Reason


class AddToShortlist(_Change, frozen=True, kw_only=True, tag="add"):
    """Put an idea on the list, at the end or at a place."""

    position: Place | None = None


class RemoveFromShortlist(_Change, frozen=True, kw_only=True, tag="remove"):
    """Take an idea off the list."""


class MoveOnShortlist(_Change, frozen=True, kw_only=True, tag="move"):
    """Give an idea another place."""

    position: Place


ShortlistChange = AddToShortlist | RemoveFromShortlist | MoveOnShortlist


class RankedCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """An idea near the top of a ranking. `vector` is None where its text could not be encoded, `cost` where nobody has
    estimated it."""

    idea_id: UUID
    score: float
    probability_top: float = 0.0
    cost: float | None = None
    theme_id: UUID | None
    vector: Any


class BudgetUse(msgspec.Struct, frozen=True, kw_only=True):
    """How a budget was laid out. `without_cost`: ideas left out because nobody has estimated their cost.

    `voters`: whose equal shares paid, 0 where a sponsor does. `completed`: ideas that the shares of their own voters
    could not pay in full, bought with what was left over. `bought`: how many ideas; `of_the_best`: how many of them
    would be on the list without a budget; both None in lists made before they were kept.
    """

    method: ShortlistMethod
    budget: float
    spent: float
    without_cost: int
    voters: int
    completed: list[UUID]
    bought: int | None = None
    of_the_best: int | None = None


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What diversity, or a budget, costs. `cost_share`: mean score given up, as a share of the scores' range.

    `text` says it in words. `over_cap`: better ideas left out because their theme was full. `folded`: near-duplicates
    that a better idea on the list stands for. `budget`: how it was laid out, None for a list without one.
    """

    cost_share: float
    themes: int
    themes_by_score_alone: int
    over_cap: list[UUID]
    folded: dict[UUID, UUID]
    text: str
    budget: BudgetUse | None = None


class StoredShortlist(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `shortlists`."""

    id: UUID
    challenge_id: UUID
    ranking_id: UUID
    size: int
    price: Price
    created_by: UUID | None
    created_at: datetime
    version: int


class ShortlistEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An idea on the list. The changed_* fields and `reason` are set where a person put it there or moved it."""

    idea_id: UUID
    title: str
    position: int
    theme: str | None
    state: str
    rank: int | None
    score: float | None
    probability_top: float | None
    cost: float | None
    changed_by: UUID | None
    changed_by_name: str | None
    reason: str


class ShortlistAudit(msgspec.Struct, frozen=True, kw_only=True):
    """A change by hand, removals included."""

    at: datetime
    by: str | None
    change: str
    idea_id: UUID
    title: str
    reason: str


class ShortlistOut(msgspec.Struct, frozen=True, kw_only=True):
    """The latest shortlist of a challenge. `cost`: what its ideas cost together, as far as their costs are known."""

    id: UUID
    challenge_id: UUID
    ranking_id: UUID
    ranking_kind: str
    size: int
    price: Price
    cost: float
    entries: list[ShortlistEntry]
    changes: list[ShortlistAudit]
    created_at: datetime
    version: int
