"""The exercises of a plan: their order, and what is set of each."""

from __future__ import annotations

from typing import Any

import streamlit as st

from coach.clinic.draft import SENSITIVITIES
from coach.exercise import Exercise
from coach.levels import LEVELS, has_levels, stepped
from coach.prescription import Item
from coach.progression import BY_ITSELF_UP_TO
from pages import face
from pages.care import forms
from pages.care.planning import Planning, band_words, in_short

PICTURE = 64  # pixels


def draw(planning: Planning) -> None:
    """All exercises in their order; one of them may be open."""
    items = planning.draft.items
    for number, item in enumerate(items, 1):
        exercise = planning.day.library.exercises.get(item.card)
        with st.container(border=True, key=f"planned-{item.card}", gap="small"):
            _row(planning, number, item, exercise, last=number == len(items))
            if reason := planning.against(item):
                forms.to_mind(reason, item.card)
            if exercise is not None and planning.opened == item.card:
                _settings(planning, item, exercise)


def picture(key: str, exercise: Exercise, planning: Planning) -> None:
    """The small still drawing of an exercise."""
    face.drawing(
        key,
        exercise.drawing,
        planning.day.patient.affected,
        face.quiet_areas(exercise, planning.day.library.patterns),
        bool(exercise.target and exercise.target.one_side),
        exercise.name,
        still=True,
        small=True,
    )


def _row(planning: Planning, number: int, item: Item, exercise: Exercise | None, last: bool) -> None:
    name = exercise.name if exercise else item.card
    is_open = planning.opened == item.card
    with st.container(key=f"row-{item.card}", horizontal=True, vertical_alignment="center", gap="small"):
        if exercise is not None:
            with st.container(width=PICTURE):
                picture(planning.key(f"still-{item.card}"), exercise, planning)
        with st.container(gap=None):
            st.markdown(f"**{number}. {name}**")
            if exercise is None:
                st.caption("Not in the library any more: sessions leave it out.")
            else:
                st.caption(in_short(item, exercise, planning))
        with st.container(
            key=f"ways-{item.card}",
            horizontal=True,
            gap="xxsmall",
            width="content",
            vertical_alignment="center",
        ):
            for sign, by, words in (("↑", -1, "Earlier"), ("↓", 1, "Later")):
                st.button(
                    forms.button_words(sign, f"{name} {words.lower()}"),
                    key=planning.key(f"{words.lower()}-{item.card}"),
                    help=words,
                    disabled=number == 1 if by < 0 else last,
                    on_click=_move,
                    args=(planning, item.card, by),
                )
            st.button(
                forms.button_words("Done" if is_open else "Set", name),
                key=planning.key(f"set-{item.card}"),
                help=f"Set {name}",
                disabled=exercise is None,
                on_click=planning.open,
                args=(None if is_open else item.card,),
            )
            st.button(
                forms.button_words("✕", f"Take {name} out"),
                key=planning.key(f"out-{item.card}"),
                help=f"Take {name} out",
                on_click=_take_out,
                args=(planning, item.card),
            )


def _settings(planning: Planning, item: Item, exercise: Exercise) -> None:
    """Dose, level, band, and what is watched of one exercise."""
    dose = exercise.dose
    repetitions, hold, level = st.columns([2, 2, 5])
    key = planning.key(f"repetitions-{item.card}")
    repetitions.number_input(
        "Repetitions",
        min_value=1,
        max_value=20,
        value=item.repetitions or dose.repetitions,
        key=key,
        on_change=_set,
        args=(planning, item.card, "repetitions", key),
    )
    key = planning.key(f"hold-{item.card}")
    hold.number_input(
        "Hold, seconds",
        min_value=1.0,
        max_value=120.0,
        value=float(item.hold_seconds or dose.hold_seconds),
        step=1.0,
        format="%g",
        key=key,
        on_change=_set,
        args=(planning, item.card, "hold_seconds", key),
    )
    if not has_levels(exercise):
        level.caption("It is led by the clock: there is no level and nothing is watched.")
        return
    key = planning.key(f"level-{item.card}")
    level.selectbox(
        "Level",
        list(LEVELS),
        index=list(LEVELS).index(item.level),
        format_func=lambda number: f"{number}: {LEVELS[number].name}",
        key=key,
        on_change=_set,
        args=(planning, item.card, "level", key),
        help=f"The coach goes up to level {BY_ITSELF_UP_TO} by itself; every step beyond is yours.",
    )
    _band(planning, item, exercise)
    _watched(planning, item, exercise)


