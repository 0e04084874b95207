"""Authors of an idea: the first one, and co-authors who were invited and agreed or declined."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class AuthorStatus(StrEnum):
    """Where an invitation to be a co-author stands; the first author has agreed from the start."""

    INVITED = "invited"
    AGREED = "agreed"
    DECLINED = "declined"


class Invitation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The colleague to invite as a co-author."""

    person_id: UUID


class InvitationAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the invited person agrees to be named as a co-author."""

    agree: bool


class CoAuthor(msgspec.Struct, frozen=True, kw_only=True):
    """One author as the authors themselves see it."""

    person_id: UUID
    name: str
    department: str
    is_first: bool
    status: AuthorStatus
    invited_at: datetime


class Invitee(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known of a person who is to be invited."""

    active: bool
    in_audience: bool
    status: AuthorStatus | None
    author_count: int
