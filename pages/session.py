"""A session, one step a screen; which step it is, the log says, so that a closed browser loses nothing."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from coach import comfort, session
from coach.comfort import Answers, Feelings
from coach.exercise import Exercise, closes_eyes
from coach.levels import instruction, is_tiny_closing
from coach.levels import planned as planned_times
from coach.plan import REST_ONLY_LEVEL, TINY_LEVEL
from coach.records import FeltArea, PracticeRecord, SessionEnding
from coach.session import Step
from coach.words import TINY
from pages import after, charts, entry, mirror, programmes, rooms
from pages.asking import ask, is_asking, ticks
from pages.countdown import Part, countdown
from pages.day import Day, advice, answers, is_open
from pages.sitting import Sitting

ONCE_WITHOUT_HELP = "Today once without help, to see what you can do by feel."
EYES_CLOSED = (
    "Your eyes are closed in this one. You will hear when to begin, how long to hold, and when it is over."
)


def write(sitting: Sitting, *keys: str) -> None:
    """Write steps down as done."""
    for key in keys:
        rooms.records().step_done(sitting.uid, sitting.day.patient.uid, key)


def end(sitting: Sitting, ending: SessionEnding, feelings: Mapping[str, Any] | None = None) -> None:
    """Write down how the session ended."""
    rooms.records().end_session(sitting.uid, sitting.day.patient.uid, ending, rooms.now(), feelings)


def to_today() -> None:
    """The way out of every step."""
    st.switch_page("today.py")


# -- before: the comfort check -----------------------------------------------------------------------------------


def begin(day: Day) -> None:
    """The comfort check of a new session, which begins with its answers."""
    st.caption("Before you begin")
    given = ask("comfort", comfort.QUESTIONS)
    if given is None:
        leave(None, may_hurt=False)
        return
    given_now = Answers(**given)
    prescription = day.prescription
    uid = rooms.records().begin_session(
        day.patient.uid, prescription.uid if prescription else None, given_now.as_json(), rooms.now()
    )
    rooms.records().step_done(uid, day.patient.uid, Step("comfort").key)
    if not comfort.verdict(given_now).go:
        rooms.records().end_session(uid, day.patient.uid, "safety", rooms.now())
    open_by_address(uid)


def check_again(sitting: Sitting) -> None:
    """The comfort check of a session that is gone on with later."""
    st.caption("Welcome back. First, how are you now?")
    given = ask(f"comfort-{sitting.uid}", comfort.QUESTIONS)
    if given is None:
        leave(sitting, may_hurt=False)
        return
    given_now = Answers(**given)
    rooms.records().comfort_again(sitting.uid, sitting.day.patient.uid, given_now.as_json(), rooms.now())
    write(sitting, Step("comfort").key)
    if not comfort.verdict(given_now).go:
        end(sitting, "safety")
    st.rerun()


def something_hurts(sitting: Sitting) -> None:
    """The same questions in the middle of a session; what hurts or has risen ends it."""
    st.caption("Let everything rest. What is it?")
    given = ask(f"hurts-{sitting.uid}", comfort.QUESTIONS)
    if given is not None:
        st.session_state["told"] = given
    given = st.session_state.get("told")
    if given is None:
        st.button("Nothing, go on", key="nothing", type="tertiary", on_click=no_more_hurting)
        return
    now = Answers(**given)
    before = answers(sitting.record) or now
    found = comfort.stopped(before, now)
    if not found.go:
        st.session_state.pop("told")
        rooms.records().comfort_again(sitting.uid, sitting.day.patient.uid, now.as_json(), rooms.now())
        end(sitting, "safety")
        open_by_address(sitting.uid)
    st.header(found.title, anchor=False)
    st.write(found.advice)
    st.button("Go on, softly", key="softly", on_click=no_more_hurting, width="stretch")
    if st.button("Stop for today", key="stop-today", type="primary", width="stretch"):
        no_more_hurting()
        end(sitting, "stopped")
        to_today()


def no_more_hurting() -> None:
    """Back to the step."""
    st.session_state.pop("told", None)
    st.query_params.pop("hurts", None)


def open_by_address(uid: str) -> None:
    """Show this session, and nothing else of the address."""
    st.query_params.from_dict({"session": uid})
    st.rerun()


def title(words: str, sitting: Sitting) -> None:
    """What a step is, and how far the session has come."""
    with st.container(key="title", horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(words, anchor=False, width="stretch")
        st.caption(sitting.place, width="content")


# -- the steps ---------------------------------------------------------------------------------------------------


def rest(sitting: Sitting, step: Step) -> None:
    """Lying down inside, before and after."""
    title("Rest and let go" if step.kind == "rest" else "A last rest", sitting)
    if step.kind == "closing" and sitting.time_is_up:
        st.write(session.TIME_IS_UP)
    st.write(session.WORDS[step.kind])
    if step.kind == "rest":
        st.caption("You may close your eyes. A soft sound says when it is over.")
    timed(sitting, step, "Skip this rest", breath=True)


def blink(sitting: Sitting, step: Step) -> None:
    """A pause for the eyes between two exercises."""
    title("A pause for your eyes", sitting)
    st.write(session.WORDS["blink"])
    timed(sitting, step, "Skip this pause", breath=False)


def timed(sitting: Sitting, step: Step, skip: str, *, breath: bool) -> None:
    """The clock of a step; when it is over, or skipped, the step is done."""

    def over() -> None:
        write(sitting, step.key)

    countdown(f"{sitting.uid}-{step.key}", [Part("", step.seconds or 0.0)], over, breath=breath)
    st.button(skip, key="skip", type="tertiary", on_click=over, width="stretch")


def exercise_step(sitting: Sitting, step: Step) -> None:
    """One exercise: what it is, then doing it."""
    number = step.item or 1
    if st.session_state.get("doing", {}).get("step") == (sitting.uid, number):
        do(sitting, step, number)
    else:
        get_ready(sitting, step, number)


def get_ready(sitting: Sitting, step: Step, number: int) -> None:
    """What comes, in a few words, and the drawing of it."""
    exercise = sitting.exercise(number)
    begun = sitting.repetitions(number)
    left = sitting.left(number)
    title(exercise.name, sitting)
    words, picture = st.columns([1, 1], gap="medium")
    with words:
        if begun:
            st.write(f"{begun} of {begun + left} are done. That may be enough for now.")
        else:
            explain(sitting, number, exercise)
        st.button(
            f"Do the other {left}" if begun and left > 1 else "Do the last one" if begun else "I am ready",
            key="ready",
            type="secondary" if begun and stopped(sitting.of(number)) else "primary",
            on_click=start,
            args=(sitting, number),
            width="stretch",
        )
        st.button(
            "On to the next step" if begun else "Leave it out today",
            key="leave-out",
            type="primary" if begun and stopped(sitting.of(number)) else "tertiary",
            on_click=write,
            args=(sitting, step.key) if begun else (sitting, step.key, Step("felt", number).key),
            width="stretch",
        )
    with picture:
        mirror.draw(f"drawing-{exercise.id}", exercise, sitting.day.patient, sitting.item(number).level)


def explain(sitting: Sitting, number: int, exercise: Exercise) -> None:
    """How the exercise is done, how often, and what is special about it today."""
    level = sitting.item(number).level
    st.write(instruction(exercise, level))
    if exercise.target is not None and level == TINY_LEVEL and not is_tiny_closing(exercise, level):
        st.write(TINY)
    if sitting.is_check(number):
        st.write(ONCE_WITHOUT_HELP)
        st.caption(programmes.times(planned_times(sitting.item(number), exercise, check=True)).capitalize())
    else:
        st.caption(programmes.dose(sitting.item(number), exercise).capitalize())
    if closes_eyes(exercise, level):
        st.caption(EYES_CLOSED)
    if exercise.not_before_months:
        st.caption(f"Only from {exercise.not_before_months} months after the palsy on.")
    if exercise.judged == "range":
        st.caption(mirror.A_TEST)


def stopped(practices: list[PracticeRecord]) -> bool:
    """Whether the last practice was stopped on purpose: then going on is no longer the main thing."""
    return bool(practices) and practices[-1].ending == "stopped"


def start(sitting: Sitting, number: int) -> None:
    """Open the mirror or start the clock."""
    st.session_state["turn"] = st.session_state.get("turn", 0) + 1
    st.session_state["doing"] = {
        "step": (sitting.uid, number),
        "turn": st.session_state["turn"],
        "began_at": rooms.now(),
    }


def do(sitting: Sitting, step: Step, number: int) -> None:
    """The exercise itself."""
    item, exercise = sitting.item(number), sitting.exercise(number)
    patient = sitting.day.patient
    doing = st.session_state["doing"]
    title(exercise.name, sitting)
    if mirror.uses_camera(exercise):

        def ended(told: Mapping[str, Any]) -> None:
            st.session_state.pop("doing", None)
            if told.get("ending") == "finished":
                write(sitting, step.key)

        prescription = sitting.prescription
        mirror.live(
            f"live-{sitting.uid}-{number}-{doing['turn']}",
            exercise,
            sitting.assignment(number),
            patient,
            ended,
            half_mirror=prescription is not None and prescription.half_mirror,
        )
        with st.expander("How to do it"):
            st.write(instruction(exercise, item.level))
            st.write(mirror.watched(patient.affected))
        return

    def over(ending: str) -> None:
        st.session_state.pop("doing", None)
        rooms.records().keep_timer_practice(
            patient.uid,
            exercise,
            patient.affected,
            sitting.assignment(number),
            doing["began_at"],
            rooms.now(),
            "finished" if ending == "finished" else "stopped",
        )
        write(sitting, step.key)

    st.write(exercise.instruction)
    mirror.clock(f"{sitting.uid}-{number}", exercise, item, patient, lambda: over("finished"))
    st.button(
        "That is enough for today",
        key="skip",
        type="tertiary",
        on_click=over,
        args=("stopped",),
        width="stretch",
    )


def felt(sitting: Sitting, step: Step) -> None:
    """What was felt, before the camera's result is told."""
    number = step.item or 1
    record = sitting.last(number)
    if record is None:  # the log has lost it, or never had it: there is nothing to ask about
        write(sitting, step.key)
        st.rerun()
    if record.felt is None and st.session_state.get("unsure") != record.uid:
        resting = record.level == REST_ONLY_LEVEL
        title(session.FELT_AT_REST if resting else session.FELT_QUESTION, sitting)
        areas = ticks(f"felt-{record.uid}", session.FELT_AREAS)
        st.button(
            "Go on" if areas else "No, all quiet",
            key="felt",
            type="primary",
            on_click=rooms.records().keep_felt,
            args=(record.uid, sitting.day.patient.uid, _areas(areas)),
            width="stretch",
        )
        if not areas:
            st.button("I am not sure", key="unsure-felt", on_click=unsure, args=(record,), width="stretch")
        return
    title("How it went", sitting)
    after.result(record)
    st.button("Go on", key="next", type="primary", on_click=write, args=(sitting, step.key), width="stretch")