def _band(planning: Planning, item: Item, exercise: Exercise) -> None:
    target = exercise.target
    if target is not None and target.unit == "mm" and item.level > 1:
        is_own = item.share_low is not None
        usual = LEVELS[item.level].share or (target.share_low, target.share_high)
        key = planning.key(f"band-{item.card}-{item.level}")
        st.select_slider(
            "Band, percent of the healthy side's own comfortable reach",
            options=list(range(5, 61)),
            value=tuple(round(s) for s in ((item.share_low, item.share_high) if is_own else usual)),
            key=key,
            on_change=_set,
            args=(planning, item.card, "band", key),
            help=f"This level's own is {usual[0]:g} to {usual[1]:g} %.",
        )
    st.caption(f"How far: {band_words(item, exercise, planning)}")


def _watched(planning: Planning, item: Item, exercise: Exercise) -> None:
    patterns = planning.day.library.patterns
    all_of_them = patterns_of(exercise)
    key = planning.key(f"watch-{item.card}")
    st.session_state.setdefault(key, _watched_now(item, exercise))
    st.pills(
        "What is watched",
        all_of_them,
        selection_mode="multi",
        format_func=lambda one: patterns[one].name[0].upper() + patterns[one].name[1:],
        key=key,
        on_change=_set,
        args=(planning, item.card, "watch", key),
    )
    key = planning.key(f"sensitivity-{item.card}")
    st.segmented_control(
        "The coach speaks up",
        list(SENSITIVITIES),
        default=item.sensitivity,
        required=True,
        format_func=lambda one: SENSITIVITIES[one].capitalize(),
        key=key,
        on_change=_set,
        args=(planning, item.card, "sensitivity", key),
        help="Early: of smaller unwanted movements already. Late: only of plain ones.",
    )


def _move(planning: Planning, card: str, by: int) -> None:
    planning.put(planning.draft.moved(card, by))


def _take_out(planning: Planning, card: str) -> None:
    planning.put(planning.draft.without(card))


def _set(planning: Planning, card: str, field: str, key: str) -> None:
    """What was set in a field; what is as on the card, or as in the level, is left to it."""
    item = planning.draft.item(card)
    if item is None:
        return
    exercise = planning.day.library.exercises[card]
    if field == "watch" and not st.session_state[key]:
        st.session_state[key] = _watched_now(item, exercise)  # something is always watched
        return
    planning.put(planning.draft.with_item(changed(item, exercise, field, st.session_state[key])))


def patterns_of(exercise: Exercise) -> list[str]:
    """The patterns that can be watched in an exercise, each once."""
    return list(dict.fromkeys(watch.pattern for watch in exercise.watch))


def _watched_now(item: Item, exercise: Exercise) -> list[str]:
    return [one for one in patterns_of(exercise) if item.watch is None or one in item.watch]


def changed(item: Item, exercise: Exercise, field: str, value: Any) -> Item:
    """An item with one thing set; what is as on the card, or as in the level, is left to it."""
    if field == "level":
        return stepped(item, value)
    if field == "band":
        target = exercise.target
        usual = LEVELS[item.level].share or (target and (target.share_low, target.share_high))
        low, high = value
        own = None if (low, high) == usual or low >= high else (float(low), float(high))
        return item.model_copy(
            update={"share_low": own[0] if own else None, "share_high": own[1] if own else None}
        )
    if field == "watch":
        some = tuple(one for one in patterns_of(exercise) if one in value)
        return item.model_copy(update={"watch": None if list(some) == patterns_of(exercise) else some})
    if field in ("repetitions", "hold_seconds") and value == getattr(exercise.dose, field):
        value = None
    return item.model_copy(update={field: value})
