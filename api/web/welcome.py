"""The first two minutes: judge two examples, see what a good idea says, and learn what becomes of it.

Nothing of it is stored; it can be left at any step and read again.
"""

from litestar import Response, get

from api.web.views import View, safe_path
from ideation.entities.people import Actor

_STEPS = 4


@get("/welcome")
async def show(view: View, actor: Actor) -> Response[bytes]:  # noqa: ARG001 - for people who are signed in
    """One step of the start, with what was pressed at the step before."""
    given = view.word("step") or "1"
    step = int(given) if given in {str(number) for number in range(1, _STEPS + 1)} else 1
    said = view.word("said")
    return view.page(
        "welcome.html",
        step=step,
        steps=_STEPS,
        said=said if said in ("yes", "no", "skip") else None,
        next=safe_path(view.request.query_params.get("next")),
    )


handlers = [show]
