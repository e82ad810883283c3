"""A therapist at one part of a patient's page, under Streamlit's own test harness."""

from __future__ import annotations

import re
from typing import Any

from streamlit.testing.v1 import AppTest

from coach.clinic.access import Who
from coach.clinic.accounts import Role

THERAPIST = Who(Role.THERAPIST, "Dr Kay", account_uid="a" * 32)

_PART = """
from importlib import import_module
from pages import entry, rooms
import_module("pages.care.{part}").draw(rooms.records().patient("{uid}"), entry.who())
"""


def opened_part(part: str, patient_uid: str) -> AppTest:
    """A part as the patient's page draws it."""
    app = AppTest.from_string(_PART.format(part=part, uid=patient_uid), default_timeout=60).run()
    assert not app.exception
    return app


def key_of(app: AppTest, kind: str, start: str) -> str:
    """The key of the one widget of a kind whose key begins so."""
    keys = [one.key for one in getattr(app, kind) if one.key and one.key.startswith(start)]
    assert len(keys) == 1, f"{start}: {keys} of {[one.key for one in getattr(app, kind)]}"
    return str(keys[0])


def widget(app: AppTest, kind: str, start: str) -> Any:
    """The one widget of a kind whose key begins so."""
    return getattr(app, kind)(key=key_of(app, kind, start))


def click(app: AppTest, start: str) -> AppTest:
    """Press the one button whose key begins so."""
    widget(app, "button", start).click().run()
    assert not app.exception
    return app


def fill(app: AppTest, kind: str, start: str, value: object) -> AppTest:
    """Set the one field whose key begins so."""
    widget(app, kind, start).set_value(value).run()
    assert not app.exception
    return app


def read(app: AppTest) -> str:
    """All that can be read, with plain spaces and without what keeps signs from being Markdown."""
    parts = [*app.header, *app.subheader, *app.markdown, *app.caption, *app.info, *app.success]
    html = [str(one.proto.body) for one in app.get("html")]
    words = "\n".join([*(str(part.value) for part in parts), *html])
    return re.sub(r"\\(?=[^\w\s])", "", words.replace("\N{NO-BREAK SPACE}", " "))
