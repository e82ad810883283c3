"""The progress page in a real Chromium: its charts are drawn without complaint, and Back leads back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from browser import Server, Visit, chromium, server, visit
from playwright.sync_api import ConsoleMessage, expect, sync_playwright
from practices import EYE, RESTING, a_repetition

from coach.assignment import Assignment
from coach.library import load_library
from coach.records import open_records

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose log holds two practices of one afternoon, and one of two days before."""
    data = tmp_path_factory.mktemp("house") / "data"
    data.mkdir()
    records = open_records(f"sqlite:///{data / 'coach.sqlite'}")
    for hours in (51, 3, 2):
        started_at = datetime.now(timezone.utc) - timedelta(hours=hours)
        smile = load_library().exercises["small-closed-smile"]
        uid = records.begin_practice(records.profile().uid, smile, None, Assignment(smile.id), started_at)
        for repetition in (a_repetition(1), a_repetition(2, EYE)):
            records.add_repetition(
                uid, replace(repetition, amplitude_left_mm=5.0, symmetry=0.95, resting=RESTING)
            )
        records.end_practice(uid, "finished", started_at + timedelta(minutes=1), 0.95)
    records.close()
    with server(data) as opened:
        yield opened


@pytest.fixture
def there(house: Server, tmp_path: Path) -> Iterator[Visit]:
    with (
        sync_playwright() as playwright,
        chromium(playwright) as browser,
        visit(browser, house.address("/progress"), tmp_path, width=390, height=844, camera=False) as opened,
    ):
        yield opened


def test_back_and_forward_lead_to_what_the_address_says(there: Visit) -> None:
    everything, one = (
        there.page.get_by_role("heading", name=name) for name in ("Your progress", "Small closed smile")
    )
    there.button("Small closed smile").first.click()  # any of them
    expect(one).to_be_visible()
    expect(there.page).to_have_url(re.compile(r"\?practice="))
    practice = there.page.url

    there.page.go_back()
    expect(everything).to_be_visible()
    there.page.go_forward()
    expect(one).to_be_visible()
    expect(there.page).to_have_url(practice)


def test_the_charts_are_drawn_without_complaint(there: Visit) -> None:
    heard: list[ConsoleMessage] = []
    there.page.on("console", lambda message: heard.append(message))
    there.page.reload()
    drawn = there.page.locator("[data-testid=stVegaLiteChart] svg .role-mark path")
    expect(drawn.last).to_be_attached()
    expect(there.page.locator("[data-testid=stVegaLiteChart] svg")).to_have_count(
        6
    )  # two of the face at rest
    there.button("Small closed smile").first.click()
    expect(there.page.get_by_role("heading", name="Small closed smile")).to_be_visible()
    expect(there.page.locator("[data-testid=stVegaLiteChart] svg")).to_have_count(1)
    expect(drawn.last).to_be_attached()

    assert [message.text for message in heard if message.type in ("warning", "error")] == []
