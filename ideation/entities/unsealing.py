"""Unsealing: two people in two different roles open the author of a sealed idea, and a record stays."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from ideation.entities.fields import Reason

# The role somebody acts in: one of the company's, or running this challenge.
UnsealingRole = Literal["moderator", "administrator", "challenge_owner"]


class UnsealingRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an author must be known, and the role in which this is asked."""

    role: UnsealingRole
    reason: Reason


class UnsealingApproval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The role in which somebody else approves; another one than it was asked in."""

    role: UnsealingRole


class Unsealing(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `unsealings`."""

    id: UUID
    idea_id: UUID
    challenge_id: UUID
    reason: str
    requested_by: UUID
    requested_role: UnsealingRole
    requested_at: datetime
    approved_by: UUID | None
    approved_role: UnsealingRole | None
    approved_at: datetime | None
