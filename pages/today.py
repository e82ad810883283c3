"""Today: one thing to do, what it holds, and what was done of late; on the first visit, what to practise at all."""

from collections.abc import Callable

import streamlit as st

from coach import comfort
from coach.calibration import RANGE_CARD
from coach.exercise import Exercise, Stage
from coach.face import Side
from coach.levels import has_levels
from coach.page_words import LIVE_PAGE
from coach.prescription import Item, Prescription
from coach.programme import Programme
from coach.records import SessionRecord, View, telling
from coach.records.trends import practice_frame
from pages import charts, entry, filling, programmes, rooms
from pages.day import Day, done_today, settle
from pages.patient_row import plain
from pages.sitting import Sitting

SIDES: dict[str, Side | None] = {"right": Side.RIGHT, "left": Side.LEFT, "unsure": None}
SIDE_WORDS = {"right": "My right side", "left": "My left side", "unsure": "I am not sure"}
VIEWS: tuple[View, ...] = ("mirror", "line", "bars")
DAY_OF_REST = "Today is a day of rest in your plan. If you would like to practise anyway, you may."


def greeting(day: Day) -> None:
    """The time of day, and the date."""
    hour = day.now.hour
    part = "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
    with st.container(key="greeting"):
        st.header(f"Good {part}", anchor=False)
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.caption(f"{day.now:%A}, {day.now.day} {day.now:%B}", width="content")
            entry.somebody_else(f"Not {plain(day.patient.name)}?")


def word_from_the_therapist(day: Day) -> None:
    """That something waits to be read; above what is to be done, because it may be about that."""
    notes = rooms.records().notes(day.patient.uid)
    if any(note.sender == "therapist" and note.seen_at is None for note in notes):
        with st.container(key="word"):
            st.page_link("notes.py", label="Your therapist has written to you. Read it under Notes.")


# -- the first visit ---------------------------------------------------------------------------------------------


def first_visit(day: Day) -> None:
    """Three questions and a choice, one a screen."""
    chosen: dict[str, str] = st.session_state.setdefault("first-visit", {})
    if "side" not in chosen:
        ask_side(day)
        return
    if "view" not in chosen:
        ask_view(day)
    elif "stage" not in chosen:
        st.subheader("What is most like your face now?", anchor=False)
        for one, (name, more) in programmes.STAGES.items():
            large_choice(f"stage-{one}", name, more, chosen.__setitem__, "stage", one)
    else:
        stage: Stage = chosen["stage"]  # type: ignore[assignment]  # one of the buttons above
        st.subheader("Choose a programme to begin with", anchor=False)
        st.write(programmes.ASK)
        programmes.choose(stage, day.library, lambda programme: choose_programme(day, programme))
    question_before(chosen.pop, next(reversed(chosen)))


def before_the_plan(day: Day) -> None:
    """In a clinic the plan is the therapist's; until it is there, only what nobody has said yet is asked."""
    chosen: dict[str, str] = st.session_state.setdefault("first-visit", {})
    if day.patient.view in VIEWS:
        st.subheader("Your therapist has not written your plan yet.", anchor=False)
        st.write(
            "It will be here as soon as it is written. Until then there is nothing you have to do. If you like, "
            "read what the exercises are like."
        )
        with st.container(key="read"):
            st.page_link("library.py", label="Read about the exercises")
        seeing_yourself(day)
    elif "side" in chosen or day.patient.affected is not None:
        ask_view(day)
        if "side" in chosen:
            question_before(take_side_back, day)
    else:
        ask_side(day)


def ask_side(day: Day) -> None:
    """Which side is affected."""
    st.subheader("Which side of your face is affected?", anchor=False)
    st.write("Your own right and left.")
    for name, words in SIDE_WORDS.items():
        large_choice(f"side-{name}", words, "", choose_side, day, name)


def ask_view(day: Day) -> None:
    """Mirror, line face or bars."""
    st.subheader("How would you like to see yourself?", anchor=False)
    st.write("The coach follows your movements with the camera. You need not look at your face for that.")
    for view in VIEWS:
        words = LIVE_PAGE["views"][view]
        large_choice(f"view-{view}", words["name"], words["words"], choose_view, day, view)


