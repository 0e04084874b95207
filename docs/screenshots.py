"""Takes the pictures of the documentation: `python docs/screenshots.py`, on a machine with chromium.

It starts the demo in a folder of its own, signs in as each of its people, and photographs the main pages into
docs/pictures. --links FILE goes to a demo that runs already and has printed FILE. --all FOLDER photographs every page
at both widths, light and dark, for looking through them.
"""

import argparse
import asyncio
import base64
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser, Page, async_playwright

PICTURES = Path(__file__).parent / "pictures"
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
_LINK = re.compile(r"^\s+(\w+)\s+(http://\S+/sign-in/\S+)$", re.MULTILINE)
_QUALITY = 70


class Picture(NamedTuple):
    """A page and how it is shown: {open}, {decided} and {idea} are places of the demo."""

    name: str
    person: str
    path: str
    size: str = "desk"
    scheme: str = "light"


MAIN = [
    Picture("home", "employee", "/"),
    Picture("judge", "employee", "{open}/feed", "phone"),
    Picture("write", "employee", "{open}/ideas/new?typed", "phone", "dark"),
    Picture("idea", "employee", "{idea}"),
    Picture("map", "employee", "{open}/map"),
    Picture("board", "owner", "{open}/board"),
    Picture("duplicates", "owner", "{decided}/duplicates"),
    Picture("panel", "owner", "{decided}/panel"),
    Picture("review", "reviewer", "{review}", "desk", "dark"),
    Picture("jobs", "administrator", "/admin/jobs"),
]
_EMPLOYEE = [
    "/",
    "/notifications",
    "/profile",
    "/profile/known",
    "/policy",
    "{open}",
    "{open}/feed",
    "{open}/ideas/new",
]
_EMPLOYEE += [
    "{open}/ideas/new?typed",
    "{idea}",
    "{open}/map",
    "{open}/map/table",
    "{decided}",
    "/nowhere",
]
_EMPLOYEE += [f"/welcome?step={step}&said=yes" for step in range(1, 5)]
_OWNER = ["/challenges/new", "/moderation"] + [
    "{decided}/" + page
    # Those who run a challenge see its results before they are published; the demo leaves that to them.
    for page in ("board", "results", "answers", "duplicates", "themes", "panel", "meeting", "report", "imports")
]
_OWNER += ["{decided}/" + page for page in ("budget", "plan", "edit", "edit/people", "edit/dates", "edit/criteria")]
_OWNER += ["{decided}/edit/check", "{decided}"]
_ADMINISTRATOR = ["/admin", "/admin/policy", "/admin/audit", "/admin/jobs", "/admin/settings"]
EVERY = [
    *(("employee", path) for path in _EMPLOYEE),
    *(("owner", path) for path in _OWNER),
    *(("reviewer", path) for path in ("/reviews", "{review}")),
    *(("administrator", path) for path in _ADMINISTRATOR),
]


@contextmanager
def running_demo() -> Iterator[str]:
    """What a new demo printed; it runs until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="ideation-pictures-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        command = [str(Path(sys.executable).with_name("ideation")), "demo", "--directory", folder, "--port", str(port)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        ) as demo:
            try:
                printed = ""
                for line in demo.stdout or ():
                    printed += line
                    if line.startswith("Running;"):
                        break
                else:
                    raise SystemExit(f"The demo ended early:\n{printed}")
                yield printed
            finally:
                demo.terminate()
                demo.wait()


async def photograph(printed: str, pictures: list[Picture], folder: Path) -> None:
    """Sign in as each person, and take the pictures into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    links = dict(_LINK.findall(printed))
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        places = await _places(browser, links)
        for person in dict.fromkeys(picture.person for picture in pictures):
            state = await _sign_in(browser, links[person])
            for picture in [picture for picture in pictures if picture.person == person]:
                await _take(browser, state, links[person], picture, places, folder)
        await browser.close()


async def _sign_in(browser: Browser, link: str) -> dict:  # type: ignore[type-arg]
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(link)
    await page.get_by_role("button").first.click()
    if "/policy" in page.url:
        await page.locator("main button").click()
    state = await context.storage_state()
    await context.close()
    return state  # type: ignore[return-value]


