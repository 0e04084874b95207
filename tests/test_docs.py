"""The documentation says what the code does."""

import re
from pathlib import Path

import pytest

from docs import generate

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_reference_page_is_what_the_code_says(name: str) -> None:
    written = (generate.REFERENCE / name).read_text(encoding="utf-8")

    assert written == generate.PAGES[name](), f"{name} is stale: run `python docs/generate.py`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = _LINK.findall(page.read_text(encoding="utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []
