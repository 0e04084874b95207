"""Query parameters that several routes share."""

from typing import Annotated

from litestar.params import Parameter, QueryParameter

from ideation.actions.tables import TableFormat

# PostgreSQL cannot store the character NUL, so nothing can be found by it either.
OptionalText = Annotated[str | None, Parameter(max_length=200, pattern=r"^[^\x00]*$")]
FileFormat = Annotated[TableFormat, QueryParameter(name="format", description="One JSON object a line, or CSV.")]
