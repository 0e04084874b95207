"""Administration: people and roles, the usage policy, the audit trail, jobs, and the settings in force."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.paging import PageRequest, page_out
from api.web.audit_words import named_details
from api.web.forms import EMPTY_FORM, Form, read_form
from api.web.moments import Moments
from api.web.views import View
from ideation.actions import audit, jobs, people, personal_data, policies, sessions, tokens
from ideation.database import Connection
from ideation.entities.audit import AuditFilter
from ideation.entities.jobs import JobState
from ideation.entities.people import Actor, NewPerson, PersonFilter, Role
from ideation.entities.policies import NewPolicy
from ideation.errors import AlreadyExists, Invalid, WrongState
from ideation.rules.access import require_administrator
from ideation.settings import SECRET_FIELDS, Settings, variable_name

_LINK_MINUTES = 24 * 60
_POLICIES = 20
_TOKENS = 100


@get("/admin")
async def list_people(view: View, connection: Connection, actor: Actor, page: PageRequest) -> Response[bytes]:
    """People, found by name or e-mail."""
    return await _people(view, connection, actor, page)


async def _people(
    view: View, connection: Connection, actor: Actor, page: PageRequest, form: Form = EMPTY_FORM
) -> Response[bytes]:
    require_administrator(actor)
    role = view.choice("role", Role)
    wanted = PersonFilter(query=view.word("q"), role=role, active=None)
    found = page_out(await people.list_people(connection, actor, wanted, limit=page.limit, after=page.after), page)
    status = 422 if form.errors else 200
    return view.page("admin_people.html", status=status, people=found, wanted=wanted, all_roles=list(Role), form=form)


@post("/admin")
async def add_person(
    request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime, page: PageRequest
) -> Response[bytes]:
    """Adds somebody."""
    form = await read_form(request)
    names = ("name", "email", "department", "site")
    person = form.read(NewPerson, {name: form.text(name) for name in names} | {"roles": form.all("roles")})
    try:
        added = None if person is None else await people.create_person(connection, actor, person, now)
    except (Invalid, AlreadyExists) as error:
        form.errors["email"] = view.refusal(error)
        added = None
    if added is None:
        return await _people(view, connection, actor, page, form)
    return view.redirect(f"/admin/people/{added.id}", "person_added")


@get("/admin/people/{person_id:uuid}")
async def show_person(person_id: UUID, view: View, connection: Connection, actor: Actor) -> Response[bytes]:
    """One person's roles and access."""
    require_administrator(actor)
    return view.page("admin_person.html", link=None, **await _about(connection, actor, person_id))


async def _about(connection: Connection, actor: Actor, person_id: UUID) -> dict[str, Any]:
    """What the page of a person shows."""
    tokens_of = await tokens.list_tokens_of(connection, actor, person_id, limit=_TOKENS, after=None)
    person = await people.read_person(connection, actor, person_id)
    return {"person": person, "all_roles": list(Role), "tokens": tokens_of.items}