def unsure(record: PracticeRecord) -> None:
    """Nothing is written down of what was not known."""
    st.session_state["unsure"] = record.uid


def feel_now(sitting: Sitting, step: Step) -> None:
    """How it felt; with the last answer the session is finished."""
    title(session.WORDS["feelings"], sitting)
    given = ask(f"feelings-{sitting.uid}", comfort.FEELINGS)
    if given is None:
        return
    write(sitting, step.key)
    end(sitting, "finished", Feelings(**given).as_json())
    open_by_address(sitting.uid)


def _areas(areas: list[str]) -> list[FeltArea]:
    return [area for area in ("chin", "neck", "cheek") if area in areas]  # type: ignore[misc]


STEPS: Mapping[str, Callable[[Sitting, Step], None]] = {
    "rest": rest,
    "exercise": exercise_step,
    "felt": felt,
    "blink": blink,
    "closing": rest,
    "feelings": feel_now,
}


def step(sitting: Sitting) -> None:
    """The step that is next, and the two ways out of it."""
    now = sitting.next
    if now.kind == "summary":
        end(sitting, "finished")
        open_by_address(sitting.uid)
    if now.kind == "comfort":
        check_again(sitting)
        return
    missing = Step("exercise", now.item).key
    if now.kind == "felt" and missing not in sitting.record.steps_done:
        write(sitting, missing)  # the practice itself had said that it was finished
    STEPS[now.kind](sitting, now)
    leave(sitting)


