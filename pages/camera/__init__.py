"""The live camera component: the mirror, what is drawn over it, its sounds and its socket, in the browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_SCRIPTS = ("words.js", "sound.js", "overlay.js", "camera.js")  # one module: each uses what stands before it


def _read(*names: str) -> str:
    return "\n".join((_HERE / name).read_text("utf-8") for name in names)


_HTML, _CSS, _JS = _read("camera.html"), _read("camera.css"), _read(*_SCRIPTS)


def practice_live(key: str, data: dict[str, Any], on_ended: Callable[[], None]) -> Any:
    """Mount the live mirror; `on_ended` is called once, when the practice is over, before the script runs again.

    By then the state under `key` holds `ended`: the practice and its ending. The next run need not mount the mirror
    once more, and must not: a mirror mounted anew begins a practice.

    `data` holds the `ticket` to the practice, whether it is done with `eyesClosed`, and the area of each watched
    pattern, `areas`.
    """
    mount = (
        st.components.v2.component(  # known by name: said again in each run, it is still the same component
            "practice_live",
            html=_HTML,
            css=_CSS,
            js=_JS,
            isolate_styles=False,  # so that assistive technology and automation find the root by its test id
        )
    )
    return mount(key=key, data=data, on_ended_change=on_ended, on_renew_change=_run_again)


def _run_again() -> None:
    """Nothing to do: the run that follows brings a fresh ticket."""
