"""The whole path in a real Chromium: practising, being warned, the summary, and what interruptions leave behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from browser import ALLOWED, Cable, Server, Visit, chromium, film, played, server, visit
from patient_script import Timing, small_smiles
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from scripted_practice import eventually

pytestmark = pytest.mark.browser

PRACTICE = "/practice?exercise=small-closed-smile"
PATTERN = "oral-ocular-narrow"
TIMING = Timing(before=6.0, ramp=1.5, hold=5.0, release=1.5, rest=4.0)
JOINS_FROM = 4
SECOND_HOLD = "it.repetition === '2' && it.phase === 'hold'"
NO_CAMERA = "--use-fake-device-for-media-stream=device-count=0"
PHONE = {"width": 390, "height": 664}  # what the browser's own bars leave of 844


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as opened:
        yield opened


@pytest.fixture(scope="module")
def smiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five small smiles; from the fourth on the right eye comes along."""
    script = small_smiles(5, eye_narrowing_right=2.0, joining_from=JOINS_FROM, timing=TIMING).with_blinks()
    return film(tmp_path_factory.mktemp("film") / "smiles.mjpeg", script)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("house") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def smiling(playwright: Playwright, smiles: Path) -> Iterator[Browser]:
    """A Chromium in front of which the simulated patient smiles."""
    with chromium(playwright, *played(smiles)) as opened:
        yield opened


@pytest.fixture
def practising(smiling: Browser, house: Server, tmp_path: Path) -> Iterator[Visit]:
    """The page of one exercise, with pictures being answered."""
    with visit(smiling, house.address(PRACTICE), tmp_path) as there:
        there.until("it.state === 'live' && it.repetition > 0", 60)
        yield there


def latest_practice(house: Server) -> dict[str, object]:
    return dict(house.rows("SELECT * FROM practice ORDER BY started_at DESC LIMIT 1")[0])


def written(house: Server, practice: object) -> list[dict[str, object]]:
    query = f"SELECT * FROM repetition WHERE practice_uid = '{practice}' ORDER BY number"
    return [dict(row) for row in house.rows(query)]


def is_readable(house: Server) -> bool:
    return [tuple(row) for row in house.rows("PRAGMA integrity_check")] == [("ok",)]


def is_drawn(there: Visit, *at_least: int) -> None:
    """Wait until each chart on the page has so many bars, lines and marks that can be seen."""
    there.comes_to(
        f"""() => [...document.querySelectorAll("[data-testid=stVegaLiteChart] svg")]
          .map((chart) => [...chart.querySelectorAll(".role-mark path")])
          .map((marks) => marks.filter((mark) => mark.getBoundingClientRect().width > 1).length)
          .map((seen, number) => seen >= {list(at_least)}[number])""",
        [True] * len(at_least),
    )