def leave(sitting: Sitting | None, *, may_hurt: bool = True) -> None:
    """Stop for now, or say that something hurts; the comfort check asks that anyway."""
    with ways_out, st.container(key="leave", horizontal=True, gap="small"):
        if st.button("Stop for now", key="stop", width="stretch"):
            st.session_state.pop("doing", None)
            if sitting is not None:
                end(sitting, "stopped")
            to_today()
        if may_hurt and st.button("Something hurts", key="hurts", width="stretch"):
            st.session_state.pop("doing", None)
            st.query_params["hurts"] = "yes"
            st.rerun()


# -- after -------------------------------------------------------------------------------------------------------


def summary(sitting: Sitting) -> None:
    """What was done, and the way back."""
    st.header("That was today's practice", anchor=False)
    after.session_summary(sitting)
    if st.button("Back to today", key="today", type="primary", width="stretch"):
        to_today()
    if st.button("See my progress", key="progress", width="stretch"):
        st.switch_page("progress.py")


def advise(sitting: Sitting) -> None:
    """What to do where there is no practice."""
    found = advice(sitting.record)
    with st.container(border=True, key="advice"):
        st.header(found.title if found else "Let your face rest today.", anchor=False)
        st.write(found.advice if found else "No practice today.")
    if sitting.day.therapist_is_to_know:
        st.info(comfort.TELL_THERAPIST)
    if st.button("Back to today", key="today", type="primary", width="stretch"):
        to_today()


