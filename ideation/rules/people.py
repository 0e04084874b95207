"""What people may know of each other, and what must stay true of them."""

import re
from collections.abc import Set as AbstractSet
from uuid import UUID

from ideation.entities.people import Actor, Person, PersonFilter, PersonOut, Role
from ideation.errors import Conflict, Forbidden, Invalid, NotFound, WrongState

_WORD = re.compile(r"[^\W_]+")


def show_person(actor: Actor, person: Person) -> PersonOut:
    """Name, department and site for every colleague; the rest for administrators and the person alone."""
    full = actor.person_id == person.id or actor.has(Role.ADMINISTRATOR)
    return PersonOut(
        id=person.id,
        name=person.name,
        department=person.department,
        site=person.site,
        active=person.active,
        email=person.email if full else None,
        manager_id=person.manager_id if full else None,
        roles=person.roles if full else None,
        version=person.version,
    )


def require_person(person: Person | None) -> Person:
    """The person, or NotFound."""
    if person is None:
        raise NotFound("There is no such person.")
    return person


def require_allowed_filter(actor: Actor, wanted: PersonFilter) -> None:
    """Roles and deactivated people are for administrators; challenge owners may look for reviewers, to fill a panel."""
    if actor.has(Role.ADMINISTRATOR):
        return
    if wanted.active is not True:
        raise Forbidden("Only administrators may list deactivated people.", reason="list-inactive")
    finds_reviewers = wanted.role is Role.REVIEWER and actor.has(Role.CHALLENGE_OWNER)
    if wanted.role is not None and not finds_reviewers:
        raise Forbidden("Only administrators may list people by role.", reason="list-by-role")


def require_another_administrator(administrators: AbstractSet[UUID], leaving: UUID) -> None:
    """Somebody must remain who can give roles back."""
    if administrators <= {leaving}:
        raise Conflict(
            "This is the last active administrator; make somebody else administrator first.",
            reason="last-administrator",
        )


def require_changeable(person: Person) -> None:
    """Nothing is added to a person whose data was erased."""
    if person.erased_at is not None:
        raise WrongState("The data of this person was erased; add them anew instead.", reason="person-erased")


def require_active(person: Person) -> None:
    """Only an active person is given anything that lets them act."""
    require_changeable(person)
    if not person.active:
        raise WrongState("This person is deactivated; reactivate them first.", reason="person-inactive")


def require_may_review(person: Person) -> None:
    """Only active people with the role of a reviewer are asked for reviews, whatever panel they sit on."""
    if not person.active:
        raise WrongState(
            f"{person.name} is deactivated, so nobody can ask them for a review.",
            reason="reviewer-inactive",
            name=person.name,
        )
    require_reviewer(person)


def require_reviewer(person: Person) -> None:
    """Only reviewers sit on panels."""
    if Role.REVIEWER not in person.roles:
        raise Invalid(
            f"{person.name} does not have the role of a reviewer; an administrator can give it.",
            reason="not-a-reviewer",
            name=person.name,
        )


def name_search(query: str) -> str:
    """A text search query for names that have a word starting with each word of `query`; empty when it has no word."""
    return " & ".join(f"{word}:*" for word in _WORD.findall(query))
