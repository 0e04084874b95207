"""People, their roles, and the person on whose behalf something is done."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ideation.entities.fields import Email, Name

Site = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00]*$", description="Empty when there is only one.")]


class Role(StrEnum):
    """Everybody is an employee; these are the further roles."""

    CHALLENGE_OWNER = "challenge_owner"
    MODERATOR = "moderator"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What an access token may be used for; a browser session has them all."""

    READ = "read"
    TAKE_PART = "take_part"
    REVIEW = "review"
    MANAGE = "manage"
    ADMINISTER = "administer"


ALL_SCOPES = frozenset(Scope)


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-in person as one request sees them: roles, the scopes of the token used, and policy state."""

    person_id: UUID
    name: str
    department: str
    site: str
    roles: frozenset[Role]
    scopes: frozenset[Scope]
    policy_accepted: bool

    def has(self, role: Role) -> bool:
        """Whether this person holds the role."""
        return role in self.roles


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `people`."""

    id: UUID
    name: str
    email: str
    department: str
    site: str
    manager_id: UUID | None
    roles: list[Role]
    active: bool
    erased_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class NewPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person to be added; nobody else may have the e-mail address, in whatever case it is written."""

    name: Name
    email: Email
    department: Name
    site: Site = ""
    manager_id: UUID | None = None
    roles: Annotated[list[Role], Meta(max_length=4)] = []


class PersonChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a person; an absent field stays as it is."""

    name: Name | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    department: Name | UnsetType = UNSET
    site: Site | UnsetType = UNSET
    manager_id: UUID | UnsetType | None = UNSET


class PersonFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which people a list shows; None does not restrict."""

    department: str | None = None
    site: str | None = None
    role: Role | None = None
    active: bool | None = True
    query: str | None = None


class PersonOut(msgspec.Struct, frozen=True, kw_only=True):
    """A person as somebody may see them; what is not theirs to see is null."""

    id: UUID
    name: str
    department: str
    site: str
    active: bool
    email: Annotated[str | None, Meta(description="For administrators and the person alone; else null.")]
    manager_id: Annotated[UUID | None, Meta(description="For administrators and the person alone; else null.")]
    roles: Annotated[list[Role] | None, Meta(description="For administrators and the person alone; else null.")]
    version: int


class PeopleGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A department or a site, with how many active people it has."""

    name: str
    people: int


class PolicyState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person stands with the usage policy; without any policy published, everybody may take part."""

    current_version: int | None
    accepted: bool


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """The signed-in person."""

    id: UUID
    name: str
    email: str
    department: str
    site: str
    manager_id: UUID | None
    roles: list[Role]
    scopes: list[Scope]
    policy: PolicyState
    unread_notifications: int
