"""The site under test, and the rows that tests put into it; its dates are those of today, since a process runs it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from ideation.actions.sessions import create_sign_in_link
from ideation.cli.children import Children
from ideation.credentials import SESSION, hash_secret, new_secret
from ideation.database import Connection
from ideation.ids import new_id
from tests.factories import insert, make_challenge, make_person


class Site:
    """A running API, a connection to its database, and its processes: more can be started."""

    def __init__(self, url: str, connection: Connection, children: Children) -> None:
        self.url = url
        self.connection = connection
        self.children = children
        self._serial = count(1)

    def serial(self) -> int:
        """A number that no other row of this site has in its text."""
        return next(self._serial)

    async def publish_policy(self) -> None:
        """The usage policy, which everybody accepts first."""
        now = datetime.now(UTC)
        await insert(
            self.connection,
            "policies",
            version=1,
            title="Rules of the house",
            body="Be *kind*, and write nothing secret.",
            body_sha256="0" * 64,
            published_at=now,
        )

    async def person(self, **given: object) -> UUID:
        """A new person who has accepted the policy."""
        person_id = await make_person(self.connection, **given)
        now = datetime.now(UTC)
        await insert(self.connection, "policy_acceptances", person_id=person_id, policy_version=1, accepted_at=now)
        return person_id

    async def challenge(self, **given: object) -> UUID:
        """A challenge that is open today and for ten days."""
        before, after = datetime.now(UTC) - timedelta(days=2), datetime.now(UTC) + timedelta(days=10)
        dates = {
            "submit_opens_at": before,
            "submit_closes_at": after,
            "vote_opens_at": before,
            "vote_closes_at": after,
            "created_at": before,
            "updated_at": before,
        }
        return await make_challenge(self.connection, **(dates | given))

    async def session(self, person_id: UUID) -> str:
        """The value of a session cookie of this person."""
        secret, now = new_secret(SESSION), datetime.now(UTC)
        await insert(
            self.connection,
            "sessions",
            id=new_id(),
            person_id=person_id,
            token_hash=hash_secret(secret),
            csrf_token=new_secret(SESSION),
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        return secret

    async def sign_in_link(self, person_id: UUID) -> str:
        """The path of a fresh sign-in link of this person."""
        return (await create_sign_in_link(self.connection, person_id, datetime.now(UTC), minutes=60)).path
