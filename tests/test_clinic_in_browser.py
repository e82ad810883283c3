"""A clinic in a real Chromium, from its first start to a changed plan that is practised: two people, two browsers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from browser import Camera, Server, Visit, answers, chromium, film, played, server, visit
from patient_script import Timing, puckers, small_smiles
from playwright.sync_api import expect, sync_playwright

from coach import comfort
from coach.clinic.mode import read_mode
from coach.clinic.who import Reception
from coach.records import open_records

pytestmark = pytest.mark.browser

CLINIC = {"COACH_MODE": "clinic"}
DESK, PHONE = (1280, 900), (390, 844)
SMILE, PUCKER = "small-closed-smile", "small-pucker"
EYE = "oral-ocular-narrow"
WATCHED = [EYE, "platysma", "cheek-nlf", "nasal"]  # in the smile, of six
TIMING = Timing(before=4.5, ramp=1.5, hold=4.0, release=1.5, rest=3.5)
HOLD_SECONDS = 3.0
PASSWORD = "four quiet words together"
NOTE = "My eye felt tired afterwards. Is that all right?"
ANSWER = "Yes, that passes. Please make it smaller still."
TREATED = datetime.now(timezone.utc).date() - timedelta(days=3)
DOSE = "1.25 units beside the right eye"
HAPPENED = [
    "setup_code_made",
    "code_refused",
    *("joined", "signed_in"),  # the therapist
    "invited",
    *("joined", "signed_in"),  # the patient
    *("patient_opened", "patient_opened"),  # on the day of the invitation, and the page loaded anew
    "signed_out",
]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two tiny smiles, in the second of which the right eye comes along; and one tiny pucker."""
    folder = tmp_path_factory.mktemp("films")
    smiles = small_smiles(2, 1.6, eye_narrowing_right=2.5, joining_from=2, timing=TIMING)
    return {
        SMILE: film(folder / "smiles.mjpeg", smiles),
        PUCKER: film(folder / "pucker.mjpeg", puckers(1, 2.8, timing=TIMING)),
    }


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Server]:
    """A clinic's server on an empty folder."""
    with server(tmp_path / "data", view=None, environment=CLINIC) as opened:
        yield opened


# -- the doors


def fills_in(there: Visit, **fields: str) -> None:
    """Fill in a form of the doors, and send it."""
    for name, words in fields.items():
        there.page.locator(f"input[name={name}]").fill(words)
    there.page.locator("form button").first.click()


def sets_up(therapist: Visit, house: Server) -> None:
    """The first therapist: a code that is none, then the one that the server has printed."""
    page = therapist.page
    page.wait_for_url("**/set-up")
    fills_in(therapist, code="AAAA-BBBB-CCCC")
    expect(page.get_by_text("This code does not open anything.")).to_be_visible()
    assert all("403" in complaint for complaint in therapist.complaints)
    therapist.complaints.clear()

    printed = re.search(r"open /set-up and type (\S+) ", house.log.read_text())
    assert printed is not None
    fills_in(therapist, code=printed[1].lower())
    fills_in(therapist, name="Anna Berg", sign_in_name="anna", password=PASSWORD, again=PASSWORD)
    expect(page.get_by_role("heading", name="Patients")).to_be_visible()
    expect(page.get_by_text("Nobody practises here yet.")).to_be_visible()


def invites(therapist: Visit, house: Server) -> str:
    """A patient; the code that is handed over."""
    page = therapist.page
    # On its words: on a slow computer, a press on the arrow beside them folds it up again at once (Streamlit 1.60).
    therapist.button("Invite a patient").get_by_text("Invite a patient").click()
    page.get_by_label("Name", exact=True).fill("Rosa Lind")
    page.get_by_test_id("stPopoverBody").get_by_text("Right", exact=True).click()
    therapist.button("Make a code").click()
    expect(page.get_by_text(f"For Rosa Lind: open {house.address('/join')}")).to_be_visible()
    code = page.get_by_test_id("stCode")
    expect(code).to_have_text(re.compile(r"\S"))
    return code.inner_text().strip()