@post("/admin/people/{person_id:uuid}/tokens/{token_id:uuid}")
async def revoke_token(
    person_id: UUID, token_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Ends somebody's access token at once."""
    await tokens.revoke_token_of(connection, actor, person_id, token_id, now)
    return view.redirect(f"/admin/people/{person_id}#tokens", "token_revoked")


@post("/admin/people/{person_id:uuid}")
async def change_person(
    person_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Gives or takes a role, ends or restores access, makes a sign-in link or erases, as the button says."""
    require_administrator(actor)
    form = await read_form(request)
    button = form.text("button")
    if button == "link":
        link = await sessions.invite(connection, actor, person_id, now, minutes=_LINK_MINUTES)
        return view.page("admin_person.html", link=link, **await _about(connection, actor, person_id))
    if button == "roles":
        await _set_roles(connection, actor, person_id, form, now)
    elif button == "deactivate":
        await people.deactivate_person(connection, actor, person_id, now)
    elif button == "reactivate":
        await people.reactivate_person(connection, actor, person_id, now)
    elif button == "erase":
        await personal_data.erase_person(connection, actor, person_id, now)
    else:
        raise WrongState("The form names no step.", reason="no-step")
    return view.redirect(f"/admin/people/{person_id}", "person_changed")


async def _set_roles(connection: Connection, actor: Actor, person_id: UUID, form: Form, now: datetime) -> None:
    person = await people.read_person(connection, actor, person_id)
    wanted, has = {role for role in Role if role in form.all("roles")}, set(person.roles or [])
    for role in wanted - has:
        await people.grant_role(connection, actor, person_id, role, now)
    for role in has - wanted:
        await people.remove_role(connection, actor, person_id, role, now)


@get("/admin/policy")
async def show_policies(view: View, connection: Connection, actor: Actor) -> Response[bytes]:
    """The versions of the usage policy, and how many accepted the latest."""
    return await _policies(view, connection, actor)


async def _policies(view: View, connection: Connection, actor: Actor, form: Form = EMPTY_FORM) -> Response[bytes]:
    require_administrator(actor)
    versions = (await policies.list_policies(connection, actor, limit=_POLICIES, after=None)).items
    share = await policies.read_policy_share(connection, actor, versions[0].version) if versions else None
    status = 422 if form.errors else 200
    return view.page("admin_policy.html", status=status, versions=versions, share=share, form=form)


@post("/admin/policy")
async def publish_policy(
    request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Puts a new version in force."""
    form = await read_form(request)
    policy = form.read(NewPolicy, {"title": form.text("title"), "body": form.text("body")})
    try:
        if policy is not None:
            await policies.publish_policy(connection, actor, policy, now)
    except AlreadyExists as error:
        form.errors["body"] = view.refusal(error)
    if form.errors:
        return await _policies(view, connection, actor, form)
    return view.redirect("/admin/policy", "policy_published")


@get("/admin/audit")
async def show_audit(view: View, connection: Connection, actor: Actor, page: PageRequest) -> Response[bytes]:
    """The consequential steps, newest first."""
    form = Form({name: view.word(name) or "" for name in ("action", "kind", "subject", "actor", "since", "until")})
    wanted = _wanted_steps(form)
    found = None
    try:
        if wanted is not None:
            found = await audit.list_audit_events(connection, actor, wanted, limit=page.limit, after=page.after)
    except Invalid as error:
        form.refuse(view, error, "until")
    events = None if found is None else page_out(found, page)
    require_administrator(actor)
    moments = Moments(view.texts, None)
    return view.page(
        "admin_audit.html",
        status=422 if form.errors else 200,
        events=events,
        form=form,
        named_details=lambda details: list(named_details(view.texts, moments, details)),
    )


def _wanted_steps(form: Form) -> AuditFilter | None:
    """The filter that was typed, or None and the form says what is wrong with it."""
    given = {
        "action": form.text("action") or None,
        "subject_kind": form.text("kind") or None,
        "subject_id": form.text("subject") or None,
        "actor_id": form.text("actor") or None,
        "since": f"{form.text('since')}T00:00:00Z" if form.text("since") else None,
        "until": f"{form.text('until')}T00:00:00Z" if form.text("until") else None,
    }
    return form.read(AuditFilter, given)


@get("/admin/jobs")
async def show_jobs(view: View, connection: Connection, actor: Actor, page: PageRequest) -> Response[bytes]:
    """What runs, waits, and failed."""
    require_administrator(actor)
    state = view.choice("state", JobState)
    found = await jobs.list_jobs(connection, actor, state=state, limit=page.limit, after=page.after)
    subjects = await jobs.name_subjects(connection, actor, found.items)
    return view.page(
        "admin_jobs.html", jobs=page_out(found, page), subjects=subjects, state=state, states=list(JobState)
    )


@post("/admin/jobs/{job_id:uuid}")
async def retry_job(job_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """Has a failed job run again."""
    await jobs.retry_job(connection, actor, job_id, now)
    return view.redirect("/admin/jobs", "job_retried")


@get("/admin/settings")
async def show_settings(view: View, actor: Actor) -> Response[bytes]:
    """The settings in force; secrets are named, never shown."""
    require_administrator(actor)
    values = [
        (variable_name(field.name), None if field.name in SECRET_FIELDS else getattr(view.settings, field.name))
        for field in msgspec.structs.fields(Settings)
    ]
    return view.page("admin_settings.html", values=values)


handlers = [
    list_people,
    add_person,
    show_person,
    change_person,
    revoke_token,
    show_policies,
    publish_policy,
    show_audit,
    show_jobs,
    retry_job,
    show_settings,
]
