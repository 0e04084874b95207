"""`ideation person`: the first administrator, a way in while single sign-on is not there, and personal data."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import click
import msgspec

from ideation.actions.people import add_person
from ideation.actions.personal_data import erase_person, read_personal_data
from ideation.actions.sessions import create_sign_in_link
from ideation.cli.processes import settings_or_exit
from ideation.cli.running import database, run
from ideation.database import Connection
from ideation.entities.people import ALL_SCOPES, Actor, NewPerson, Person, Role
from ideation.entities.personal_data import PersonalData
from ideation.queries.people import find_person_by_email

Result = TypeVar("Result")


@click.group("person")
def command() -> None:
    """Add people, let them in, hand out what is known of them, and erase it."""


@command.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--department", required=True)
@click.option("--site", default="", help="Empty when there is only one.")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice([str(role) for role in Role]), help="May be repeated."
)
def add(*, email: str, name: str, department: str, site: str, roles: tuple[str, ...]) -> None:
    """Add a person, such as the first administrator."""
    given = {"email": email, "name": name, "department": department, "site": site, "roles": list(roles)}
    try:
        person = msgspec.convert(given, NewPerson)
    except msgspec.ValidationError as error:
        raise click.ClickException(str(error)) from None
    added = _run(lambda connection: add_person(connection, person, datetime.now(UTC)))
    click.echo(f"Added {added.name} <{added.email}>, {added.id}")


@command.command("sign-in-link")
@click.argument("email")
@click.option("--minutes", type=click.IntRange(1, 10_080), default=60, show_default=True, help="How long it works.")
def sign_in_link(*, email: str, minutes: int) -> None:
    """Print a link that signs this person in, once. Hand it to nobody else."""
    settings = settings_or_exit()
    path = _run(lambda connection: _make_link(connection, email, minutes))
    click.echo(f"{settings.public_url.rstrip('/')}{path}")


@command.command("export")
@click.argument("email")
def export(*, email: str) -> None:
    """Print everything that is known about this person, as JSON."""
    data = _run(lambda connection: _read_data(connection, email))
    click.echo(msgspec.json.format(msgspec.json.encode(data, enc_hook=str), indent=2))


@command.command("erase")
@click.argument("email")
@click.option("--by", required=True, help="E-mail of the administrator who answers for it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(*, email: str, by: str, yes: bool) -> None:
    """Remove this person's data for good. Ideas, votes and threads stay, under a placeholder."""
    if not yes:
        click.confirm(f"Erase {email} for good?", abort=True)
    person_id = _run(lambda connection: _erase(connection, email, by))
    click.echo(f"Erased; the placeholder is {person_id}")


async def act_as(connection: Connection, email: str) -> Actor:
    """The person with this e-mail as an actor: whoever may run commands here may act for everybody who is active."""
    person = await _find_or_fail(connection, email)
    if not person.active:
        raise click.ClickException(f"{email} is deactivated and can no longer do anything; name somebody else.")
    return _as_actor(person)


def _as_actor(person: Person) -> Actor:
    return Actor(
        person_id=person.id,
        name=person.name,
        department=person.department,
        site=person.site,
        roles=frozenset(person.roles),
        scopes=ALL_SCOPES,
        policy_accepted=True,
    )


async def _find_or_fail(connection: Connection, email: str) -> Person:
    person = await find_person_by_email(connection, email)
    if person is None:
        raise click.ClickException(f"Nobody is registered as {email}; add them with `ideation person add`.")
    return person


async def _make_link(connection: Connection, email: str, minutes: int) -> str:
    person = await _find_or_fail(connection, email)
    return (await create_sign_in_link(connection, person.id, datetime.now(UTC), minutes=minutes)).path


async def _read_data(connection: Connection, email: str) -> PersonalData:
    person = await _find_or_fail(connection, email)
    return await read_personal_data(connection, _as_actor(person), datetime.now(UTC))


async def _erase(connection: Connection, email: str, by: str) -> UUID:
    person = await _find_or_fail(connection, email)
    return (await erase_person(connection, await act_as(connection, by), person.id, datetime.now(UTC))).id


def _run(action: Callable[[Connection], Awaitable[Result]]) -> Result:
    return run(_in_transaction(settings_or_exit().database_url, action))


async def _in_transaction(database_url: str, action: Callable[[Connection], Awaitable[Result]]) -> Result:
    async with database(database_url) as connection, connection.transaction():
        return await action(connection)
