"""Reading what a statement did."""


def changed_rows(status: str) -> int:
    """The number of rows in a command tag such as `INSERT 0 3` or `UPDATE 2`."""
    return int(status.rsplit(" ", 1)[1])
