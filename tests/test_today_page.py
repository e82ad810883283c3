"""Today: the first visit, the plan, what is wise now, what the coach changes by itself and what it leaves alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from practices import EYE, a_repetition
from streamlit.testing.v1 import AppTest
from visitors import (
    MONDAY,
    WELL,
    Clock,
    a_session,
    can_press,
    opened,
    practised,
    prescribe,
    press,
    repetitions,
    words,
)

from coach.calibration import RANGE_CARD
from coach.clinic.access import Who
from coach.clinic.accounts import Role
from coach.face import Side
from coach.prescription import COACH, Item, Prescription, Weekday
from coach.records import Records

pytestmark = pytest.mark.usefixtures("clock")

SMILE = Item(card="small-closed-smile")
PUCKER = Item(card="small-pucker")
MASSAGE = Item(card="cheek-massage")


@pytest.fixture
def records(home_log: Records) -> Records:
    return home_log


def test_the_first_visit_asks_three_things_and_ends_with_a_programme(records: Records) -> None:
    app = opened("today.py")
    assert "Monday, 2 March" in words(app)
    press(app, "side-left")
    press(app, "view-line")
    press(app, "stage-movement_control")
    assert "Ask your therapist which one fits" in words(app)
    press(app, "choose-eyes-open")

    me = records.profile()
    assert (me.affected, me.view) == (Side.LEFT, "line")
    prescription = records.prescription(me.uid)
    assert prescription is not None
    assert (prescription.version, prescription.author, prescription.programme) == (1, "self", "eyes-open")
    assert prescription.stage == "movement_control"
    assert "begin" in can_press(app)


def test_each_question_of_the_first_visit_can_be_gone_back_from(records: Records) -> None:
    app = opened("today.py")
    assert "first-back" not in can_press(app)
    press(app, "side-unsure")
    press(app, "view-bars")
    press(app, "first-back")
    assert "view-mirror" in can_press(app)
    press(app, "first-back")
    assert "side-right" in can_press(app)
    assert records.prescription(records.profile().uid) is None


@pytest.mark.parametrize("stage", ["movement_control", "relaxation", "facilitation", "initiation"])
def test_there_is_a_programme_for_each_category(records: Records, stage: str) -> None:
    app = opened("today.py")
    for key in ("side-right", "view-mirror", f"stage-{stage}"):
        press(app, key)
    assert any(key.startswith("choose-") for key in can_press(app))


def test_the_plan_says_what_there_is_to_do_and_how_long_it_takes(records: Records) -> None:
    prescribe(records, SMILE, MASSAGE, PUCKER)

    said = words(opened("today.py"))

    assert "Session 1 of 2 today." in said
    assert "5 times, about 2 min. A small movement." in said
    assert "Twice, about 2 min." in said
    assert "min in all, with rests and pauses." in said


def planned_for(records: Records, *days: Weekday, times: str | None = None) -> None:
    """The smile, on these days and at these times."""
    version = Prescription(created_at=MONDAY, author="Dr Kay", days=days, times=times, items=(SMILE,))
    records.prescribe(records.profile().uid, version)


REST_DAY = "Today is a day of rest in your plan. If you would like to practise anyway, you may."


def test_when_practice_is_planned_today_is_said_as_the_therapist_wrote_it(records: Records) -> None:
    planned_for(records, "monday", "thursday", times="09:00 and 18:00.")

    app = opened("today.py")

    assert "Planned for today: 09:00 and 18:00." in plainly(app)
    assert "Monday and Thursday: 09:00 and 18:00." in plainly(app)  # beside the plan
    assert REST_DAY not in plainly(app)


def test_a_day_of_rest_is_said_and_locks_nobody_out(records: Records, clock: Clock) -> None:
    planned_for(records, "tuesday", "thursday", times="in the evening")

    app = opened("today.py")

    assert REST_DAY in plainly(app)
    assert "Planned for today" not in plainly(app)
    assert "Session 1 of 2 today." not in plainly(app)  # nothing is planned for it
    assert app.button(key="begin").label == "Practise anyway"
    press(app, "begin", leads_to="session.py")
    assert "Your eyes today: is any of this so?" in words(app)

    for hour in range(4):
        a_session(records, MONDAY + timedelta(hours=2 * hour))
    clock.wait(hours=8)
    app = opened("today.py")
    assert "Four sessions are enough for one day." in words(app)
    assert REST_DAY not in words(app)
    assert "begin" not in can_press(app)


def test_a_plan_for_every_day_without_times_says_nothing_of_them(records: Records) -> None:
    prescribe(records, SMILE)

    said = words(opened("today.py"))

    assert "Planned for today" not in said
    assert "Every day" not in said


def test_a_word_from_the_therapist_is_said_until_it_was_read(records: Records) -> None:
    prescribe(records, SMILE)
    me = records.profile().uid
    records.write_note(me, "patient", "Me", "My neck pulls.", MONDAY)
    assert links(opened("today.py"), "notes") == []

    records.write_note(me, "therapist", "Dr Kay", "Let it melt a while.", MONDAY)
    records.write_note(me, "therapist", "Dr Kay", "And drink.", MONDAY)
    assert links(opened("today.py"), "notes") == ["Your therapist has written to you. Read it under Notes."]

    opened("notes.py")
    assert links(opened("today.py"), "notes") == []


def links(app: AppTest, page: str) -> list[str]:
    """What the links to a page say, without the way around at the top of every page."""
    found = [(one.proto.page, one.proto.label) for one in app.get("page_link")]
    return [label for to, label in found if to.endswith(page) and label != page.capitalize()]


def plainly(app: AppTest) -> str:
    """What can be read, without the signs that keep words from being Markdown."""
    return words(app).replace("\\", "")


def test_what_does_not_fit_under_twelve_minutes_is_left_out_and_named(records: Records) -> None:
    prescribe(records, *(Item(card=card, repetitions=20) for card in ("small-closed-smile", "small-pucker")))

    assert "so today leaves out: Small pucker" in words(opened("today.py"))


def test_a_card_that_is_gone_is_left_out_and_named(records: Records) -> None:
    prescribe(records, SMILE, Item(card="juggling"))

    app = opened("today.py")

    assert "left out: juggling" in words(app)
    assert "begin" in can_press(app)


def test_an_open_session_is_gone_on_with_or_begun_afresh(records: Records, clock: Clock) -> None:
    prescription = prescribe(records, SMILE, PUCKER)
    me = records.profile().uid
    uid = records.begin_session(me, prescription.uid, WELL, MONDAY)
    for step in ("comfort", "rest", "exercise-1", "felt-1"):
        records.step_done(uid, me, step)
    practised(records, SMILE.card, MONDAY, repetitions(5), session=uid, item=1)
    records.end_session(uid, me, "stopped", MONDAY)
    clock.wait(minutes=30)

    app = opened("today.py")

    assert {"go-on", "afresh"} <= can_press(app)
    assert "begin" not in can_press(app)
    assert "You stopped at step 3 of 6." in words(app)
    assert "Done today." in words(app)

    clock.wait(days=4)
    assert "go-on" not in can_press(opened("today.py"))


def test_more_than_planned_is_enough_and_the_fourth_is_the_last(records: Records, clock: Clock) -> None:
    prescribe(records, SMILE)
    for hour, (said, ways) in enumerate(
        (
            ("Session 1 of 2 today.", {"begin"}),
            ("Session 2 of 2 today.", {"begin"}),
            ("Today's practice is done.", {"begin"}),
            ("Today's practice is done.", {"begin"}),
            ("Four sessions are enough for one day.", set()),
        )
    ):
        clock.now = MONDAY + timedelta(hours=2 * hour)
        app = opened("today.py")
        assert said in words(app)
        assert can_press(app) & {"begin", "go-on", "afresh"} == ways
        a_session(records, clock.now)

    clock.wait(days=1)
    assert "begin" in can_press(opened("today.py"))


def test_a_session_less_than_an_hour_ago_is_said(records: Records, clock: Clock) -> None:
    prescribe(records, SMILE)
    a_session(records, MONDAY)
    clock.wait(minutes=20)

    app = opened("today.py")

    assert "less than an hour ago" in words(app)
    assert "begin" in can_press(app)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"eyes": ["redness"]}, "Please contact your eye service today."),
        ({"new_signs": ["speech"]}, "Please seek medical care now."),
        ({"pain": 5}, "Let your face rest today."),
    ],
)
def test_where_the_comfort_check_said_stop_today_shows_its_advice_until_asked_again(
    records: Records, clock: Clock, answers: dict[str, object], said: str
) -> None:
    prescription = prescribe(records, SMILE)
    me = records.profile().uid
    uid = records.begin_session(me, prescription.uid, {**WELL, **answers}, MONDAY)
    records.end_session(uid, me, "safety", MONDAY)
    clock.wait(hours=2)

    app = opened("today.py")
    assert said in words(app)
    assert "begin" not in can_press(app)
    assert "ask-again" in can_press(app)
    press(app, "ask-again", leads_to="session.py")
    assert "Your eyes today: is any of this so?" in words(app)

    records.begin_session(me, prescription.uid, WELL, clock.now)
    assert said not in words(opened("today.py"))


def test_the_advice_of_yesterday_is_not_todays(records: Records, clock: Clock) -> None:
    prescription = prescribe(records, SMILE)
    me = records.profile().uid
    uid = records.begin_session(me, prescription.uid, {**WELL, "eyes": ["pain"]}, MONDAY)
    records.end_session(uid, me, "safety", MONDAY)
    clock.wait(days=1)

    assert "begin" in can_press(opened("today.py"))


def test_a_face_that_hurt_after_a_session_is_to_rest_today(records: Records, clock: Clock) -> None:
    prescribe(records, SMILE)
    a_session(records, MONDAY, feelings={"tightness": 2, "effort": 2, "eye_comfort": 8, "pain": 5})
    clock.wait(hours=3)

    app = opened("today.py")

    assert "Let your face rest today." in words(app)
    assert "find-range" not in can_press(app)  # the test moves the face as well
    assert "find-range" not in can_press(opened("settings.py"))


def a_clinic_patient(records: Records, monkeypatch: pytest.MonkeyPatch, side: Side | None) -> str:
    """Somebody whom their therapist has invited, signed in for the first time."""
    uid = records.create_patient("Rosa", side, MONDAY).uid
    who = Who(Role.PATIENT, "Rosa", account_uid="b" * 32, patient_uid=uid)
    monkeypatch.setattr("pages.entry.who", lambda: who)
    return uid


def test_in_a_clinic_only_the_view_is_asked_and_the_plan_is_the_therapist_s(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = a_clinic_patient(records, monkeypatch, Side.LEFT)

    app = opened("today.py")
    assert "side-left" not in can_press(app)
    press(app, "view-line")

    assert "Your therapist has not written your plan yet" in words(app)
    assert "Read about the exercises" in links(app, "library")
    assert not [key for key in can_press(app) if key.startswith(("stage-", "choose-"))]
    assert (records.patient(uid).affected, records.patient(uid).view) == (Side.LEFT, "line")
    assert records.prescription(uid) is None


def test_in_a_clinic_settings_choose_no_programme_and_lead_out(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_clinic_patient(records, monkeypatch, Side.LEFT)

    app = opened("settings.py")

    assert "choose" not in can_press(app)
    assert "Your therapist has not written your plan yet." in words(app)
    ways_out = [one.proto.body for one in app.get("html") if 'href="/sign-out"' in one.proto.body]
    assert [("in-settings" in one) for one in ways_out] == [True, False]  # one for a phone, one at the top


def test_settings_leave_a_therapists_plan_to_the_therapist(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = a_clinic_patient(records, monkeypatch, Side.LEFT)
    plan = Prescription(created_at=MONDAY, author="Dr Kay", stage="movement_control", items=(SMILE,))
    records.prescribe(uid, plan)
    records.prescribe(uid, plan.model_copy(update={"author": COACH}))  # a step of level by itself

    app = opened("settings.py")

    assert "Your plan is from Dr Kay." in words(app)
    assert not [key for key in can_press(app) if key.startswith("choose-")]
    assert "Keep these" not in [button.label for button in app.button]
    assert len(records.prescriptions(uid)) == 2


def test_a_programme_pressed_after_a_therapist_has_prescribed_changes_nothing(records: Records) -> None:
    prescribe(records, SMILE)
    app = opened("settings.py")
    app.selectbox(key="stage").set_value("movement_control").run()
    prescribe(records, SMILE, author="Dr Kay")

    press(app, "choose-eyes-open")

    newest = records.prescription(records.profile().uid)
    assert newest is not None
    assert (newest.author, newest.version) == ("Dr Kay", 2)
    assert "Your plan is from Dr Kay." in words(app)


def test_a_first_programme_pressed_after_a_therapist_has_prescribed_changes_nothing(records: Records) -> None:
    app = opened("today.py")
    for key in ("side-right", "view-bars", "stage-movement_control"):
        press(app, key)
    prescribe(records, SMILE, author="Dr Kay")

    press(app, "choose-eyes-open")

    newest = records.prescription(records.profile().uid)
    assert newest is not None
    assert (newest.author, newest.version) == ("Dr Kay", 1)


def test_in_a_clinic_a_side_nobody_knows_is_asked_and_can_be_asked_again(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = a_clinic_patient(records, monkeypatch, None)

    app = opened("today.py")
    press(app, "side-right")
    press(app, "first-back")
    press(app, "side-unsure")
    press(app, "view-bars")

    assert "Your therapist has not written your plan yet" in words(app)
    assert records.patient(uid).affected is None
    assert "Your therapist has not written your plan yet" in words(opened("today.py"))


def test_pain_on_two_days_goes_to_the_therapist(records: Records, clock: Clock) -> None:
    prescribe(records, SMILE)
    for _ in range(2):
        a_session(records, clock.now, feelings={"tightness": 2, "effort": 2, "eye_comfort": 8, "pain": 5})
        clock.wait(days=1)

    assert "Please tell your therapist before you practise again." in words(opened("today.py"))


def quiet_weeks(records: Records, clock: Clock, level: int) -> None:
    """Three sessions on three days in which everything else stayed quiet."""
    prescribe(records, SMILE.model_copy(update={"level": level}))
    for _ in range(3):
        clock.wait(days=1)
        a_session(records, clock.now, level=level)
    clock.wait(days=1)


def test_a_level_that_is_due_is_taken_by_itself_and_told(records: Records, clock: Clock) -> None:
    quiet_weeks(records, clock, level=2)

    app = opened("today.py")

    told = "Small closed smile has become soft and quiet. Next time may go a little further, still small."
    assert told in words(app)
    versions = records.prescriptions(records.profile().uid)
    assert [(version.author, version.items[0].level) for version in versions] == [("coach", 3), ("self", 2)]

    assert told in words(opened("today.py"))  # and not taken once more
    assert len(records.prescriptions(records.profile().uid)) == 2
    clock.wait(hours=1)
    a_session(records, clock.now, level=3)
    clock.wait(hours=1)
    assert told not in words(opened("today.py"))


def test_beyond_the_third_level_only_the_therapist_goes(records: Records, clock: Clock) -> None:
    quiet_weeks(records, clock, level=3)

    app = opened("today.py")

    assert "Your therapist can decide." in words(app)
    assert len(records.prescriptions(records.profile().uid)) == 1


def test_a_step_back_is_taken_by_itself_and_told_kindly(records: Records, clock: Clock) -> None:
    prescribe(records, SMILE)
    for _ in range(2):
        clock.wait(days=1)
        a_session(records, clock.now, done=[a_repetition(n, EYE) for n in (1, 2, 3, 4)])
    clock.wait(days=1)

    app = opened("today.py")

    assert "Small closed smile: one step softer lets it settle." in words(app)
    version = records.prescription(records.profile().uid)
    assert version is not None
    assert version.items[0].level == 2


def test_no_level_changes_while_a_session_is_open(records: Records, clock: Clock) -> None:
    quiet_weeks(records, clock, level=2)
    me = records.profile().uid
    prescription = records.prescription(me)
    assert prescription is not None
    records.begin_session(me, prescription.uid, WELL, clock.now)

    opened("today.py")

    assert len(records.prescriptions(me)) == 1


def test_the_comfortable_range_is_invited_to_until_found_and_again_after_weeks(
    records: Records, clock: Clock
) -> None:
    prescribe(records, SMILE)
    app = opened("today.py")
    assert "A test, not practice, about 6 min." in words(app)
    press(app, "find-range", leads_to="practice.py")
    assert app.query_params["exercise"] == [RANGE_CARD]

    practised(records, RANGE_CARD, MONDAY, repetitions(2, movement="smile"))  # one side was not seen
    assert "find-range" in can_press(opened("today.py"))
    seen = repetitions(2, movement="smile", amplitude_left_mm=9.0)
    practised(records, RANGE_CARD, MONDAY + timedelta(hours=1), seen)
    assert "find-range" not in can_press(opened("today.py"))
    clock.wait(weeks=9)
    assert "Your last test is a while ago" in words(opened("today.py"))


def test_massage_needs_no_range(records: Records) -> None:
    prescribe(records, MASSAGE)

    assert "find-range" not in can_press(opened("today.py"))


def test_the_view_is_remembered(records: Records) -> None:
    prescribe(records, SMILE)
    app = opened("today.py")
    app.radio(key="view").set_value("bars").run()

    assert records.profile().view == "bars"
    assert opened("today.py").radio(key="view").value == "bars"


def test_the_days_are_told_without_blame(records: Records, clock: Clock) -> None:
    prescribe(records, SMILE)
    a_session(records, MONDAY)
    clock.wait(days=9)

    said = words(opened("today.py"))

    assert "In the last 14 days you practised on one day; the last time was 9 days ago." in said
    assert "Today so far" not in said
