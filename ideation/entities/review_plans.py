"""How far directed reviewing goes by itself."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class SetReviewPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for one review of each idea of the pool, then for batches where they tell most, until enough is known.

    It is enough when no more than `target_wrong_calls` of the top k, in or out, are expected to be wrong, or when
    `review_budget` reviews were asked for.
    """

    target_wrong_calls: Annotated[float, Meta(ge=0, le=500, description="Wrong ins and outs of the top k.")]
    review_budget: Annotated[int, Meta(ge=1, le=100_000, description="Most reviews to ask for in all.")]
    batch_size: Annotated[int, Meta(ge=1, le=1000, description="Reviews asked for at a time.")] = 24


class ReviewPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `review_plans`, with the name of who set it."""

    challenge_id: UUID
    target_wrong_calls: float
    review_budget: int
    batch_size: int
    set_by: UUID
    set_by_name: str
    set_at: datetime


class PlanProgress(msgspec.Struct, frozen=True, kw_only=True):
    """Reviews asked for that stand, those of them not sent yet, and what the latest panel ranking expects."""

    asked: int
    open: int
    expected_wrong_calls: float | None


class PlanReason(StrEnum):
    """Why further reviews are asked for, or not."""

    GOING_ON = "going_on"
    TARGET_REACHED = "target_reached"
    BUDGET_SPENT = "budget_spent"


class ReviewPlanOut(msgspec.Struct, frozen=True, kw_only=True):
    """The plan, how far it is, and whether it goes on.

    `stopped` once the target or the budget is reached, as `reason` names it and `why` says in words.
    `expected_wrong_calls` is None before the first review was sent.
    """

    target_wrong_calls: float
    review_budget: int
    batch_size: int
    set_by: UUID
    set_by_name: str
    set_at: datetime
    asked: int
    open: int
    expected_wrong_calls: float | None
    stopped: bool
    reason: PlanReason
    why: str
