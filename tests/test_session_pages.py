"""A session from the comfort check to the summary: each step once, stopped and gone on with, and every way out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from practices import EYE, a_course, a_repetition, another_person
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block
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

from coach.library import open_library
from coach.prescription import Item
from coach.records import Records, SessionRecord
from pages.day import Day
from pages.sitting import Sitting

pytestmark = pytest.mark.usefixtures("clock")

EYES_CLOSED = "Your eyes are closed in this one."
ONCE_WITHOUT_HELP = "Today once without help, to see what you can do by feel."
SMILE = Item(card="small-closed-smile")
CLOSING = Item(card="gentle-eye-closing")
MASSAGE = Item(card="cheek-massage", repetitions=1)


@pytest.fixture
def records(home_log: Records) -> Records:
    return home_log


def answer(app: AppTest, name: str, pain: int = 0, tightness: int = 2) -> AppTest:
    """The comfort check of somebody without a sign."""
    for question in ("eyes", "new_signs", "muscles"):
        press(app, f"{name}-{question}-on")
    press(app, f"{name}-pain-{pain}")
    return press(app, f"{name}-tightness-{tightness}")


def begun(records: Records, *items: Item, done: tuple[str, ...] = ("comfort", "rest")) -> str:
    """A session that has come to its first exercise."""
    prescription = prescribe(records, *items)
    me = records.profile().uid
    uid = records.begin_session(me, prescription.uid, WELL, MONDAY)
    for step in done:
        records.step_done(uid, me, step)
    return uid


def the_session(records: Records) -> SessionRecord:
    """The newest one."""
    return records.sessions(records.profile().uid)[0]


def place(block: Block, key: str, above: tuple[int, ...] = ()) -> tuple[int, ...] | None:
    """Where a widget stands on the page, from the outside in."""
    for number, child in block.children.items():
        found = place(child, key, (*above, number)) if isinstance(child, Block) else None
        if found or getattr(child, "key", None) == key:
            return found or (*above, number)
    return None


def test_the_ways_out_stand_at_one_place_in_every_step(records: Records) -> None:
    """Where a container with a key moves, Streamlit 1.60 may leave the one before on the page, faded and dead."""
    prescribe(records, SMILE)
    app = opened("session.py", begin="afresh")
    places = {place(app.main, "stop")}
    answer(app, "comfort")
    for button in ("skip", "ready"):
        places.add(place(app.main, "stop"))
        press(app, button)
    places.add(place(app.main, "stop"))

    assert len(places) == 1
    assert None not in places


def test_a_whole_session_step_by_step(records: Records, clock: Clock) -> None:
    prescribe(records, SMILE, MASSAGE, CLOSING)
    app = opened("session.py", begin="afresh")
    answer(app, "comfort")
    session = the_session(records)
    assert session.comfort == WELL
    assert app.query_params == {"session": [session.uid]}

    assert "Breathe out slowly" in words(app)
    assert "Step 2 of 7" in words(app)
    press(app, "skip")

    assert "Small closed smile" in words(app)
    assert "5 times, about 2 min" in words(app)
    press(app, "ready")
    assert "leave-out" not in can_press(app)
    one = practised(records, SMILE.card, clock.now, repetitions(5), session=session.uid, item=1)
    app.run()
    assert "Did you feel the chin, neck or cheek join in?" in words(app)
    app.checkbox(key=f"felt-{one}-chin").check().run()
    press(app, "felt")
    assert "You did 5 repetitions, and all of them were clean" in words(app)
    assert "You felt: chin." in words(app)
    press(app, "next")

    clock.wait(minutes=2)
    assert "blink softly" in words(app)
    press(app, "skip")

    assert "Cheek and fold massage" in words(app)
    press(app, "ready")
    clock.wait(minutes=1)
    press(app, "skip")
    massage = records.practices(records.profile().uid)[0]
    assert (massage.card_id, massage.item, massage.ending, massage.seconds) == (
        MASSAGE.card,
        2,
        "stopped",
        60,
    )
    press(app, "skip")  # nothing is asked after a massage

    assert EYES_CLOSED in words(app)
    press(app, "ready")
    three = practised(records, CLOSING.card, clock.now, session=session.uid, item=3)
    for repetition in repetitions(5):
        records.add_repetition(three, repetition, a_course())
    app.run()
    press(app, "felt")
    assert "With your eyes closed you could not see it. Here it is:" in words(app)
    press(app, "next")

    assert "Let everything melt." in words(app)
    assert "Step 6 of 7" in words(app)
    press(app, "skip")

    for question, value in (("tightness", 2), ("effort", 3), ("eye_comfort", 4), ("pain", 0)):
        press(app, f"feelings-{session.uid}-{question}-{value}")
    said = words(app)
    assert "That was today's practice" in said
    assert "Small closed smile**: 5 repetitions, all of them with everything else quiet" in said
    assert "Rest your eyes: look into the distance for two minutes" in said
    assert "Soft and quiet" in said

    session = the_session(records)
    assert session.ending == "finished"
    assert session.feelings == {"tightness": 2, "effort": 3, "eye_comfort": 4, "pain": 0}
    assert session.steps_done == (
        "comfort", "rest", "exercise-1", "felt-1", "blink-1", "exercise-2", "blink-2", "exercise-3", "felt-3",
        "closing", "feelings",
    )  # fmt: skip
    felt = {record.card_id: record.felt for record in records.practices(records.profile().uid)}
    assert felt == {SMILE.card: ("chin",), CLOSING.card: (), MASSAGE.card: None}
    press(app, "today", leads_to="today.py")
    assert "Today so far: 1 session" in words(app)


def test_the_comfort_check_can_be_gone_back_in_and_left(records: Records) -> None:
    prescribe(records, SMILE)
    app = opened("session.py")
    press(app, "comfort-eyes-on")
    press(app, "comfort-back")
    assert "Your eyes today" in words(app)
    press(app, "stop")

    assert records.sessions(records.profile().uid) == []
    assert "begin" in can_press(opened("today.py"))


def test_a_sign_ends_the_session_before_it_begins(records: Records) -> None:
    prescribe(records, SMILE)
    app = opened("session.py")
    app.checkbox(key="comfort-eyes-light").check().run()
    assert app.button(key="comfort-eyes-on").label == "Go on"
    answer(app, "comfort")

    assert "Please contact your eye service today." in words(app)
    session = the_session(records)
    assert session.ending == "safety"
    assert session.comfort == {**WELL, "eyes": ["light"]}
    press(app, "today", leads_to="today.py")
    assert "begin" not in can_press(app)


def test_something_that_hurts_ends_the_session_and_is_written_down(records: Records) -> None:
    uid = begun(records, SMILE)
    app = opened("session.py", session=uid)
    press(app, "hurts")
    answer(app, f"hurts-{uid}", pain=6)

    assert "Let your face rest today." in words(app)
    session = the_session(records)
    assert session.ending == "safety"
    assert session.comfort == {**WELL, "pain": 6}


def test_tightness_that_has_risen_ends_the_session_too(records: Records) -> None:
    uid = begun(records, SMILE)
    app = opened("session.py", session=uid)
    press(app, "hurts")
    answer(app, f"hurts-{uid}", tightness=4)

    assert "Let your face rest today." in words(app)
    assert the_session(records).ending == "safety"
    assert "Let your face rest today." in words(opened("today.py"))


def test_nothing_that_hurts_goes_back_to_the_step(records: Records) -> None:
    uid = begun(records, SMILE)
    app = opened("session.py", session=uid)
    press(app, "hurts")
    answer(app, f"hurts-{uid}", pain=1)
    assert "Let everything melt." in words(app)
    press(app, "softly")

    assert "ready" in can_press(app)
    assert "hurts" not in app.query_params
    press(app, "hurts")
    press(app, "nothing")
    assert "ready" in can_press(app)
    assert the_session(records).comfort == WELL


def test_a_session_goes_on_the_next_day_after_a_new_comfort_check(records: Records, clock: Clock) -> None:
    uid = begun(records, SMILE, MASSAGE)
    practised(records, SMILE.card, MONDAY, repetitions(2), ending=None, session=uid, item=1)
    press(opened("session.py", session=uid), "stop", leads_to="today.py")
    assert the_session(records).ending == "stopped"
    clock.wait(days=1)

    app = press(opened("today.py"), "go-on", leads_to="session.py")
    assert "Welcome back." in words(app)
    answer(app, f"comfort-{uid}", tightness=3)
    assert "2 of 5 are done." in words(app)
    assert app.button(key="ready").label == "Do the other 3"
    press(app, "ready")
    practised(records, SMILE.card, clock.now, repetitions(3), session=uid, item=1)
    app.run()

    assert "Did you feel" in words(app)
    session = the_session(records)
    assert session.uid == uid
    assert session.ending is None
    assert session.comfort == {**WELL, "tightness": 3}
    assert "exercise-1" in session.steps_done


def test_a_session_left_for_days_is_let_go(records: Records, clock: Clock) -> None:
    uid = begun(records, SMILE)
    clock.wait(days=5)

    assert "A fresh one is clearer." in words(opened("session.py", session=uid))
    assert "Your eyes today" in words(opened("session.py"))


def test_what_was_stopped_can_be_left_at_that(records: Records) -> None:
    uid = begun(records, SMILE)
    practised(records, SMILE.card, MONDAY, repetitions(2), "stopped", session=uid, item=1)

    app = opened("session.py", session=uid)
    assert app.button(key="leave-out").label == "On to the next step"
    press(app, "leave-out")
    assert "Did you feel" in words(app)
    press(app, "unsure-felt")
    assert "You did 2 of 5 repetitions" in words(app)
    assert records.practices(records.profile().uid)[0].felt is None


def test_after_a_rest_it_is_asked_what_tightened_for_nothing_was_to_join_in(records: Records) -> None:
    uid = begun(records, SMILE.model_copy(update={"level": 1}))
    practised(records, SMILE.card, MONDAY, repetitions(5), session=uid, item=1, level=1)

    assert "Did you feel the chin, neck or cheek tighten?" in words(opened("session.py", session=uid))


def test_an_exercise_that_is_left_out_is_not_asked_about(records: Records) -> None:
    uid = begun(records, SMILE, MASSAGE)
    app = opened("session.py", session=uid)
    press(app, "leave-out")

    assert "blink softly" in words(app)


def test_an_exercise_that_is_too_long_is_done_fewer_times(records: Records) -> None:
    uid = begun(records, Item(card="small-closed-smile", repetitions=20, hold_seconds=60))

    said = words(opened("session.py", session=uid))

    times = int(re.search(r"(\d+) times, about", said)[1])  # type: ignore[index]
    assert 3 < times < 10


def test_when_the_time_is_up_the_closing_rest_comes(records: Records) -> None:
    uid = begun(records, SMILE, CLOSING)
    long = [a_repetition(1), *[a_repetition(n) for n in range(40, 44)]]
    practice = practised(records, SMILE.card, MONDAY, long, ending=None, session=uid, item=1)
    records.end_practice(practice, "finished", MONDAY + timedelta(minutes=13), 0.9)
    me = records.profile().uid
    for step in ("exercise-1", "felt-1"):
        records.step_done(uid, me, step)

    said = words(opened("session.py", session=uid))

    assert "Twelve minutes of practice are enough at a time." in said
    assert "A last rest" in said


def test_once_a_week_the_first_measured_exercise_is_done_without_help(records: Records, clock: Clock) -> None:
    massage_first = (MASSAGE, SMILE, CLOSING)
    prescribe(records, *massage_first, at=MONDAY - timedelta(days=8))
    a_session(records, MONDAY - timedelta(days=8))
    uid = begun(records, *massage_first, done=("comfort", "rest", "exercise-1", "blink-1"))

    app = opened("session.py", session=uid)
    assert ONCE_WITHOUT_HELP in words(app)
    assert "3 times" in words(app)
    press(app, "ready")
    practised(
        records, SMILE.card, MONDAY, repetitions(3), session=uid, item=2, is_check=True, feedback="after"
    )
    app.run()
    press(app, "felt")
    assert "That was by feel, without help." in words(app)
    press(app, "next")
    press(app, "skip")
    assert ONCE_WITHOUT_HELP not in words(app)


def test_what_joined_in_is_told_after_the_question(records: Records) -> None:
    uid = begun(records, SMILE)
    done = [a_repetition(n, EYE) for n in range(1, 6)]
    practised(records, SMILE.card, MONDAY, done, session=uid, item=1)

    app = opened("session.py", session=uid)
    assert "joined in during" not in words(app)
    press(app, "felt")
    assert "Your right eye joined in during 5 of 5 repetitions" in words(app)


def test_the_fourth_session_of_a_day_is_the_last(records: Records, clock: Clock) -> None:
    prescribe(records, SMILE)
    for _ in range(4):
        a_session(records, clock.now)
        clock.wait(hours=2)

    app = opened("session.py", begin="afresh")

    assert "Your plan" in words(app)
    assert "Four sessions are enough for one day." in words(app)
    assert len(records.sessions(records.profile().uid)) == 4


def test_without_a_programme_there_is_no_session(records: Records) -> None:
    assert "Which side of your face is affected?" in words(opened("session.py"))


@pytest.mark.parametrize("uid", ["0" * 32, "../../etc", "'; DROP TABLE session; --", "y" * 3000])
def test_an_address_that_is_nobodys_session_leads_back(records: Records, uid: str) -> None:
    prescribe(records, SMILE)

    app = opened("session.py", session=uid)

    assert "not among yours" in words(app)
    assert can_press(app) == {"today"}


def test_somebody_elses_session_does_not_open(records: Records) -> None:
    prescribe(records, SMILE)
    theirs = records.begin_session(another_person(records).uid, None, {**WELL, "pain": 9}, MONDAY)

    app = opened("session.py", session=theirs)
    assert "Who is practising?" in words(app), "two people share this computer"
    press(app, f"profile-{records.profile().uid}")

    assert "not among yours" in words(app)


def test_a_finished_session_opens_by_its_address(records: Records) -> None:
    prescribe(records, SMILE)
    uid = a_session(records, MONDAY)

    assert "That was today's practice" in words(opened("session.py", session=uid))


def test_a_programme_that_changes_meanwhile_leaves_the_open_session_as_it_is(records: Records) -> None:
    uid = begun(records, SMILE)
    prescribe(records, MASSAGE)

    assert "Small closed smile" in words(opened("session.py", session=uid))


def test_only_what_is_watched_is_drawn_as_staying_quiet(records: Records, clock: Clock) -> None:
    eye = "oral-ocular-narrow"
    uid = begun(records, SMILE.model_copy(update={"watch": (eye,)}), CLOSING)
    me = records.profile()
    record = records.session(uid, me.uid)
    assert record is not None
    sitting = Sitting(Day(records, open_library(), me, clock.now), record)

    assert {watch.pattern for watch in sitting.exercise(1).watch} == {eye}
    assert sitting.exercise(2) == open_library().exercises["gentle-eye-closing"]


@pytest.mark.parametrize(
    ("item", "told", "untold"),
    [
        (SMILE.model_copy(update={"level": 1}), "Nothing to move.", "polite smile"),
        (CLOSING.model_copy(update={"level": 2}), "about half way", "drift shut"),
    ],
    ids=["rest only", "tiny closing"],
)
def test_before_an_exercise_the_words_are_those_of_its_level(
    records: Records, item: Item, told: str, untold: str
) -> None:
    said = words(opened("session.py", session=begun(records, item)))
    assert told in said
    assert untold not in said
    assert EYES_CLOSED not in said
