"""What ideas would cost, as estimated by those who run their challenge."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.fields import Money


class NewCost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The estimated cost of one idea; null takes an earlier estimate back."""

    idea_id: UUID
    cost: Money | None


class SetCosts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Estimated costs of ideas, all in the currency of one budget."""

    costs: Annotated[list[NewCost], Meta(min_length=1, max_length=1000)]


class ApprovedCosts(msgspec.Struct, frozen=True, kw_only=True):
    """What the approved ideas of a challenge cost together; nobody has estimated `without_cost` of them."""

    ideas: int
    cost: float
    without_cost: int


class IdeaCost(msgspec.Struct, frozen=True, kw_only=True):
    """The estimated cost of an idea, and who gave it."""

    idea_id: UUID
    title: str
    cost: float
    given_by: UUID
    given_by_name: str
    given_at: datetime