def over(words: str) -> None:
    """There is nothing to go on with under this address."""
    st.info(words)
    if st.button("To today's plan", key="today", type="primary", width="stretch"):
        to_today()


def begin_or_go_on(day: Day) -> None:
    """Without an address: go on with what is open, else begin."""
    if day.prescription is None or not day.planned(day.prescription)[0]:
        to_today()
    open_session = day.open_session
    if open_session is not None and "begin" not in st.query_params:
        open_by_address(open_session.uid)
    if not is_asking("comfort") and day.allowance.kind == "limit":
        to_today()
    begin(day)


day = Day(rooms.records(), rooms.library(), entry.patient("/session"), rooms.now().astimezone(charts.zone()))
wanted = st.query_params.get("session")
record = rooms.records().session(wanted, day.patient.uid) if wanted else None
# Below what a step holds, always at one place: a container with a key that moves is shown twice by Streamlit 1.60 where
# the old one is not cleared away before the new one comes, and the old one stays, faded and dead.
here, ways_out = st.container(), st.container()
with here:
    if not wanted:
        begin_or_go_on(day)
    elif record is None:
        over("This session is not among yours.")
    elif record.ending == "finished":
        summary(Sitting(day, record))
    elif record.ending == "safety":
        advise(Sitting(day, record))
    elif not is_open(record, day.now):
        over("This session was some days ago. A fresh one is clearer.")
    elif "hurts" in st.query_params:
        something_hurts(Sitting(day, record))
    else:
        step(Sitting(day, record))