def joins(patient: Visit, code: str) -> None:
    """The patient makes their account, and nobody has prescribed anything yet."""
    fills_in(patient, code=code)
    expect(patient.page.get_by_role("heading", name="Welcome, Rosa Lind")).to_be_visible()
    fills_in(patient, sign_in_name="rosa", password=PASSWORD, again=PASSWORD)
    patient.page.wait_for_url("**/today")
    expect(patient.page.get_by_role("heading", name="Good ")).to_be_visible()


# -- the therapist


def opens(therapist: Visit, part: str) -> None:
    """Another part of the patient's page."""
    therapist.page.get_by_role("button", name=re.compile(f"^{part}( •)?$")).click()


def often(repetitions: int) -> str:
    return "once" if repetitions == 1 else f"{repetitions} times"


def adds(therapist: Visit, card: str, repetitions: int) -> None:
    """A few short repetitions of one more exercise."""
    page = therapist.page
    therapist.button("Add an exercise").click()
    page.locator(f".st-key-card-{card}").get_by_role("button", name="Add").click()
    page.locator(f".st-key-row-{card}").get_by_role("button", name="Set").click()
    page.get_by_label("Repetitions").fill(str(repetitions))
    page.get_by_label("Repetitions").press("Enter")
    expect(page.get_by_text(f"{often(repetitions)} 5 s").first).to_be_visible()
    page.get_by_label("Hold, seconds").fill(f"{HOLD_SECONDS:g}")
    page.get_by_label("Hold, seconds").press("Enter")
    expect(page.get_by_text(f"{often(repetitions)} {HOLD_SECONDS:g} s").first).to_be_visible()


def prescribes(therapist: Visit) -> None:
    """Two tiny smiles; the coach watches the eye alone, and speaks up early."""
    page = therapist.page
    page.get_by_role("link", name="Open their page").click()
    expect(page.get_by_text("The day of onset is not known yet.")).to_be_visible()
    opens(therapist, "Prescribe")
    page.get_by_role("radio", name="Movement control").click()
    adds(therapist, SMILE, 2)
    watched = page.get_by_role("toolbar", name="What is watched")
    for pattern in ("Chin rising", "Brow lifting"):
        watched.get_by_role("button", name=pattern).click()
    page.get_by_role("radio", name="Early").click()
    expect(page.get_by_text("speaks up early")).to_be_visible()
    therapist.button("Prescribe this").click()
    expect(page.get_by_text("This is version 1. The next session goes by it.")).to_be_visible()


def sees_the_practice(therapist: Visit, house: Server) -> None:
    """On the morning page with its reasons, in the story, and one repetition from close by."""
    page = therapist.page
    page.goto(house.address("/patients"))
    expect(page.get_by_text("1 of 1 wants a look: 1 with pain, 1 with a note waiting.")).to_be_visible()
    expect(
        page.get_by_text(re.compile("After the session of .*: pain 2 of 10, 0 before it."))
    ).to_be_visible()
    expect(page.get_by_text(re.compile("A note waits, since .*, not seen yet."))).to_be_visible()
    expect(page.get_by_text(re.compile("today, .* of .* min this week"))).to_be_visible()

    page.get_by_role("link", name="Rosa Lind").click()
    expect(page.get_by_role("heading", name="Small closed smile")).to_be_visible()
    expect(page.locator("[data-testid=stVegaLiteChart] svg").first).to_be_visible()
    opens(therapist, "Look closer")
    expect(page.get_by_role("heading", name="Small closed smile, repetition 2")).to_be_visible()
    expect(page.get_by_text(re.compile("The right eye joined in at .* It was said "))).to_be_visible()
    expect(page.locator("[data-testid=stVegaLiteChart] svg .role-mark path").first).to_be_attached()


