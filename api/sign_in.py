"""The one place where somebody becomes signed in, whoever vouches for them.

Single sign-on is a second `IdentityProvider`: its `identify` checks the company's proof (an OpenID Connect ID token, a
SAML assertion), finds the person by the e-mail address in it, and returns who it is. All that follows (the session,
its cookie, its CSRF token, its end) is the same as for a sign-in link, the provider there is today.
"""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from litestar import Request

from ideation.actions.sessions import redeem_link, start_session
from ideation.database import Connection
from ideation.entities.sessions import StartedSession
from ideation.errors import ForgedRequest
from ideation.settings import Settings


class IdentityProvider(Protocol):
    """Finds out who somebody is."""

    async def identify(self, connection: Connection, proof: str, now: datetime) -> UUID:
        """The person this proof belongs to; raises Unauthenticated when it proves nothing."""
        ...


class SignInLinks:
    """The proof is the secret of a sign-in link, which is used up."""

    async def identify(self, connection: Connection, proof: str, now: datetime) -> UUID:
        """The person the link was made for."""
        return await redeem_link(connection, proof, now)


async def sign_in(
    request: Request[Any, Any, Any],
    provider: IdentityProvider,
    proof: str,
    *,
    connection: Connection,
    now: datetime,
    settings: Settings,
) -> StartedSession:
    """A new session for whoever the proof belongs to; the caller sets its cookie."""
    # Otherwise another site could sign a browser in as somebody else, unnoticed.
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForgedRequest
    person_id = await provider.identify(connection, proof, now)
    return await start_session(connection, person_id, now, settings.session_hours)
