"""The live camera component: the mirror, what is drawn over it, its sounds and its socket, in the browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from coach.page_words import LIVE_PAGE

VIEWS = ("mirror", "line", "bars")
ASK = "ask"  # instead of a view: let the person choose before the camera is opened

_HERE = Path(__file__).parent
# One module: each uses what stands before it.
_SCRIPTS = (
    "../face/face.js",
    "settings.js",
    "sound.js",
    "captions.js",
    "overlay.js",
    "half.js",
    "views.js",
    "camera.js",
)


def _read(*names: str) -> str:
    return "\n".join((_HERE / name).read_text("utf-8") for name in names)


HTML, CSS, JS = _read("camera.html"), _read("camera.css"), _read(*_SCRIPTS)


def practice_live(
    key: str,
    data: dict[str, Any],
    on_ended: Callable[[], None],
    on_view_change: Callable[[str], None] = lambda view: None,
) -> Any:
    """Mount the live mirror; `on_ended` is called once, when the practice is over, before the script runs again.

    By then the state under `key` holds `ended`: the practice and its ending. The next run need not mount the mirror
    once more, and must not: a mirror mounted anew begins a practice. `on_view_change` is called with one of VIEWS
    whenever the person chooses another; the practice goes on meanwhile.

    `data` holds the `ticket` to the practice, whether it is done with `eyesClosed`, and the area of each watched
    pattern, `areas`. What may be left out: `view`, one of VIEWS or ASK; whether the therapist wants a `halfMirror`,
    and the `affected` side it needs; the `drawing` of the movement; and the areas that stay `quiet`, each with its
    side or None.
    """
    mount = (
        st.components.v2.component(  # known by name: said again in each run, it is still the same component
            "practice_live",
            html=HTML,
            css=CSS,
            js=JS,
            isolate_styles=False,  # so that assistive technology and automation find the root by its test id
        )
    )

    def view_changed() -> None:
        view = st.session_state[key]["view"]
        if view in VIEWS:
            on_view_change(view)

    return mount(
        key=key,
        data={"words": LIVE_PAGE, **data},
        on_ended_change=on_ended,
        on_renew_change=_run_again,
        on_view_change=view_changed,
    )


def _run_again() -> None:
    """Nothing to do: the run that follows brings a fresh ticket."""