def answers_the_note(therapist: Visit) -> None:
    """Sees it, answers, and with that it waits no longer."""
    page = therapist.page
    opens(therapist, "Talk")
    expect(page.get_by_text(NOTE).first).to_be_visible()
    page.get_by_role("button", name="Seen", exact=True).click()
    expect(page.get_by_text(re.compile("Seen by Anna Berg")).first).to_be_visible()
    page.get_by_label("Your answer").fill(ANSWER)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Your note is sent.")).to_be_visible()
    expect(page.get_by_text("Nothing waits.")).to_be_visible()


def adds_a_treatment(therapist: Visit) -> None:
    """Botulinum toxin, some days ago; it stands across the charts."""
    page = therapist.page
    opens(therapist, "History")
    therapist.button("Add a treatment").click()
    page.get_by_role("radio", name="Botulinum toxin").click()
    field = page.locator(".st-key-day-0 input")  # the day of onset, on the same page, has another
    field.fill(f"{TREATED:%d/%m/%Y}")
    field.press("Escape")
    page.get_by_label("Dose, in your own words").fill(DOSE)
    page.locator(".st-key-treatment-keep-0").get_by_role("button", name="Keep this").click()
    expect(page.get_by_text(re.compile("Botulinum toxin of .* is kept"))).to_be_visible()
    opens(therapist, "Story")
    expect(page.get_by_text(re.compile(f"Botulinum toxin, {DOSE}"))).to_be_visible()


def changes_the_plan(therapist: Visit) -> None:
    """One tiny pucker instead."""
    page = therapist.page
    opens(therapist, "Prescribe")
    adds(therapist, PUCKER, 1)
    page.locator(f".st-key-row-{SMILE}").get_by_role("button", name="✕").click()
    expect(page.get_by_text("New in this version")).to_be_visible()
    expect(page.get_by_text("1. Small pucker").first).to_be_visible()
    therapist.button("Prescribe this").click()
    expect(page.get_by_text("This is version 2. The next session goes by it.")).to_be_visible()


def signs_out(therapist: Visit, house: Server) -> None:
    """Then the patient's page is closed to this browser."""
    page = therapist.page
    left_at = page.url
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in")
    page.goto(left_at)
    expect(page).to_have_url(re.compile(r"/sign-in\?next=/patient"))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


# -- the patient


def finds_the_plan(patient: Visit, house: Server, card: str, dose: str) -> None:
    page = patient.page
    page.goto(house.address("/today"))
    expect(page.get_by_role("heading", name="Your plan")).to_be_visible()
    expect(page.get_by_role("link", name=card)).to_be_visible()
    expect(page.get_by_text(dose)).to_be_visible()


def checks_their_comfort(patient: Visit) -> None:
    answers(patient, *(comfort.QUESTIONS[n].none for n in range(3)), "0", "1")
    patient.button("Skip this rest").click()


def practises(patient: Visit) -> None:
    """Before the camera, and then what was felt."""
    patient.until("it.phase === 'done'", 120)
    patient.button("No, all quiet").click()
    expect(patient.page.get_by_text("How it went")).to_be_visible()


def has_a_session(patient: Visit) -> None:
    """The whole of it, with a little pain at its end."""
    page = patient.page
    patient.button("Begin today.s practice").click()
    checks_their_comfort(patient)
    patient.button("I am ready").click()
    page.get_by_role("button", name=re.compile("As in a mirror")).click()
    practises(patient)
    expect(page.get_by_text("Your right eye joined in during 1 of 2 repetitions")).to_be_visible()
    patient.button("^Go on$").click()
    patient.button("Skip this rest").click()
    answers(patient, "2", "3", "8", "2")
    expect(page.get_by_role("heading", name="That was today's practice")).to_be_visible()


def writes(patient: Visit, house: Server) -> None:
    page = patient.page
    page.goto(house.address("/notes"))
    page.get_by_label("What would you like to tell or ask?").fill(NOTE)
    patient.button("Send this note").click()
    expect(page.get_by_text("Your note is on its way to your therapist.")).to_be_visible()


