"""A plan as the patient sees it: the list of the day with its doses, and one exercise with its drawing."""

from __future__ import annotations

import streamlit as st

from coach import session
from coach.exercise import Exercise
from coach.levels import has_levels
from coach.prescription import Item, when
from coach.programme import LONGEST_SESSION_SECONDS
from pages import mirror, programmes
from pages.care.planning import Planning, seconds
from pages.day import whole
from pages.patient_row import plain
from pages.sitting import as_watched

_LIMIT = LONGEST_SESSION_SECONDS / 60


def length(planning: Planning) -> None:
    """How the twelve minutes of a session are filled, as a bar under its sentence."""
    known = planning.day.known(planning.draft)
    kept, fit = planning.day.planned(planning.draft)
    total = seconds(planning)
    sentence = _length_words(planning, total, fit, len(kept))
    st.markdown(sentence)
    if not known:
        return
    whole_width = max(total, LONGEST_SESSION_SECONDS)
    before = session.COMFORT_SECONDS + session.REST_SECONDS
    after = session.CLOSING_SECONDS + session.FEELINGS_SECONDS
    parts = [("start", before, "")]
    for number, (item, exercise) in enumerate(known, 1):
        lasts = session.estimate_seconds(exercise, whole(item, exercise))
        parts.append(("kept" if number <= len(kept) else "out", lasts, str(number)))
    parts.append(("start", after, ""))
    pauses = (total - sum(lasts for _, lasts, _ in parts)) / max(len(known), 1)
    drawn = "".join(
        f'<span class="length-{kind}" style="width:{100 * (lasts + (pauses if words else 0)) / whole_width:.2f}%">'
        f"{words}</span>"
        for kind, lasts, words in parts
    )
    limit = 100 * LONGEST_SESSION_SECONDS / whole_width
    st.html(
        f'<div class="length" aria-hidden="true">{drawn}<i style="left:{limit:.2f}%"></i></div>'
        f'<p class="length-words" aria-hidden="true">Numbers: the exercises. Pale: comfort check and rests. '
        f"Line: {_LIMIT:g} minutes.</p>"
    )


def _length_words(planning: Planning, total: float, fit: session.Fit, kept: int) -> str:
    if not planning.day.known(planning.draft):
        return "No exercise is in the plan yet."
    if total < LONGEST_SESSION_SECONDS:
        return f"**{programmes.minutes(total).capitalize()}** of at most {_LIMIT:g}, with rests and pauses."
    if fit.left_out:
        out = ", ".join(fit.left_out)
        return (
            f"**{programmes.minutes(total).capitalize()}**, and a session stays under {_LIMIT:g}: as it stands, every "
            f"session leaves out {out}. Fewer repetitions or one exercise less would make room."
        )
    if kept:
        return (
            f"**{programmes.minutes(total).capitalize()}**, and a session stays under {_LIMIT:g}: this one exercise "
            "would be done fewer times."
        )
    return f"**{programmes.minutes(total).capitalize()}**: even once does not fit under {_LIMIT:g} minutes."


def draw(planning: Planning) -> None:
    """The list of the day, and beside it the drawing of one exercise."""
    kept, fit = planning.day.planned(planning.draft)
    if not kept:
        st.caption("Nothing has room in a session.")
        return
    with st.container(border=True, key="as-seen"):
        plan, one = st.columns(2, gap="medium")
        with plan:
            st.markdown("**Your plan**")
            around = [f"{programmes.minutes(fit.seconds).capitalize()} in all, with rests and pauses."]
            if told := when(planning.draft.days, planning.draft.times):
                around.append(f"{plain(told)}.")
            st.caption("  \n".join(around))
            st.markdown(
                "\n".join(
                    f"{number}. {exercise.name}  \n   :small[{_dose(item, exercise)}]"
                    for number, (item, exercise) in enumerate(kept, 1)
                )
            )
            if fit.words:
                st.caption(fit.words)
        with one:
            numbers = {exercise.id: number for number, (_, exercise) in enumerate(kept, 1)}
            chosen = st.pills(
                "The drawing of exercise",
                list(numbers),
                default=next(iter(numbers)),
                required=True,
                format_func=lambda card: str(numbers[card]),
                key=planning.key(f"seen-{'-'.join(numbers)}"),
            )
            item, exercise = next((both for both in kept if both[1].id == chosen), kept[0])
            _one(planning, item, exercise)


def _one(planning: Planning, item: Item, exercise: Exercise) -> None:
    shown = as_watched(item, exercise)
    mirror.draw(planning.key(f"moving-{exercise.id}"), shown, planning.day.patient, item.level)
    st.caption(exercise.in_words if item.level == 6 and exercise.in_words else exercise.instruction)
    if planning.draft.half_mirror and mirror.uses_camera(exercise):
        st.caption("In the mirror, both halves show the healthy side.")


def _dose(item: Item, exercise: Exercise) -> str:
    level = f" {programmes.LEVEL_WORDS[item.level]}" if has_levels(exercise) else ""
    return f"{programmes.dose(item, exercise).capitalize()}.{level}"
