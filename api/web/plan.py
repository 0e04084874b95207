"""The plan of reviews: how many wrong calls are bearable, how many reviews that may take, and how far it is."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post

from api.dependencies import AnyRequest
from api.web.forms import Form, read_form
from api.web.plots import curve
from api.web.views import View
from ideation.actions import challenges, panels, review_plans
from ideation.database import Connection
from ideation.entities.people import Actor
from ideation.entities.review_plans import ReviewPlanOut, SetReviewPlan
from ideation.errors import NotFound

_FIELDS = ("target_wrong_calls", "review_budget", "batch_size")
_USUAL_BATCH = 24


@get("/challenges/{challenge_id:uuid}/plan")
async def show(challenge_id: UUID, view: View, connection: Connection, actor: Actor, now: datetime) -> Response[bytes]:
    """The form, how far reviewing is, and what it has told so far."""
    plan = await find_plan(connection, actor, challenge_id, now)
    return await _page(view, connection, actor, challenge_id, now, plan, _filled(plan))


@post("/challenges/{challenge_id:uuid}/plan")
async def save(
    challenge_id: UUID, request: AnyRequest, view: View, connection: Connection, actor: Actor, now: datetime
) -> Response[bytes]:
    """Sets the plan, or ends it."""
    form = await read_form(request)
    place = f"/challenges/{challenge_id}/plan"
    if form.text("button") == "end":
        await review_plans.remove_plan(connection, actor, challenge_id, now)
        return view.redirect(place, "plan_ended")
    plan = await find_plan(connection, actor, challenge_id, now)
    target = form.amount("target_wrong_calls")
    given = {name: form.text(name) for name in _FIELDS}
    wanted = form.read(SetReviewPlan, given | ({} if target is None else {"target_wrong_calls": target}))
    if wanted is None:
        return await _page(view, connection, actor, challenge_id, now, plan, form)
    await review_plans.set_plan(connection, actor, challenge_id, wanted, now)
    return view.redirect(place, "plan_set")


async def find_plan(connection: Connection, actor: Actor, challenge_id: UUID, now: datetime) -> ReviewPlanOut | None:
    """The plan of a challenge, None when there is none; for those who run the challenge."""
    await panels.challenge_run_by(connection, actor, challenge_id, now)
    try:
        return await review_plans.read_plan(connection, actor, challenge_id, now)
    except NotFound:
        return None


def _filled(plan: ReviewPlanOut | None) -> Form:
    if plan is None:
        return Form({"batch_size": str(_USUAL_BATCH)})
    values = {name: str(getattr(plan, name)) for name in _FIELDS}
    return Form(values | {"target_wrong_calls": f"{plan.target_wrong_calls:g}"})


async def _page(
    view: View,
    connection: Connection,
    actor: Actor,
    challenge_id: UUID,
    now: datetime,
    plan: ReviewPlanOut | None,
    form: Form,
) -> Response[bytes]:
    progress = await panels.read_progress(connection, actor, challenge_id, now)
    points = [(point.reviews, point.expected_wrong_calls) for point in progress.curve]
    return view.page(
        "plan.html",
        status=422 if form.errors else 200,
        challenge=await challenges.read_challenge(connection, actor, challenge_id, now),
        plan=plan,
        progress=progress,
        curve=curve(points, None if plan is None else plan.target_wrong_calls),
        form=form,
    )


handlers = [show, save]