@pytest.mark.alone
def test_a_practice_leads_from_its_address_to_the_summary_and_the_chart(
    smiling: Browser, house: Server, tmp_path: Path
) -> None:
    with visit(smiling, house.address(PRACTICE), tmp_path) as there:
        there.until("it.phase === 'done'", 150)
        seen = [shown for shown in there.seen if shown["state"] == "live"]

        assert {shown["phase"] for shown in seen} >= {"prepare", "rest", "move", "hold", "release", "done"}
        repetitions = [number for number, _ in groupby(shown["repetition"] for shown in seen)]
        assert repetitions == ["0", "1", "2", "3", "4", "5"]
        first = [phase for phase, _ in groupby(s["phase"] for s in seen if s["repetition"] == "1")]
        assert first == ["rest", "move", "hold", "release"]
        assert {(s["warning"], s["repetition"]) for s in seen if s["warning"]} == {
            (PATTERN, "4"),
            (PATTERN, "5"),
        }
        held = [shown for shown in seen if shown["phase"] == "hold"]
        assert sum(shown["judged"] == "true" for shown in held) > 0.8 * len(held)
        assert {shown["judged"] for shown in seen if shown["phase"] == "prepare"} == {"false"}
        assert sorted(float(shown["fps"]) for shown in held)[len(held) // 2] > 5
        assert all(float(shown["latencyMs"]) > 0 for shown in held)

        expect(there.page.get_by_role("heading", name="Well done")).to_be_visible()
        expect(there.page.get_by_text("You did 5 repetitions, and 3 of them were clean")).to_be_visible()
        expect(there.page.get_by_text("Your right eye joined in during 2 of 5 repetitions")).to_be_visible()
        is_drawn(there, 5 + 5 + 2)  # to the larger side, to the smaller, and what joined in

        there.button("See my progress").click()
        there.page.wait_for_url("**/progress")
        expect(there.page.get_by_text("3 of 5 repetitions were clean")).to_be_visible()
        expect(there.page.get_by_text(re.compile("your right eye joined in when your smile"))).to_be_visible()
        is_drawn(there, 29, 1, 2, 1)  # days, onset, clean, evenness

        assert f"ws://127.0.0.1:{house.port}/live" in there.asked  # that is: what is asked for is recorded

    practice = latest_practice(house)
    assert (practice["card_id"], practice["ending"]) == ("small-closed-smile", "finished")
    assert [(r["number"], r["clean"]) for r in written(house, practice["uid"])] == [
        (1, True), (2, True), (3, True), (4, False), (5, False),
    ]  # fmt: skip
    joined_in = house.rows(f"SELECT * FROM unwanted_movement WHERE practice_uid = '{practice['uid']}'")
    assert {(u["repetition_number"], u["pattern"], u["side"]) for u in joined_in} == {
        (4, PATTERN, "right"), (5, PATTERN, "right"),
    }  # fmt: skip
    assert all(u["warned_at_seconds"] is not None for u in joined_in)


def test_a_browser_closed_in_mid_repetition_leaves_what_was_finished(
    playwright: Playwright, smiling: Browser, smiles: Path, house: Server, tmp_path: Path
) -> None:
    with (
        chromium(playwright, *played(smiles)) as its_own,
        visit(its_own, house.address(PRACTICE), tmp_path) as there,
    ):
        there.until(SECOND_HOLD, 180)  # the film may have to come round again
        its_own.close()

    practice = latest_practice(house)
    assert practice["ending"] is None
    assert [r["number"] for r in written(house, practice["uid"])] == [1]
    assert is_readable(house)
    with visit(smiling, house.address(f"/progress?practice={practice['uid']}"), tmp_path) as later:
        expect(later.page.get_by_text("ended early")).to_be_visible()
        expect(later.page.get_by_text("You did 1 of 5 repetitions")).to_be_visible()


def test_a_server_killed_in_mid_practice_leaves_what_was_finished(smiling: Browser, tmp_path: Path) -> None:
    with server(tmp_path / "data") as house:
        with visit(smiling, house.address(PRACTICE), tmp_path) as there:
            there.until(SECOND_HOLD, 180)
            house.kill()
            expect(there.page.get_by_text("Finding the coach again")).to_be_visible()
            there.forgive_what_was_cut()

        practice = latest_practice(house)
        assert practice["ending"] is None
        (repetition,) = written(house, practice["uid"])
        assert repetition["number"] == 1
        assert is_readable(house)

        house.start()
        with visit(smiling, house.address("/progress"), tmp_path) as later:
            entry = later.button("Small closed smile")
            expect(entry).to_have_count(1)
            expect(entry).to_contain_text(f"{repetition['clean']} of 1 clean · ended early")
            entry.click()
            expect(later.page.get_by_text("You did 1 of 5 repetitions")).to_be_visible()


def test_a_camera_that_is_not_allowed_has_its_words_and_a_way_on(
    playwright: Playwright, house: Server, tmp_path: Path
) -> None:
    with (
        chromium(playwright) as shy,
        visit(shy, house.address(PRACTICE), tmp_path, camera=False) as there,
    ):
        there.until("it.state === 'denied'", 30)
        expect(there.page.get_by_text("The camera is not allowed yet")).to_be_visible()
        there.page.context.grant_permissions(["camera"])
        there.button("Try again").click()
        there.until("it.state === 'live' && it.fps > 0", 60)  # Chromium's own test picture, which has no face
        expect(there.page.get_by_text("I cannot see your face")).to_be_visible()
        assert there.mirror.get_attribute("data-judged") == "false"


def test_a_camera_that_is_not_there_has_its_words_and_a_way_on(
    playwright: Playwright, house: Server, tmp_path: Path
) -> None:
    with (
        chromium(playwright, ALLOWED, NO_CAMERA) as blind,
        visit(blind, house.address(PRACTICE), tmp_path) as there,
    ):
        there.until("it.state === 'no_camera'", 30)
        expect(there.page.get_by_text("No camera was found")).to_be_visible()
        there.button("Try again").click()
        there.until("it.state === 'no_camera'", 30)
        assert [state for state, _ in groupby(s["state"] for s in there.seen)].count("no_camera") == 2
        there.button("Choose another exercise").click()
        expect(there.page.get_by_role("heading", name="The exercises")).to_be_visible()


def test_a_lost_connection_comes_back_to_the_same_practice(
    smiling: Browser, house: Server, tmp_path: Path
) -> None:
    cable = Cable(house.port)
    try:
        with visit(smiling, cable.address(PRACTICE), tmp_path) as there:
            there.until("it.repetition === '2' && it.phase === 'move'", 180)
            practice = latest_practice(house)
            cable.cut()
            there.until("it.state === 'lost'", 30)
            expect(there.page.get_by_text("Finding the coach again")).to_be_visible()
            before = len(there.seen)
            there.page.wait_for_timeout(2000)
            cable.mend()
            there.until("it.state === 'live' && it.fps > 0", 30)
            there.until("it.repetition === '3'", 180)
            afterwards = [shown["repetition"] for shown in there.seen[before:]]
            assert {*afterwards} == {"2", "3"}
            there.forgive_what_was_cut()
    finally:
        cable.close()
    assert latest_practice(house)["uid"] == practice["uid"]
    assert [r["number"] for r in written(house, practice["uid"])] == [1, 2]


def test_pause_holds_the_practice_and_stop_ends_it_with_a_summary(practising: Visit, house: Server) -> None:
    practising.until("it.phase === 'hold'", 60)
    practising.button("^Pause$").click()
    practising.until("it.state === 'paused'", 30)
    expect(practising.page.get_by_text("Let your face rest. Go on when you like.")).to_be_visible()
    paused_at = len(practising.seen)
    practising.page.wait_for_timeout(1500)
    assert [s for s in practising.seen[paused_at:] if s["state"] == "live"] == []
    practising.button("^Go on$").first.click()
    practising.until("it.state === 'live' && it.repetition === '2'", 180)

    practising.button("^Stop$").click()
    expect(practising.page.get_by_text("You did 1 of 5 repetitions")).to_be_visible()
    # The page waits two seconds for it, no longer.
    eventually(lambda: latest_practice(house)["ending"] is not None, within_seconds=30)
    practice = latest_practice(house)
    assert practice["ending"] == "stopped"
    assert [r["number"] for r in written(house, practice["uid"])] == [1]


# Whether nothing on the page is wider than the window.
FITS = """() => document.documentElement.scrollWidth <= innerWidth &&
  [...document.querySelectorAll("[data-testid=stMain], .stMainBlockContainer")]
    .every((part) => part.scrollWidth <= part.clientWidth)"""


def test_on_a_phone_the_mirror_and_its_buttons_fit(smiling: Browser, house: Server, tmp_path: Path) -> None:
    with visit(smiling, house.address(PRACTICE), tmp_path, **PHONE) as there:
        there.until("it.state === 'live' && it.repetition > 0", 60)
        there.comes_to(FITS, True)
        for name in ("^Pause$", "^Stop$", "[Ss]ound"):
            box = there.button(name).bounding_box()
            assert box is not None
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= PHONE["height"]
            assert min(box["width"], box["height"]) >= 44
        assert there.page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0


@pytest.mark.parametrize(
    ("path", "ready"),
    [
        ("/", "Which side of your face is affected?"),
        ("/library", "The exercises"),
        ("/progress", "Your progress"),
        ("/settings", "Settings"),
    ],
)
def test_on_a_phone_every_page_fits(
    smiling: Browser, house: Server, tmp_path: Path, path: str, ready: str
) -> None:
    with visit(smiling, house.address(path), tmp_path, **PHONE) as there:
        expect(there.page.get_by_role("heading", name=ready)).to_be_visible()
        there.comes_to(FITS, True)