def question_before(on_click: Callable[..., object], *args: object) -> None:
    """The way back to the last question."""
    st.button("← The question before", key="first-back", type="tertiary", on_click=on_click, args=args)


def large_choice(key: str, words: str, more: str, on_click: Callable[..., None], *args: object) -> None:
    """One of a few large buttons, with what it means below it."""
    with st.container(key=f"choice-{key}"):
        st.button(words, key=key, on_click=on_click, args=args, width="stretch")
        if more:
            st.caption(more)


def choose_side(day: Day, name: str) -> None:
    """Remember the affected side."""
    rooms.records().set_affected(day.patient.uid, SIDES[name])
    st.session_state["first-visit"]["side"] = name


def take_side_back(day: Day) -> None:
    """It is to be asked again."""
    rooms.records().set_affected(day.patient.uid, None)
    del st.session_state["first-visit"]["side"]


def choose_view(day: Day, view: View) -> None:
    """Remember the view."""
    rooms.records().set_view(day.patient.uid, view)
    st.session_state["first-visit"]["view"] = view


def choose_programme(day: Day, programme: Programme) -> None:
    """Write the first prescription down."""
    st.session_state.pop("first-visit", None)
    if (
        rooms.records().prescription(day.patient.uid) is None
    ):  # one may have been written since the button was drawn
        rooms.records().prescribe(day.patient.uid, programmes.prescribed(programme, day.now))


# -- an ordinary day ---------------------------------------------------------------------------------------------


def main_thing(day: Day, under_way: SessionRecord | None) -> None:
    """What to do now, with its button; none where the face is to rest."""
    held = day.held_back
    if held is not None:
        with st.container(border=True, key="advice"):
            st.subheader(held.title, anchor=False)
            st.write(held.advice)
            if st.button("I feel better now: ask me again", key="ask-again", width="stretch"):
                st.switch_page("session.py", query_params={"begin": "afresh"})
        return
    if under_way is not None:
        st.write(f"You stopped at {Sitting(day, under_way).place.lower()}. It waits for you there.")
        if st.button("Go on where you were", key="go-on", type="primary", width="stretch"):
            st.switch_page("session.py", query_params={"session": under_way.uid})
    allowance = day.allowance
    if allowance.kind == "limit":
        if under_way is None:
            st.write(allowance.words)
        return
    if under_way is not None:
        if st.button("Begin afresh", key="afresh", width="stretch"):
            st.switch_page("session.py", query_params={"begin": "afresh"})
        return
    words, label, is_asked = allowance.words, "Practise once more", allowance.kind == "go"
    if is_asked:
        label = "Begin today's practice"
        if day.is_day_of_rest:
            words, label, is_asked = DAY_OF_REST, "Practise anyway", False
    times = day.prescription.times if day.prescription else None
    if is_asked and times:
        words += f" Planned for today: {plain(times.rstrip('.'))}."
    st.write(words)
    if st.button(label, key="begin", type="primary" if is_asked else "secondary", width="stretch"):
        st.switch_page("session.py", query_params={"begin": "afresh"})


def news(day: Day) -> None:
    """What the coach has changed, what it leaves to the therapist, and what the therapist is to know."""
    if day.therapist_is_to_know:
        st.info(comfort.TELL_THERAPIST)
    told = [change.words for change in day.changes()]
    told += [
        f"{exercise.name}: {proposal.words} Your therapist can decide."
        for _, exercise, proposal in day.proposals()
        if not proposal.by_itself
    ]
    if told:
        with st.container(border=True, key="news"):
            for words in told:
                st.write(words)


