"""Personal access tokens, for API clients."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from ideation.entities.fields import Name
from ideation.entities.people import Scope


class AccessToken(msgspec.Struct, frozen=True, kw_only=True):
    """An access token as it is listed; the token itself was shown once and is not stored."""

    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An access token to be made; its days are capped by the installation's setting."""

    name: Name
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=5)]
    days: Annotated[int, Meta(ge=1, le=3650, description="How many days from now it works.")] = 30


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """A new access token, together with its secret: this is the only time it is shown."""

    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    token: Annotated[str, Meta(examples=["idt_…"], description="Shown once; send it as `Authorization: Bearer …`.")]
