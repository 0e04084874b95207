"""The error hierarchy: stable slugs, and a word for everybody."""

from collections.abc import Iterator

from api.problems import STATUS_BY_KIND
from ideation import errors
from ideation.errors import IdeationError, Kind


def all_errors(parent: type[IdeationError] = IdeationError) -> Iterator[type[IdeationError]]:
    """Every class below the root that the module `errors` defines."""
    for child in parent.__subclasses__():
        yield child
        yield from all_errors(child)


def test_slugs_are_unique() -> None:
    slugs = [error.slug for error in all_errors()]
    assert sorted(slugs) == sorted(set(slugs))


def test_every_error_says_what_happened() -> None:
    for error in all_errors():
        assert error().detail == (error.__doc__ or "").strip()
        assert error().detail.endswith(".")
        assert error.title


def test_every_kind_has_a_status() -> None:
    assert set(STATUS_BY_KIND) == set(Kind)


def test_drawing_names_every_error() -> None:
    drawing = (errors.__doc__ or "").split("IdeationError", 1)[1]
    missing = [error.__name__ for error in all_errors() if error.__name__ not in drawing]
    assert missing == []


def test_detail_and_further_members_are_kept() -> None:
    error = errors.Invalid("Too long.", maximum=5)
    assert (error.detail, error.extra, str(error)) == ("Too long.", {"maximum": 5}, "Too long.")