async def _places(browser: Browser, links: dict[str, str]) -> dict[str, str]:
    """Where the demo's challenges and one idea with an answer are."""
    root = links["employee"].partition("/sign-in")[0]
    context = await browser.new_context(storage_state=await _sign_in(browser, links["employee"]))  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(root)
    found = {}
    for name, state in (("open", "Open"), ("decided", "In review")):
        # The last in review is the contest whose reviews and outcomes are known.
        card = page.locator("li.challenge", has_text=state).last
        found[name] = await card.locator("h3 a").get_attribute("href") or "/"
    await context.close()
    # Before the results are out, only those who run the challenge list what was selected.
    context = await browser.new_context(storage_state=await _sign_in(browser, links["owner"]))  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{root}{found['decided']}?state=selected")
    idea = page.locator("li.idea h3 a").first
    if not await idea.count():
        await page.goto(root + found["decided"])
    found["idea"] = await idea.get_attribute("href") or "/"
    await context.close()
    context = await browser.new_context(storage_state=await _sign_in(browser, links["reviewer"]))  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{root}/reviews")
    review = page.locator("main a[href^='/reviews/']").first
    found["review"] = (await review.get_attribute("href") if await review.count() else None) or "/reviews"
    await context.close()
    return found


async def _take(
    browser: Browser,
    state: dict,  # type: ignore[type-arg]
    link: str,
    picture: Picture,
    places: dict[str, str],
    folder: Path,
) -> None:
    width, height = SIZES[picture.size]
    context = await browser.new_context(
        storage_state=state,  # type: ignore[arg-type]
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        has_touch=picture.size == "phone",
        is_mobile=picture.size == "phone",
    )
    page = await context.new_page()
    response = await page.goto(link.partition("/sign-in")[0] + picture.path.format(**places))
    if response is None or response.status >= 400 + 100 * (picture.path == "/nowhere"):
        raise SystemExit(f"{picture.name}: {page.url} answers {response and response.status}")
    if picture.path.endswith("?typed"):
        await page.get_by_label("Title").fill("Plant trees along the river banks")
        await page.locator("#similar .similar").wait_for()
    await _save(page, folder / f"{picture.name}.webp", width, height)
    await context.close()


async def _save(page: Page, path: Path, width: int, height: int) -> None:
    """As WebP, which Playwright itself does not write; never longer than two and a half windows."""
    long = await page.evaluate("() => document.documentElement.scrollHeight")
    session = await page.context.new_cdp_session(page)
    shown = {"x": 0, "y": 0, "width": width, "height": min(long, int(2.5 * height)), "scale": 1}
    answer = await session.send(
        "Page.captureScreenshot",
        {"format": "webp", "quality": _QUALITY, "captureBeyondViewport": True, "clip": shown},
    )
    path.write_bytes(base64.b64decode(answer["data"]))


def _all_pictures() -> list[Picture]:
    return [
        Picture(
            f"{number:02}-{path.strip('/').replace('/', '-') or 'home'}-{size}-{scheme}", person, path, size, scheme
        )
        for number, (person, path) in enumerate(EVERY)
        for size, scheme in (("desk", "light"), ("phone", "dark"))
    ]


def main() -> None:
    """Take the pictures that the documentation shows, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--links", type=Path, metavar="FILE", help="what a running demo printed, instead of a new demo")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page at both widths and schemes, in here")
    parser.add_argument("--only", default="", metavar="WORD", help="only pictures with this word in their name")
    arguments = parser.parse_args()
    pictures = [picture for picture in (_all_pictures() if arguments.all else MAIN) if arguments.only in picture.name]
    folder = arguments.all or PICTURES
    if arguments.links:
        asyncio.run(photograph(arguments.links.read_text(encoding="utf-8"), pictures, folder))
        return
    with running_demo() as printed:
        asyncio.run(photograph(printed, pictures, folder))


if __name__ == "__main__":
    main()
