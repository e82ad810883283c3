"""The clocks of a session in a real Chromium lead on by themselves, whatever happens to the page or the connection."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from browser import ALLOWED, Cable, Server, Visit, chromium, server, visit
from playwright.sync_api import Browser, expect, sync_playwright
from visitors import WELL, practised, prescribe, repetitions

from coach.prescription import Item
from coach.records import open_records

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 664}  # what the browser's own bars leave of 844
UP_TO_THE_PAUSE = ("comfort", "rest", "exercise-1", "felt-1")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright, ALLOWED) as opened:
        yield opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("house") / "data") as opened:
        yield opened


def begun(house: Server, *done: str) -> str:
    """The address of a session of a smile, then a massage of a few seconds, that has come so far."""
    records = open_records(f"sqlite:///{house.database}")
    now = datetime.now(timezone.utc)
    massage = Item(card="cheek-massage", repetitions=1, hold_seconds=2)
    prescription = prescribe(records, Item(card="small-closed-smile"), massage, at=now)
    me = records.profile().uid
    uid = records.begin_session(me, prescription.uid, WELL, now)
    if "exercise-1" in done:
        practised(records, "small-closed-smile", now, repetitions(5), session=uid, item=1)
    for step in done:
        records.step_done(uid, me, step)
    records.close()
    return f"/session?session={uid}"


def steps_done(house: Server) -> list[str]:
    rows = house.rows("SELECT steps_done FROM session ORDER BY started_at DESC LIMIT 1")
    return list(json.loads(rows[0]["steps_done"]))


def time_left(there: Visit) -> int:
    told = there.page.locator(".clock-time")
    expect(told).to_have_text(re.compile(r"^\d+:\d\d$"))  # it stands empty until its script runs
    minutes, seconds = told.inner_text().split(":")
    return 60 * int(minutes) + int(seconds)


def wait_for(there: Visit, seconds_left: int) -> None:
    there.page.wait_for_function(
        "(most) => Number(document.querySelector('.clock-time')?.textContent.split(':')[1]) <= most",
        arg=seconds_left,
    )


def test_a_pause_leads_on_by_itself_also_over_a_page_loaded_anew(
    browser: Browser, house: Server, tmp_path: Path
) -> None:
    with visit(browser, house.address(begun(house, *UP_TO_THE_PAUSE)), tmp_path) as there:
        wait_for(there, 10)
        there.page.reload()
        expect(there.page.get_by_test_id("countdown")).to_be_visible()
        assert time_left(there) <= 10
        expect(there.page.get_by_role("heading", name="Cheek and fold massage")).to_be_visible()
        assert "blink-1" in steps_done(house)

        there.button("I am ready").click()
        expect(there.page.get_by_role("heading", name="A last rest")).to_be_visible()
    practice = house.rows("SELECT * FROM practice WHERE card_id = 'cheek-massage'")[-1]
    assert (practice["ending"], practice["item"]) == ("finished", 2)


def test_a_pause_waits_while_it_is_held(browser: Browser, house: Server, tmp_path: Path) -> None:
    with visit(browser, house.address(begun(house, *UP_TO_THE_PAUSE)), tmp_path) as there:
        wait_for(there, 12)
        there.button("^Pause$").click()
        left = time_left(there)
        there.page.wait_for_timeout(2500)
        assert time_left(there) == left
        there.button("^Go on$").click()
        wait_for(there, left - 2)


def test_a_connection_that_is_lost_when_a_pause_ends_costs_nothing(
    browser: Browser, house: Server, tmp_path: Path
) -> None:
    cable = Cable(house.port)
    try:
        with visit(browser, cable.address(begun(house, *UP_TO_THE_PAUSE)), tmp_path) as there:
            wait_for(there, 8)
            cable.cut()
            expect(there.page.locator("[data-testid=countdown][data-state=over]")).to_be_visible()
            expect(there.button("^Go on$")).to_be_visible()
            there.page.wait_for_timeout(1000)
            assert "blink-1" not in steps_done(house)
            cable.mend()
            expect(there.page.get_by_role("heading", name="Cheek and fold massage")).to_be_visible()
            there.complaints.clear()  # Streamlit itself says in several ways that it cannot be reached
    finally:
        cable.close()
    assert "blink-1" in steps_done(house)


def test_on_a_phone_every_step_fits_and_can_be_touched(
    browser: Browser, house: Server, tmp_path: Path
) -> None:
    with visit(browser, house.address(begun(house)), tmp_path, **PHONE) as there:
        for heading, key in (
            ("Your eyes today", "comfort-.*-eyes-on"),
            ("new, or stronger", "comfort-.*-new_signs-on"),
            ("The muscles", "comfort-.*-muscles-on"),
            ("How much does your face hurt", "comfort-.*-pain-0"),
            ("How tight", "comfort-.*-tightness-2"),
            ("Rest and let go", "skip"),
            ("Small closed smile", "leave-out"),
            ("A pause for your eyes", "skip"),
        ):
            expect(there.page.get_by_role("heading", name=re.compile(heading))).to_be_visible()
            there.page.wait_for_timeout(500)  # for whatever else may come to the page
            pressed = touchable(there, key)
            there.comes_to("() => document.documentElement.scrollWidth <= innerWidth", True)
            there.page.locator(f".{pressed} button").click()


def touchable(there: Visit, key: str) -> str:
    """The class of the one button whose key this is, once it is there; all are large enough for a finger."""
    found = there.page.wait_for_function(
        """(key) => {
          const keyed = [...document.querySelectorAll("[class*=st-key-]:has(button)")];
          const all = keyed.flatMap((one) => [...one.classList]);
          const names = new Set(all.filter((name) => new RegExp(`^st-key-${key}$`).test(name)));
          return names.size === 1 && [...names][0];
        }""",
        arg=key,
    )
    there.comes_to(
        """() => [...document.querySelectorAll(".stMain button, .stMain .stCheckbox label")]
          .filter((one) => one.offsetParent && Math.min(one.offsetWidth, one.offsetHeight) < 44)
          .map((one) => ({ words: one.textContent, width: one.offsetWidth, height: one.offsetHeight }))""",
        [],
    )
    return str(found.json_value())
