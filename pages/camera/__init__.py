"""The live camera component: the mirror, what is drawn over it, its sounds and its socket, in the browser."""

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_SCRIPTS = ("words.js", "sound.js", "overlay.js", "camera.js")  # one module: each uses what stands before it


def _read(*names: str) -> str:
    return "\n".join((_HERE / name).read_text("utf-8") for name in names)


practice_live = st.components.v2.component(
    "practice_live",
    html=_read("camera.html"),
    css=_read("camera.css"),
    js=_read(*_SCRIPTS),
    isolate_styles=False,  # so that assistive technology and automation find the root by its test id
)