def reads_the_answer(patient: Visit, house: Server) -> None:
    patient.page.goto(house.address("/today"))
    patient.page.get_by_role("link", name=re.compile("Your therapist has written to you")).click()
    expect(patient.page.get_by_role("heading", name="New for you")).to_be_visible()
    expect(patient.page.get_by_text(ANSWER).first).to_be_visible()


def practises_the_new_plan(patient: Visit, house: Server) -> None:
    """Later, when it hurts no more."""
    finds_the_plan(patient, house, "Small pucker", "Once, ")
    patient.button("I feel better now").click()
    checks_their_comfort(patient)
    patient.button("I am ready").click()
    practises(patient)


# -- all of it


def on_record(house: Server) -> list[str]:
    """What happened, in the order of time; nothing of it was changed."""
    records = open_records(f"sqlite:///{house.database}")
    reception = Reception(records.engine, read_mode(CLINIC))
    chain, events = reception.verify(), reception.events()
    records.close()
    assert chain.intact
    return [event.what for event in reversed(events)]


def test_a_clinic_goes_from_its_first_start_to_a_changed_plan_that_is_practised(
    films: dict[str, Path], house: Server, tmp_path: Path
) -> None:
    camera = Camera(tmp_path / "camera.mjpeg", films)
    with (
        sync_playwright() as playwright,
        chromium(playwright, *played(camera.place)) as browser,
        visit(browser, house.address("/"), tmp_path / "desk", *DESK, camera=False) as therapist,
        visit(browser, house.address("/join"), tmp_path / "phone", *PHONE) as patient,
    ):
        sets_up(therapist, house)
        joins(patient, invites(therapist, house))
        prescribes(therapist)

        finds_the_plan(patient, house, "Small closed smile", "Twice, about 1 min. A tiny movement")
        has_a_session(patient)
        writes(patient, house)

        sees_the_practice(therapist, house)
        answers_the_note(therapist)
        adds_a_treatment(therapist)
        changes_the_plan(therapist)

        reads_the_answer(patient, house)
        camera.shows(PUCKER)
        practises_the_new_plan(patient, house)
        signs_out(therapist, house)

    old, new = house.rows("SELECT * FROM prescription ORDER BY version")
    assert {old["author"], new["author"]} == {"Anna Berg"}
    assert json.loads(old["items"])[0]["watch"] == WATCHED
    earlier, later = house.rows("SELECT * FROM practice ORDER BY started_at")
    assert (earlier["card_id"], later["card_id"]) == (SMILE, PUCKER)
    assert (earlier["prescription_uid"], later["prescription_uid"]) == (old["uid"], new["uid"])
    assert (earlier["repetitions_planned"], later["repetitions_planned"]) == (2, 1)
    assert (earlier["sensitivity"], later["sensitivity"]) == ("sensitive", "default")
    assert (earlier["band_low"], earlier["band_high"]) == (1.0, 2.0)
    done = house.rows(
        "SELECT clean FROM repetition JOIN practice ON uid = practice_uid ORDER BY started_at, number"
    )
    assert [repetition["clean"] for repetition in done] == [1, 0, 1]
    watched = house.rows(f"SELECT DISTINCT pattern FROM watched_area WHERE practice_uid = '{earlier['uid']}'")
    assert {area["pattern"] for area in watched} == set(WATCHED)
    (joined,) = house.rows("SELECT * FROM unwanted_movement")
    assert (joined["practice_uid"], joined["repetition_number"]) == (earlier["uid"], 2)
    assert joined["pattern"] == EYE
    assert joined["warned_at_seconds"] is not None
    (treated,) = house.rows("SELECT * FROM treatment")
    assert (treated["kind"], treated["day"], treated["dose_text"]) == ("botulinum_toxin", f"{TREATED}", DOSE)
    assert on_record(house) == HAPPENED
