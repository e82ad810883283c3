"""Somebody signed in at the pages under Streamlit's own test harness: a real account, and the cookie it got."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pandas as pd
import pytest
from reception import PASSWORD, CountedPasswords
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from visitors import NAVIGATION

from coach.clinic.accounts import Account, Role
from coach.clinic.mode import read_mode
from coach.clinic.sign_in import SignedIn
from coach.clinic.who import COOKIE, Reception
from coach.records import Records


def let_in(
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
    now: datetime,
    role: Role = Role.THERAPIST,
    patient_uid: str | None = None,
) -> Account:
    """Make an account, sign in with it, and show its cookie to every page from now on."""
    reception = Reception(records.engine, read_mode(), passwords=CountedPasswords())
    name = f"{role.value}-{(patient_uid or 'staff')[:8]}"
    account = reception.create_account(role, name, "Ada Compass", PASSWORD, now, patient_uid=patient_uid)
    signed_in = reception.try_sign_in(name, PASSWORD, now)
    assert isinstance(signed_in, SignedIn)
    monkeypatch.setattr(ContextProxy, "cookies", {COOKIE: signed_in.token})
    return account


def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cookie at all."""
    monkeypatch.setattr(ContextProxy, "cookies", {})


def alone(page: str, **query: str) -> AppTest:
    """A page by itself, past the way there: what it says to whoever should not have come so far."""
    app = AppTest.from_file(str(NAVIGATION.with_name(page)), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def charts(app: AppTest) -> list[tuple[dict[str, Any], str]]:
    """Each chart's specification, with the text right above it."""
    found = []
    above = ""
    for element in app.main:
        if element.type == "markdown":
            above = element.value
        if element.type == "vega_lite_chart":
            found.append((json.loads(element.proto.spec), above))
    return found


def data_of(app: AppTest, number: int = 0) -> list[pd.DataFrame]:
    """The tables that one chart draws."""
    chart = app.get("vega_lite_chart")[number].proto
    return [convert_arrow_bytes_to_pandas_df(table.data.data) for table in chart.datasets]
