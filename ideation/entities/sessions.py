"""Sign-in links and the browser sessions they start."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class SignInLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link just made: the only time its secret is known."""

    id: UUID
    person_id: UUID
    secret: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """Where the link leads, below the installation's public address."""
        return f"/sign-in/{self.secret}"


class StartedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session just started: the cookie's secret, known only now, and the token that forms must carry."""

    id: UUID
    person_id: UUID
    secret: str
    csrf_token: str
    expires_at: datetime


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser session that still lasts."""

    id: UUID
    created_at: datetime
    expires_at: datetime


class LinkState(msgspec.Struct, frozen=True, kw_only=True):
    """How a sign-in link stands."""

    uses_left: int
    expires_at: datetime
    active: bool


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret of a sign-in link: the last part of its address."""

    link: Annotated[str, Meta(min_length=1, max_length=200, examples=["idl_…"])]


class SessionOut(msgspec.Struct, frozen=True, kw_only=True):
    """A session just started; its secret is in the cookie alone."""

    person_id: UUID
    csrf_token: Annotated[str, Meta(description="Send it as X-CSRF-Token with whatever changes something.")]
    expires_at: datetime


class SignInLinkRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a sign-in link for somebody lasts; it works once."""

    minutes: Annotated[int, Meta(ge=1, le=10_080, description="At most a week.")] = 60


class SignInLinkOut(msgspec.Struct, frozen=True, kw_only=True):
    """A link to hand to its person, and to nobody else; it works once."""

    url: str
    expires_at: datetime
