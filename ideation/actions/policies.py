"""The usage policy: publishing versions, accepting the current one, and showing who did."""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from ideation.actions.tables import TableFormat, write_table
from ideation.database import Connection
from ideation.entities.people import Actor, Scope
from ideation.entities.policies import (
    AcceptanceRecord,
    NewPolicy,
    Policy,
    PolicyAcceptance,
    PolicyHeading,
    PolicyShare,
)
from ideation.errors import AlreadyExists, Conflict, NotFound, WrongState
from ideation.paging import Page, PageKey, cut_page
from ideation.queries import audit
from ideation.queries import policies as queries
from ideation.rules.access import require_administrator, require_scope


async def publish_policy(connection: Connection, actor: Actor, policy: NewPolicy, now: datetime) -> Policy:
    """Put a new version in force; for administrators."""
    require_administrator(actor)
    return await add_policy(connection, policy, now, actor_id=actor.person_id)


async def add_policy(
    connection: Connection, policy: NewPolicy, now: datetime, *, actor_id: UUID | None = None
) -> Policy:
    """Put a new version in force on nobody's behalf: for the command line and the demo."""
    body_sha256 = hashlib.sha256(policy.body.encode()).hexdigest()
    current = await queries.find_current_policy(connection)
    if current is not None and current.body_sha256 == body_sha256:
        raise AlreadyExists("This is the text already in force; nobody needs to accept it again.", reason="policy-same")
    published = await queries.publish_policy(connection, policy, body_sha256, actor_id, now)
    if published is None:
        raise Conflict("Somebody else published a version at the same moment; read it first.", reason="policy-raced")
    await audit.record(
        connection,
        action="policy.publish",
        subject_kind="policy",
        subject_id=published.version,
        now=now,
        actor_id=actor_id,
        details={"body_sha256": body_sha256},
    )
    return published


async def read_current_policy(connection: Connection, actor: Actor) -> Policy:
    """The version in force."""
    require_scope(actor, Scope.READ)
    return _require_policy(await queries.find_current_policy(connection))


async def read_policy(connection: Connection, actor: Actor, version: int) -> Policy:
    """Any version, so that everybody can read again what they accepted."""
    require_scope(actor, Scope.READ)
    return _require_policy(await queries.find_policy(connection, version))


async def list_policies(
    connection: Connection, actor: Actor, *, limit: int, after: PageKey | None
) -> Page[PolicyHeading]:
    """The versions, newest first."""
    require_scope(actor, Scope.READ)
    before = None if after is None else int(str(after[0]))
    rows = await queries.list_policies(connection, limit=limit + 1, before=before)
    return cut_page(rows, limit, lambda row: [row.version])


async def accept_policy(connection: Connection, actor: Actor, version: int, now: datetime) -> PolicyAcceptance:
    """Accept the version in force; accepting it again changes nothing."""
    require_scope(actor, Scope.TAKE_PART)
    _require_policy(await queries.find_policy(connection, version))
    current = _require_policy(await queries.find_current_policy(connection))
    if version != current.version:
        raise WrongState(
            "A newer version is in force; read and accept that one.",
            current_version=current.version,
            reason="policy-newer",
        )
    return await queries.accept_policy(connection, actor.person_id, version, now)


async def list_own_acceptances(connection: Connection, actor: Actor) -> list[PolicyAcceptance]:
    """Which versions I accepted when, newest first."""
    require_scope(actor, Scope.READ)
    return await queries.list_own_acceptances(connection, actor.person_id)


async def read_policy_share(connection: Connection, actor: Actor, version: int) -> PolicyShare:
    """How many of the active people accepted a version; for administrators."""
    require_administrator(actor)
    _require_policy(await queries.find_policy(connection, version))
    return await queries.policy_share(connection, version)


async def record_acceptance_export(connection: Connection, actor: Actor, version: int | None, now: datetime) -> None:
    """Allow an administrator the export of acceptances, and note it: it names everybody with their e-mail address."""
    require_administrator(actor)
    if version is not None:
        _require_policy(await queries.find_policy(connection, version))
    await audit.record(
        connection,
        action="policy.export_acceptances",
        subject_kind="policy",
        subject_id="all" if version is None else version,
        now=now,
        actor_id=actor.person_id,
    )


def export_acceptances(connection: Connection, version: int | None, table_format: TableFormat) -> AsyncIterator[bytes]:
    """Who accepted which version when, as a file; after `record_acceptance_export`, in a transaction of its own."""
    return write_table(queries.export_acceptances(connection, version), AcceptanceRecord, table_format)


def _require_policy(policy: Policy | None) -> Policy:
    if policy is None:
        raise NotFound("There is no such version of the usage policy.")
    return policy
