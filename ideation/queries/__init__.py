"""SQL by name: `<topic>.sql` holds the statements, `<topic>.py` one typed function for each."""

from ideation.queries.loader import all_statements, load_statements
from ideation.queries.rows import row_as, rows_as

__all__ = ["all_statements", "load_statements", "row_as", "rows_as"]
