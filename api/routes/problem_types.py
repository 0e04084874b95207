"""What each kind of problem means, at the address that its `type` names."""

from typing import Annotated

from litestar import get
from litestar.params import Parameter

from api.problems import ProblemType, problem_types
from ideation.errors import NotFound

_UNCOUNTED = {"uncounted": True}
Slug = Annotated[str, Parameter(max_length=100)]


@get("/problems", opt=_UNCOUNTED, include_in_schema=False)
async def list_problem_types() -> list[ProblemType]:
    """Every kind of problem."""
    return problem_types()


@get("/problems/{slug:str}", opt=_UNCOUNTED, include_in_schema=False)
async def read_problem_type(slug: Slug) -> ProblemType:
    """One kind of problem."""
    for kind in problem_types():
        if kind.slug == slug:
            return kind
    raise NotFound("There is no such kind of problem.")


handlers = [list_problem_types, read_problem_type]
