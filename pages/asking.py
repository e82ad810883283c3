"""Questions that are tapped one at a time: large, with a way back, and nothing chosen beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from coach.comfort import LARGEST, Question


def ask(name: str, questions: Sequence[Question]) -> dict[str, Any] | None:
    """The next question of several; all answers by the id of their question, once the last is given.

    Half-given answers live in this window only: a page that is loaded again begins with the first question.
    """
    given: dict[str, Any] = st.session_state.setdefault(f"{name}-given", {})
    waiting = [question for question in questions if question.id not in given]
    if not waiting:
        return dict(st.session_state.pop(f"{name}-given"))
    question = waiting[0]
    number = len(questions) - len(waiting) + 1

    def answer(value: Any) -> None:
        given[question.id] = value

    st.subheader(question.words, anchor=False)
    if question.kind == "ticks":
        options = {option.id: option.words for option in question.options}
        ticked = ticks(f"{name}-{question.id}", options)
        st.button(
            "Go on" if ticked else question.none,
            key=f"{name}-{question.id}-on",
            type="primary",
            on_click=answer,
            args=(ticked,),
            width="stretch",
        )
    else:
        scale(f"{name}-{question.id}", question, answer)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(f"Question {number} of {len(questions)}", width="content")
        if given:
            last = next(reversed(given))
            st.button(
                "← The one before",
                key=f"{name}-back",
                type="tertiary",
                on_click=given.pop,
                args=(last,),
            )
    return None


def is_asking(name: str) -> bool:
    """Whether some of these questions are answered by now."""
    return bool(st.session_state.get(f"{name}-given"))


def ticks(name: str, options: Mapping[str, str]) -> list[str]:
    """Boxes to tick, in two columns where there is room; the ids of those that are ticked."""
    with st.container(key=f"ticks-{name}", gap="small"):
        return [one for one, words in options.items() if st.checkbox(words, key=f"{name}-{one}")]


def scale(name: str, question: Question, answer: Any) -> None:
    """0 to 10, one tap."""
    with st.container(key=f"scale-{name}", horizontal=True, gap="small"):
        for value in range(LARGEST + 1):
            st.button(f"{value}", key=f"{name}-{value}", on_click=answer, args=(value,), width="content")
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.caption(f"0: {question.low}", width="content")
        st.caption(f"{LARGEST}: {question.high}", width="content")
