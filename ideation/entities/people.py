"""People, their roles, and the person on whose behalf something is done."""

from enum import StrEnum
from uuid import UUID

import msgspec


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
    """The signed-in person as one request sees them: active, with roles, the scopes of the token used, and policy state."""

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
