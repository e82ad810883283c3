"""A complete session in a real Chromium by the simulated patient: three exercises, one of them with closed eyes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browser import Camera, Server, Visit, answers, chromium, film, played, server, visit
from patient_script import Script, Timing, eye_closings, puckers, small_smiles
from playwright.sync_api import expect, sync_playwright

from coach import comfort
from coach.face import Side
from coach.prescription import Item, Prescription
from coach.records import open_records

pytestmark = [pytest.mark.browser, pytest.mark.alone]

TIMING = Timing(before=4.5, ramp=1.5, hold=4.0, release=1.5, rest=3.5)
HOLD_SECONDS = 3.0
CARDS = SMILE, PUCKER, CLOSING = "small-closed-smile", "small-pucker", "gentle-eye-closing"
REPETITIONS = {SMILE: 2, PUCKER: 1, CLOSING: 1}
SOON_MS = 300  # from a change of state to its sound
# What is heard as each phase begins; any one of them.
HEARD = {
    "move": {"move_start"},
    "hold": {"hold_start"},
    "release": {"hold_done", "release_start"},
    "rest": {"rest_start", "repetition_done"},
    "done": {"done"},
}


def scripts() -> dict[str, Script]:
    """What the patient does in each exercise; in the second smile the right eye comes along."""
    return {
        SMILE: small_smiles(REPETITIONS[SMILE], eye_narrowing_right=2.5, joining_from=2, timing=TIMING),
        PUCKER: puckers(REPETITIONS[PUCKER], timing=TIMING),
        CLOSING: eye_closings(REPETITIONS[CLOSING], timing=TIMING),
    }


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("films")
    return {card: film(folder / f"{card}.mjpeg", script) for card, script in scripts().items()}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Server]:
    """A server for one person who has been prescribed the three exercises."""
    data = tmp_path / "data"
    records = open_records(f"sqlite:///{data / 'coach.sqlite'}")
    patient = records.profile()
    records.set_affected(patient.uid, Side.RIGHT)
    items = tuple(
        Item(card=card, repetitions=times, hold_seconds=HOLD_SECONDS) for card, times in REPETITIONS.items()
    )
    records.prescribe(
        patient.uid,
        Prescription(created_at=datetime.now(timezone.utc), author="therapist", items=items),
    )
    records.close()
    with server(data) as opened:
        yield opened


def phases(there: Visit) -> list[tuple[float, str]]:
    """When each phase began, in milliseconds of the page."""
    seen = [shown for shown in there.seen if shown["state"] == "live"]
    changes = [(float(b["at"]), b["phase"]) for a, b in pairwise(seen) if a["phase"] != b["phase"]]
    return [(at, phase) for at, phase in changes if phase in HEARD]


def cues(there: Visit) -> list[dict[str, Any]]:
    return list(there.page.evaluate("window.cues"))


def forget(there: Visit) -> None:
    there.page.evaluate("window.seen = []; window.cues = []")


def nearest(heard: list[dict[str, Any]], at: float, names: set[str]) -> float:
    """How far away in time, in ms, the nearest of some sounds was."""
    times = sorted(float(cue["at"]) for cue in heard if cue["cue"] in names)
    place = bisect_left(times, at)
    return min((abs(time - at) for time in times[max(place - 1, 0) : place + 1]), default=float("inf"))


def practises(there: Visit, card: str, camera: Camera) -> None:
    """One exercise from its announcement to the end of its mirror."""
    camera.shows(card)
    forget(there)
    there.button("I am ready").click()
    there.until("it.phase === 'done'", 120)


def every_change_was_heard(there: Visit) -> None:
    began, heard = phases(there), cues(there)
    assert {phase for _, phase in began} == set(HEARD)
    late = {(phase, round(ms)) for at, phase in began if (ms := nearest(heard, at, HEARD[phase])) > SOON_MS}
    assert late == set()
    assert all(cue["sounded"] for cue in heard if cue["cue"] != "count"), "the sound was open"


# Whether each scale can be tapped, as it comes.
TAPPABLE = """() => {
  window.tappable = [];
  const seen = new Set();
  const look = () => {
    for (const scale of document.querySelectorAll('[class*="st-key-scale-"]')) {
      if (seen.has(scale)) continue;
      seen.add(scale);
      window.tappable.push(getComputedStyle(scale).pointerEvents);
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributes: true });
}"""


def says_what_was_felt(there: Visit) -> None:
    there.button("No, all quiet").click()
    expect(there.page.get_by_text("How it went")).to_be_visible()


def test_a_session_goes_from_the_comfort_check_to_its_summary(
    films: dict[str, Path], house: Server, tmp_path: Path
) -> None:
    camera = Camera(tmp_path / "camera.mjpeg", films)
    with (
        sync_playwright() as playwright,
        chromium(playwright, *played(camera.place)) as browser,
        visit(browser, house.address("/"), tmp_path) as there,
    ):
        there.button("Begin today.s practice").click()
        there.page.evaluate(TAPPABLE)
        answers(there, *(comfort.QUESTIONS[n].none for n in range(3)), "1", "1")
        assert there.page.evaluate("window.tappable") == ["none", "none"], (
            "a second tap answers nothing unread"
        )
        there.button("Skip this rest").click()

        practises(there, SMILE, camera)
        every_change_was_heard(there)
        warned = [shown for shown in there.seen if shown["warning"]]
        assert {shown["repetition"] for shown in warned} == {"2"}
        assert nearest(cues(there), float(warned[0]["at"]), {"warning"}) <= SOON_MS
        says_what_was_felt(there)
        expect(there.page.get_by_text("Your right eye joined in during 1 of 2 repetitions")).to_be_visible()
        there.button("^Go on$").click()
        there.button("Skip this pause").click()

        practises(there, PUCKER, camera)
        every_change_was_heard(there)
        says_what_was_felt(there)
        there.button("^Go on$").click()
        there.button("Skip this pause").click()

        practises(there, CLOSING, camera)
        every_change_was_heard(there)
        counted = [cue for cue in cues(there) if cue["cue"] == "count"]
        assert len(counted) >= int(HOLD_SECONDS) - 1, "the hold is counted for closed eyes"
        fps = sorted(float(shown["fps"]) for shown in there.seen if shown["phase"] == "hold")
        assert fps[len(fps) // 2] > 5
        says_what_was_felt(there)
        expect(there.page.get_by_text("With your eyes closed you could not see it")).to_be_visible()
        there.button("^Go on$").click()

        there.button("Skip this rest").click()
        answers(there, "2", "3", "8", "0")
        expect(there.page.get_by_role("heading", name="That was today's practice")).to_be_visible()
        there.page.wait_for_timeout(500)

    (session,) = house.rows("SELECT * FROM session")
    assert session["ending"] == "finished"
    practices = [dict(row) for row in house.rows("SELECT * FROM practice ORDER BY started_at")]
    assert [p["card_id"] for p in practices] == list(CARDS)
    assert {p["session_uid"] for p in practices} == {session["uid"]}
    assert {p["ending"] for p in practices} == {"finished"}
    assert [p["felt"] for p in practices] == ["[]"] * 3
    clean = house.rows("SELECT practice_uid, clean FROM repetition ORDER BY practice_uid, number")
    by_practice = {
        p["card_id"]: [r["clean"] for r in clean if r["practice_uid"] == p["uid"]] for p in practices
    }
    assert by_practice == {SMILE: [1, 0], PUCKER: [1], CLOSING: [1]}
    assert len(house.rows("SELECT * FROM trace")) == sum(REPETITIONS.values())
