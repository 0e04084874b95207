"""The usage policy: numbered versions, and who accepted which one when."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.fields import Title

PolicyText = Annotated[
    str, Meta(min_length=1, max_length=100_000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$", description="Markdown.")
]


class NewPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new version of the policy, in force at once: everybody has to accept it before taking part again."""

    title: Title
    body: PolicyText


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the policy."""

    version: int
    title: str
    body: str
    body_sha256: Annotated[str, Meta(description="SHA-256 of the body in UTF-8, in hexadecimal.")]
    published_by: UUID | None
    published_at: datetime


class PolicyHeading(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the policy in a list."""

    version: int
    title: str
    body_sha256: str
    published_at: datetime


class PolicyAcceptance(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody accepted a version."""

    policy_version: int
    accepted_at: datetime


class PolicyShare(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the active people accepted a version; the share is null when nobody is active."""

    policy_version: int
    active_people: int
    accepted_people: int
    share: float | None


class AcceptanceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the export of acceptances; people who left stay in it."""

    policy_version: int
    body_sha256: str
    person_id: UUID
    name: str
    email: str
    department: str
    active: bool
    accepted_at: datetime
