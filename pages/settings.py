"""What a person sets: their side, how they see themselves, their programme; some of it with their therapist."""

import streamlit as st

from coach.calibration import NAMES, RANGE_CARD
from coach.exercise import Stage
from coach.face import Side
from coach.levels import LEVELS, has_levels
from coach.library import own_folder
from coach.page_words import LIVE_PAGE
from coach.prescription import COACH, Prescription
from coach.programme import Programme
from coach.records import View, telling
from pages import charts, entry, mirror, programmes, rooms
from pages.day import Day
from pages.patient_row import plain

SIDES: dict[str, Side | None] = {"Right": Side.RIGHT, "Left": Side.LEFT, "Not sure": None}
VIEWS: tuple[View, ...] = ("mirror", "line", "bars")
SENSITIVITIES = {"sensitive": "Tell me early", "default": "Usual", "lenient": "Tell me late"}


def who_practises(day: Day) -> None:
    """Whose settings these are, where several people share this computer."""
    if not entry.several_profiles():
        return
    st.write(f"{plain(day.patient.name)} is practising. This browser remembers it for today.")
    entry.somebody_else("Somebody else is practising")


def who_is_signed_in() -> None:
    """Whose account this is, with the way out, for which the top of a phone has no room."""
    who = entry.who()
    if who is None or who.account_uid is None:
        return
    st.write(f"You are signed in as {plain(who.name)}.")
    st.html('<a class="way" href="/sign-out" target="_self">Sign out</a>')


def your_face(day: Day) -> None:
    """The affected side and the view."""
    st.subheader("Your face", anchor=False)
    st.session_state.setdefault(
        "affected", next(name for name, side in SIDES.items() if side is day.patient.affected)
    )
    st.radio(
        "Which side of your face is affected?",
        list(SIDES),
        key="affected",
        on_change=lambda: rooms.records().set_affected(day.patient.uid, SIDES[st.session_state["affected"]]),
        horizontal=True,
        help="Your own right and left. If you are not sure, the coach watches both sides.",
    )
    words = LIVE_PAGE["views"]
    st.session_state.setdefault("seen-as", day.patient.view if day.patient.view in VIEWS else None)
    st.radio(
        "How would you like to see yourself?",
        VIEWS,
        index=None,
        key="seen-as",
        format_func=lambda view: words[view]["name"],
        captions=[words[view]["words"] for view in VIEWS],
        on_change=lambda: rooms.records().set_view(day.patient.uid, st.session_state["seen-as"]),
    )


def your_programme(day: Day, prescription: Prescription) -> None:
    """What is practised now, and another instead."""
    st.subheader("Your programme", anchor=False)
    current = day.library.programmes.get(prescription.programme or "")
    st.write(current.name if current else "Put together for you.")
    if not is_ones_own(day):
        whose = therapist(day)
        st.write(f"Your plan is from {plain(whose)}." if whose else "Your therapist can change it.")
        st.caption("If it does not suit you, please write a note to your therapist.")
        return
    with st.expander("Change it"):
        st.write(programmes.ASK)
        stage: Stage = st.selectbox(
            "What is most like your face now?",
            list(programmes.STAGES),
            index=list(programmes.STAGES).index(prescription.stage) if prescription.stage else 0,
            format_func=lambda stage: programmes.STAGES[stage][0],
            key="stage",
        )
        programmes.choose(
            stage, day.library, lambda programme: change(day, programme), current=prescription.programme
        )


def therapist(day: Day) -> str | None:
    """Whose plan is in force: the author of the newest version that is more than a change made with a therapist's word.

    None: the person chose it.
    """
    changes = (COACH, programmes.WITH_THERAPIST)
    whole = next((one.author for one in day.prescriptions if one.author not in changes), None)
    return None if whole in (None, programmes.SELF) else whole


def is_ones_own(day: Day) -> bool:
    """Whether the plan is the person's to change: at home, as long as no therapist has written one."""
    return entry.require("/settings", day.patient.uid).at_home and therapist(day) is None


def no_programme(day: Day) -> None:
    """Nothing is practised yet: at home it is one's own to choose, in a clinic the therapist's."""
    st.subheader("Your programme", anchor=False)
    if not entry.require("/settings", day.patient.uid).at_home:
        st.write("Your therapist has not written your plan yet.")
        return
    st.write("You have not chosen one yet.")
    if st.button("Choose one", key="choose", type="primary"):
        st.switch_page("today.py")


def change(day: Day, programme: Programme) -> None:
    """Another programme, as a new version; a session that is open goes on as it began."""
    now = Day(rooms.records(), day.library, day.patient, day.now)
    if not is_ones_own(now):  # a therapist has written a plan since the button was drawn
        return
    rooms.records().prescribe(
        day.patient.uid, programmes.prescribed(programme, rooms.now(), day.prescription)
    )


