"""Conflicts of interest between a reviewer and an idea."""

from enum import StrEnum
from uuid import UUID

import msgspec

from ideation.entities.fields import Reason


class ConflictKind(StrEnum):
    """Why somebody must not review an idea, the strongest reason first."""

    AUTHOR = "author"
    CO_AUTHOR = "co_author"
    OWN_DEPARTMENT = "own_department"
    MANAGER = "manager"
    DECLARED = "declared"


class PairConflict(msgspec.Struct, frozen=True, kw_only=True):
    """One person who must not review one idea."""

    idea_id: UUID
    person_id: UUID
    kind: ConflictKind


class DeclareConflict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reviewer hands an idea back because of a conflict that the system cannot know."""

    reason: Reason
