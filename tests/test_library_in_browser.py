"""The library in a real Chromium: all exercises with their drawings, one opened and practised, cards to be mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Server, Visit, chromium, server, visit
from playwright.sync_api import Browser, expect, sync_playwright

from coach.library import EXERCISES, open_library

pytestmark = pytest.mark.browser

CARDS = open_library().exercises
SIZES = {"desk": (1280, 800), "phone": (390, 664)}
# What has no name, or two headings of which the lower comes first: a part of what a checker would find.
NAMELESS = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  const named = (one) => (one.getAttribute("aria-label") || one.innerText || one.labels?.[0]?.innerText || "").trim();
  const nameless = [...main.querySelectorAll("button, a, input, [role=img]")].filter((one) => !named(one));
  const levels = [...main.querySelectorAll("h1, h2, h3, h4")].map(({ tagName }) => Number(tagName[1]));
  const skipped = levels.filter((level, index) => index && level > levels[index - 1] + 1);
  return [...nameless.map((one) => one.outerHTML.slice(0, 200)), ...skipped.map((level) => `h${level} after a gap`)];
}"""
FITS = """() => document.documentElement.scrollWidth <= innerWidth &&
  [...document.querySelectorAll("[data-testid=stMain], .stMainBlockContainer")]
    .every((part) => part.scrollWidth <= part.clientWidth)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as opened:
        yield opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose therapist has a card of their own, and another that is not in order."""
    data = tmp_path_factory.mktemp("house") / "data"
    (data / "exercises").mkdir(parents=True)
    pucker = (EXERCISES / "small-pucker.toml").read_text("utf-8")
    own = pucker.replace("small-pucker", "soft-whistle").replace("Small pucker", "Soft whistle")
    (data / "exercises" / "soft-whistle.toml").write_text(own, "utf-8")
    mistaken = pucker.replace("small-pucker", "half-done").replace("repetitions = 5", "repetitions = 500")
    (data / "exercises" / "half-done.toml").write_text(mistaken, "utf-8")
    with server(data) as opened:
        yield opened


def read_more(there: Visit, exercise: str) -> None:
    """Open an exercise by its own button: while the page comes together, not the first to be there is the first."""
    there.page.locator(f".st-key-open-{exercise}").get_by_role("button", name="Read more").click()


@pytest.mark.parametrize("size", SIZES)
def test_every_exercise_is_there_with_its_drawing_and_fits(
    browser: Browser, house: Server, tmp_path: Path, size: str
) -> None:
    width, height = SIZES[size]
    with visit(browser, house.address("/library"), tmp_path, width, height, camera=False) as there:
        expect(there.page.get_by_role("heading", name="The exercises")).to_be_visible()
        drawings = there.page.get_by_test_id("face-drawing")
        expect(drawings).to_have_count(len(CARDS) + 1)
        expect(drawings.and_(there.page.locator("[data-motion=still]"))).to_have_count(len(CARDS) + 1)
        for name in (*(card.name for card in CARDS.values()), "Soft whistle"):
            expect(there.page.get_by_role("heading", name=name, exact=True)).to_have_count(1)
            expect(there.page.get_by_role("img", name=re.compile(rf"^{re.escape(name)}\. "))).to_have_count(1)
        expect(there.page.get_by_text("Some cards are waiting to be mended.")).to_be_attached()
        fault = there.page.get_by_text("repetitions is 500; allowed: 1 to 20 repetitions")
        expect(fault).to_contain_text("half-done.toml")
        there.comes_to(FITS, True)
        there.comes_to(NAMELESS, [])


@pytest.mark.parametrize("size", SIZES)
def test_one_exercise_opens_large_and_leads_to_practising_it(
    browser: Browser, house: Server, tmp_path: Path, size: str
) -> None:
    width, height = SIZES[size]
    with visit(browser, house.address("/library"), tmp_path, width, height, camera=False) as there:
        read_more(there, "tiny-brow-raise")
        expect(there.page.get_by_role("button", name="Practise this")).to_be_visible()
        drawing = there.page.get_by_test_id("face-drawing")
        expect(drawing).to_have_count(1)  # the cards of the list, which stay for a moment, are gone
        expect(there.page.get_by_role("heading", name="Tiny brow raise")).to_be_visible()
        expect(drawing).to_have_attribute("data-motion", "moving")
        expect(drawing).to_contain_text(
            "Both brows float up a little; eyes, mouth corners and chin stay quiet."
        )
        expect(there.page).to_have_url(re.compile(r"/library\?exercise=tiny-brow-raise$"))
        there.comes_to(FITS, True)
        there.comes_to(NAMELESS, [])
        there.page.get_by_role("button", name="Practise this").click()
        there.page.wait_for_url("**/practice?exercise=tiny-brow-raise")


def test_back_leads_from_one_exercise_to_all(browser: Browser, house: Server, tmp_path: Path) -> None:
    with visit(browser, house.address("/library"), tmp_path, camera=False) as there:
        everything = there.page.get_by_role("heading", name="The exercises")
        one = there.page.get_by_role("button", name="Practise this")  # its name stands in the list, too
        read_more(there, "soft-rest")
        expect(one).to_be_visible()
        expect(there.page).to_have_url(re.compile(r"\?exercise=soft-rest$"))
        there.page.go_back()
        expect(everything).to_be_visible()
        there.page.go_forward()
        expect(one).to_be_visible()
        expect(there.page.get_by_test_id("face-drawing")).to_have_count(1)
        expect(there.page.get_by_role("heading", name="Soft face at rest")).to_be_visible()
        there.page.get_by_role("button", name="All exercises").click()
        expect(everything).to_be_visible()


def test_a_stage_leaves_only_its_exercises(browser: Browser, house: Server, tmp_path: Path) -> None:
    with visit(browser, house.address("/library"), tmp_path, camera=False) as there:
        there.page.get_by_role("radio", name="Letting go").click()
        of_the_stage = [card for card in CARDS.values() if "relaxation" in card.stages]
        expect(there.page.get_by_test_id("face-drawing")).to_have_count(len(of_the_stage))
        expect(there.page.get_by_role("heading", name="Small closed smile")).to_have_count(0)
