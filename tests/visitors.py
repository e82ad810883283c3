"""Somebody at the pages under Streamlit's own test harness, on a day of their own, with a log as real runs leave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from practices import a_repetition
from streamlit.testing.v1 import AppTest

from coach.assignment import Assignment
from coach.events import Repetition
from coach.face import Side
from coach.library import load_library
from coach.prescription import Item, Prescription
from coach.records import Ending, Records, open_records

NAVIGATION = Path(__file__).parent.parent / "pages" / "navigation.py"
CARDS = load_library().exercises
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)

WELL = {"eyes": [], "new_signs": [], "muscles": [], "pain": 0, "tightness": 2}
"""The comfort check of somebody who is well."""


@dataclass
class Clock:
    """What the pages take for now."""

    now: datetime = MONDAY

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The pages' clock, in the test's hand, on the calendar of UTC."""
    clock = Clock()
    monkeypatch.setattr("pages.rooms.now", lambda: clock.now)
    monkeypatch.setattr("pages.charts.zone", lambda: timezone.utc)
    return clock


@pytest.fixture
def home_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    """The empty log that the pages open, at home."""
    for name in (
        "COACH_DATABASE_URL",
        "COACH_MODE",
        "COACH_SECRET",
        "COACH_PUBLIC_URL",
        "COACH_ALLOWED_HOSTS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COACH_DATA", str(tmp_path))
    records = open_records()
    yield records
    records.close()


def opened(page: str, **query: str) -> AppTest:
    """A page by its address."""
    app = AppTest.from_file(str(NAVIGATION), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(page).run()
    assert not app.exception
    return app


def press(app: AppTest, key: str, leads_to: str | None = None) -> AppTest:
    """Press a button; the harness has to be told where one leads to another page."""
    app.button(key=key).click().run()
    if leads_to is not None:
        app.switch_page(leads_to).run()
    assert not app.exception
    return app


def can_press(app: AppTest) -> set[str]:
    """The keys of the buttons there are."""
    return {button.key for button in app.button}


def words(app: AppTest) -> str:
    """All that can be read, with plain spaces."""
    parts = [*app.header, *app.subheader, *app.markdown, *app.caption, *app.info, *app.success]
    return "\n".join(str(part.value) for part in parts).replace("\N{NO-BREAK SPACE}", " ")


def prescribe(records: Records, *items: Item, at: datetime = MONDAY, author: str = "self") -> Prescription:
    """These exercises for the one person of the log."""
    prescription = Prescription(created_at=at, author=author, stage="movement_control", items=items)
    return records.prescribe(records.profile().uid, prescription)


def repetitions(count: int, **changed: object) -> list[Repetition]:
    """Clean and even, unless changed."""
    return [replace(a_repetition(n), symmetry=0.95, **changed) for n in range(1, count + 1)]  # type: ignore[arg-type]


def practised(
    records: Records,
    card: str,
    at: datetime,
    done: Sequence[Repetition] = (),
    ending: Ending | None = "finished",
    **assigned: object,
) -> str:
    """A practice before the camera as a real run logs it."""
    assignment = Assignment(card, **assigned)  # type: ignore[arg-type]
    uid = records.begin_practice(records.profile().uid, CARDS[card], Side.RIGHT, assignment, at)
    for repetition in done:
        records.add_repetition(uid, repetition)
    if ending is not None:
        records.end_practice(uid, ending, at + timedelta(minutes=1), 0.97)
    return uid


def a_session(
    records: Records,
    at: datetime,
    card: str = "small-closed-smile",
    done: Sequence[Repetition] | None = None,
    feelings: dict[str, int] | None = None,
    **assigned: object,
) -> str:
    """A finished session with one exercise."""
    me = records.profile().uid
    prescription = records.prescription(me)
    uid = records.begin_session(me, prescription.uid if prescription else None, WELL, at)
    done = repetitions(5) if done is None else done
    practised(records, card, at + timedelta(minutes=2), done, session=uid, item=1, **assigned)
    felt = feelings or {"tightness": 2, "effort": 2, "eye_comfort": 8, "pain": 0}
    records.end_session(uid, me, "finished", at + timedelta(minutes=5), felt)
    return uid
