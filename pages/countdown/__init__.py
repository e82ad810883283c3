"""A clock that leads through a rest, a pause or a massage: large, to be paused, with a soft chime at its end.

It runs in the browser, so that a connection that is lost meanwhile costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def _read(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


HTML, CSS, JS = _read("countdown.html"), _read("countdown.css"), _read("countdown.js")

LABELS = {
    "pause": "Pause",
    "resume": "Go on",
    "over": "That was it.",
    "onward": "Go on",
    "left": "{minutes} min {seconds} s left",
}
BREATH = (("Breathe in", 4.0), ("and slowly out", 6.0))
"""What is said in turn in a rest, each for so many seconds (proposal: longer out than in; S4 asks for slow breath)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of time with its words."""

    words: str
    seconds: float


def countdown(key: str, parts: Sequence[Part], on_done: Callable[[], None], *, breath: bool = False) -> Any:
    """Count the parts down, one after the other; `on_done` is called when all are over, before the script runs again.

    What is left of it is remembered in the browser under `key`, so that a page that is loaded again goes on there.
    """
    mount = (
        st.components.v2.component(  # known by name: said again in each run, it is still the same component
            "countdown",
            html=HTML,
            css=CSS,
            js=JS,
            isolate_styles=False,  # so that assistive technology and automation find the root by its test id
        )
    )
    return mount(
        key=key,
        data={
            "name": key,
            "parts": [{"words": part.words, "seconds": part.seconds} for part in parts],
            "breath": [{"words": words, "seconds": seconds} for words, seconds in BREATH] if breath else [],
            "labels": LABELS,
        },
        on_done_change=on_done,
    )
