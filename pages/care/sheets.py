"""A sheet on the screen, drawn from its items: what can be chosen is one click, what is a number is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import streamlit as st

from coach.clinic.sheet import Choice, Item, Sheet

Answers = dict[str, Any]

_IN_A_ROW = 4
_LONGEST_PILL = 35  # letters that a telephone shows whole
_TOTAL, _SINGLE = "Its total", "Each statement"


def fill_in(sheet: Sheet, answers: Answers, key: Callable[[str], str]) -> None:
    """All items; what is answered goes into `answers`, and what is taken back goes out again."""
    items = _of_one_way(sheet, answers, key)
    blocks = list(_blocks(items))
    number = 0
    while number < len(blocks):
        here = blocks[number]
        beside = blocks[number + 1] if number + 1 < len(blocks) else []
        if _go_together(here, beside):
            _pairs(here, beside, answers, key)
            number += 2
            continue
        _block(here, answers, key)
        number += 1


def _of_one_way(sheet: Sheet, answers: Answers, key: Callable[[str], str]) -> Sequence[Item]:
    """The items; where a total excludes the statements it is reckoned from, only those of the way that is chosen."""
    totals, statements = sheet.either
    if not totals:
        return sheet.items
    way = st.segmented_control(
        "Fill in",
        [_TOTAL, _SINGLE],
        default=_SINGLE if statements & answers.keys() else _TOTAL,
        required=True,
        key=key(f"{sheet.id}-way"),
    )
    chosen = totals if way == _TOTAL else statements
    for name in answers.keys() - chosen:
        del answers[name]
    return [item for item in sheet.items if item.id in chosen]


def _blocks(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Neighbours that are answered in the same way."""
    for _, some in groupby(items, key=lambda item: item.choices):
        yield list(some)


def _numbered(block: Sequence[Item]) -> bool:
    return (
        bool(block)
        and all(isinstance(choice.id, int) for choice in block[0].choices)
        and bool(block[0].choices)
    )


def _heads(block: Sequence[Item]) -> list[str]:
    return [item.words.partition(": ")[0] for item in block]


def _go_together(here: Sequence[Item], beside: Sequence[Item]) -> bool:
    """Whether two blocks ask two things of the same expressions."""
    return _numbered(here) and _numbered(beside) and len(here) > 1 and _heads(here) == _heads(beside)


def _pairs(here: Sequence[Item], beside: Sequence[Item], answers: Answers, key: Callable[[str], str]) -> None:
    """Two blocks side by side: one row for each expression. What each asks stands above it on a telephone."""
    widths = [3, 5, 4]
    with st.container(key=f"grid-{here[0].id}", gap="xsmall"):
        _, first, second = st.columns(widths, vertical_alignment="bottom")
        for column, block in ((first, here), (second, beside)):
            column.markdown(f"**{_tail(block[0])}**  \n:small[{legend(block[0].choices)}]")
        for one, other in zip(here, beside, strict=True):
            head, first, second = st.columns(widths, vertical_alignment="center")
            with head, st.container(key=f"head-{one.id}"):
                st.markdown(one.words.partition(": ")[0])
            with first:
                _numbers(one, answers, key)
            with second:
                _numbers(other, answers, key)


def _tail(item: Item) -> str:
    tail = item.words.partition(": ")[2]
    return tail[:1].upper() + tail[1:]


def _block(block: Sequence[Item], answers: Answers, key: Callable[[str], str]) -> None:
    if not block[0].choices:
        for first in range(0, len(block), _IN_A_ROW):
            columns = st.columns(min(len(block), _IN_A_ROW), vertical_alignment="bottom")
            for column, item in zip(columns, block[first : first + _IN_A_ROW], strict=False):
                with column:
                    _number(item, answers, key)
    elif _numbered(block):
        st.caption(legend(block[0].choices))
        with st.container(key=f"rows-{block[0].id}", gap="xsmall"):
            for item in block:
                head, choices = st.columns([5, 6], vertical_alignment="center")
                with head, st.container(key=f"head-{item.id}"):
                    st.markdown(item.words)
                with choices:
                    _numbers(item, answers, key)
    else:
        for item in block:
            _words(item, answers, key)


def _numbers(item: Item, answers: Answers, key: Callable[[str], str]) -> None:
    where = key(item.id)
    st.segmented_control(
        item.words,
        [choice.id for choice in item.choices],
        default=answers.get(item.id),
        format_func=str,
        key=where,
        on_change=_keep,
        args=(answers, item.id, where),
    )


def _words(item: Item, answers: Answers, key: Callable[[str], str]) -> None:
    where, words = key(item.id), {choice.id: choice.words for choice in item.choices}
    kept = {"key": where, "on_change": _keep, "args": (answers, item.id, where)}
    if any(len(told) > _LONGEST_PILL for told in words.values()):
        given = answers.get(item.id)
        st.radio(
            item.words,
            list(words),
            index=None if given is None else list(words).index(given),
            format_func=lambda chosen: f"{chosen}: {words[chosen]}",
            **kept,
        )
        return
    st.pills(item.words, list(words), default=answers.get(item.id), format_func=words.__getitem__, **kept)


def _number(item: Item, answers: Answers, key: Callable[[str], str]) -> None:
    where = key(item.id)
    st.number_input(
        f"{item.words} ({item.lowest} to {item.highest})",
        min_value=float(item.lowest),
        max_value=float(item.highest),
        value=answers.get(item.id),
        step=1.0,
        format="%.2f",
        key=where,
        on_change=_keep,
        args=(answers, item.id, where),
    )


def _keep(answers: Answers, item: str, where: str) -> None:
    value = st.session_state[where]
    if value is None:
        answers.pop(item, None)
    else:
        answers[item] = value


def legend(choices: Sequence[Choice]) -> str:
    """What the numbers stand for, in one line."""
    told = [
        choice.words if choice.words.startswith(f"{choice.id}:") else f"{choice.id}: {choice.words}"
        for choice in choices
        if choice.words != str(choice.id)
    ]
    return " · ".join(told)


def as_told(sheet: Sheet, answers: Mapping[str, object]) -> str:
    """The answers in words, one a line."""
    lines = []
    for item in sheet.items:
        given = answers.get(item.id)
        if given is None:
            continue
        words = next((f"{c.id}: {c.words}" for c in item.choices if c.id == given), str(given))
        lines.append(f"- {item.words}: **{words}**")
    return "\n".join(lines)