def your_range(day: Day) -> None:
    """What the guided test found, and doing it again."""
    if RANGE_CARD not in day.library.exercises:
        return
    st.subheader("Your comfortable range", anchor=False)
    if day.ranges:
        last = max(own.day for own in day.ranges.values())
        st.write(f"Found on {telling.long_day(last)}. Your exercises go by it, at a small part.")
        st.markdown(
            "\n".join(
                f"- {NAMES[name].capitalize()}: {telling.mm(own.mm)}" for name, own in day.ranges.items()
            )
        )
    else:
        st.write("Not found yet. Your exercises go as far as their cards say.")
    label = "Find it again" if day.ranges else "Find it"
    if day.held_back is None and st.button(label, key="find-range"):  # the test moves the face as well
        st.switch_page("practice.py", query_params={"exercise": RANGE_CARD})


def with_your_therapist(day: Day, prescription: Prescription) -> None:
    """What only makes sense with somebody who knows the face; kept as one new version."""
    with st.expander("With your therapist"):
        st.write("Change these together with your therapist.")
        with st.form("with-therapist", border=False):
            stages = list(programmes.STAGES)
            stage = st.selectbox(
                "Treatment category",
                stages,
                index=stages.index(prescription.stage) if prescription.stage else 0,
                format_func=lambda stage: stage.replace("_", " ").capitalize(),
            )
            half = st.toggle(
                "Both halves of the mirror show the healthy side",
                value=prescription.half_mirror,
                help="As in mirror therapy: what the affected side would look like if it moved the same way.",
            )
            often = st.select_slider("Sessions a day", [1, 2, 3, 4], value=prescription.sessions_per_day)
            items = []
            for number, (item, exercise) in enumerate(day.known(prescription)):
                if not has_levels(exercise):
                    items.append(item)
                    continue
                st.markdown(f"**{exercise.name}**")
                level = st.selectbox(
                    f"Level of {exercise.name}",
                    list(LEVELS),
                    index=list(LEVELS).index(item.level),
                    format_func=lambda level: f"{level}: {LEVELS[level].name}",
                    key=f"level-{prescription.version}-{number}",
                )
                sensitivity = st.radio(
                    f"When the coach speaks up in {exercise.name}",
                    list(SENSITIVITIES),
                    index=list(SENSITIVITIES).index(item.sensitivity),
                    format_func=SENSITIVITIES.__getitem__,
                    horizontal=True,
                    key=f"sensitivity-{prescription.version}-{number}",
                )
                items.append(item.model_copy(update={"level": level, "sensitivity": sensitivity}))
            if st.form_submit_button("Keep these", type="primary", width="stretch"):
                changed = {
                    "stage": stage,
                    "half_mirror": half,
                    "sessions_per_day": often,
                    "items": tuple(items),
                }
                keep(day, prescription, changed)


def keep(day: Day, prescription: Prescription, changed: dict[str, object]) -> None:
    """Write a new version, unless nothing is new."""
    if all(getattr(prescription, name) == value for name, value in changed.items()):
        st.write("Nothing has changed.")
        return
    rooms.records().prescribe(
        day.patient.uid,
        prescription.model_copy(
            update={**changed, "author": programmes.WITH_THERAPIST, "created_at": rooms.now()}
        ),
    )
    st.session_state["kept"] = True
    st.rerun()


def own_cards(day: Day) -> None:
    """What a therapist's own cards need before they can be used."""
    if not day.library.faults:
        return
    st.subheader("Cards that need mending", anchor=False)
    st.write("These are left out until they are mended; everything else works.")
    for fault in day.library.faults:
        st.code(fault, language=None, wrap_lines=True)


def for_therapists() -> None:
    """The way to the therapist's pages on this computer."""
    who = entry.who()
    if who is None or not who.at_home or who.account_uid is not None:
        return
    known = entry.reception().has_therapist()
    words, address = (
        ("Sign in as a therapist", "/sign-in") if known else ("Set a password for the therapist", "/set-up")
    )
    st.subheader("For your therapist", anchor=False)
    st.write("Your therapist's pages on this computer open with a password of their own.")
    st.html(f'<a class="way" href="{address}" target="_self">{words}</a>')


def your_data() -> None:
    """Where everything is kept."""
    st.subheader("Your data", anchor=False)
    file = rooms.records().file
    where = f"in the file `{file}`" if file else "in your clinic's database"
    st.write(f"What you practise is kept {where}: numbers only, never a picture.")
    st.write(mirror.private())
    st.caption(f"A therapist's own exercise cards go into the folder `{own_folder()}`.")


day = Day(rooms.records(), rooms.library(), entry.patient("/settings"), rooms.now().astimezone(charts.zone()))
st.header("Settings", anchor=False)
if st.session_state.pop("kept", False):
    st.success("Kept. Your next session goes by it.")
who_practises(day)
who_is_signed_in()
your_face(day)
if day.prescription is None:
    no_programme(day)
else:
    your_programme(day, day.prescription)
your_range(day)
if day.prescription is not None and is_ones_own(day):
    with_your_therapist(day, day.prescription)
own_cards(day)
for_therapists()
your_data()