def plan(day: Day, prescription: Prescription, under_way: SessionRecord | None) -> None:
    """The exercises of today, with their dose, and which are done."""
    planned, fit = day.planned(prescription)
    sitting = Sitting(day, under_way) if under_way else None
    done = {
        exercise.id
        for number, (_, exercise) in enumerate(sitting.planned if sitting else (), 1)
        if sitting and f"exercise-{number}" in sitting.done
    } or done_today(day, [exercise for _, exercise in planned])
    st.subheader("Your plan", anchor=False)
    about = f"{programmes.minutes(fit.seconds).capitalize()} in all, with rests and pauses."
    if prescription.days and prescription.when:
        about += f" {plain(prescription.when.rstrip('.'))}."
    st.caption(about)
    with st.container(border=True, key="plan"):
        for number, (item, exercise) in enumerate(planned, 1):
            row(number, item, exercise, exercise.id in done)
    if fit.words:
        st.caption(fit.words)
    missing = day.missing(prescription)
    if missing:
        names = ", ".join(missing)
        st.caption(f"Not in the library any more, and left out: {names}. Your therapist can choose another.")


def row(number: int, item: Item, exercise: Exercise, is_done: bool) -> None:
    """One exercise of the plan."""
    with st.container(key=f"plan-{number}", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("✓" if is_done else f"{number}", width=24)
        with st.container(gap=None):
            st.page_link(
                "library.py",
                label=exercise.name,
                query_params={"exercise": exercise.id},
                help="Read how it is done",
            )
            level = f" {programmes.LEVEL_WORDS[item.level]}" if has_levels(exercise) else ""
            done = " Done today." if is_done else ""
            st.caption(f"{programmes.dose(item, exercise).capitalize()}.{level}{done}")


def comfortable_range(day: Day) -> None:
    """The invitation to the guided test, where there was none or it is long ago; none while the face is to rest."""
    wanted = day.range_wanted
    if wanted is None or day.held_back is not None:
        return
    exercise = day.library.exercises[RANGE_CARD]
    with st.container(border=True, key="range"):
        st.subheader("Find your comfortable range", anchor=False)
        st.write(
            "Your last test is a while ago, and movement changes over months. Would you like to find your range again?"
            if wanted == "again"
            else "How far is comfortable for you? Once the coach knows, your exercises fit your own face."
        )
        # Getting into view and reading what to do takes about as long again as the clock of the card.
        st.caption(f"A test, not practice, {programmes.minutes(exercise.seconds() * 1.75)}.")
        if st.button("Find it now", key="find-range", width="stretch"):
            st.switch_page("practice.py", query_params={"exercise": RANGE_CARD})


def seeing_yourself(day: Day) -> None:
    """Mirror, line face or bars; remembered."""
    words = LIVE_PAGE["views"]
    st.session_state.setdefault("view", day.patient.view if day.patient.view in VIEWS else None)
    st.subheader("How you see yourself", anchor=False)
    st.radio(
        "How you see yourself",
        VIEWS,
        index=None,
        key="view",
        format_func=lambda view: words[view]["name"],
        captions=[words[view]["words"] for view in VIEWS],
        on_change=lambda: rooms.records().set_view(day.patient.uid, st.session_state["view"]),
        label_visibility="collapsed",
    )


def lately(day: Day) -> None:
    """What was done today, and the calendar of the last weeks."""
    if not day.practised:
        return
    st.subheader("Your days", anchor=False)
    if day.today:
        count = day.sessions_today
        sessions = f"{count} session{'' if count == 1 else 's'}, " if count else ""
        st.markdown(f"Today so far: {sessions}{telling.minutes(60 * day.minutes_today)} of practice.")
    charts.days(practice_frame(day.practised, charts.zone()), day.now.date())


day = Day(rooms.records(), rooms.library(), entry.patient("/today"), rooms.now().astimezone(charts.zone()))
if filling.is_open():
    filling.draw(day)
    st.stop()
greeting(day)
word_from_the_therapist(day)
if day.prescription is None:
    if entry.require("/today", day.patient.uid).at_home:
        first_visit(day)
    else:
        before_the_plan(day)
    filling.invitation(day)
else:
    day = settle(day)
    open_session = day.open_session
    main_thing(day, open_session)
    news(day)
    filling.invitation(day)
    plan(day, day.version(open_session.prescription_uid) if open_session else day.prescription, open_session)  # type: ignore[arg-type]
    comfortable_range(day)
    lately(day)
    seeing_yourself(day)
