"""What all tests share: an error in the log fails the test that caused it, and the empty logs of databases.py."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator

import pytest
from databases import database, postgres, records
from streamlit.components.v2.component_manager import BidiComponentManager

__all__ = ["database", "postgres", "records"]

# Nobody's own log, and nobody's own exercise cards: cards are read as soon as a test file is.
os.environ["COACH_DATA"] = tempfile.mkdtemp(prefix="coach-tests-")
pytest_plugins = ["visitors"]


@pytest.fixture(autouse=True, scope="session")
def _no_packaged_components() -> Iterator[None]:
    """No package here brings Streamlit components; to look through them all is nine tenths of opening a page."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BidiComponentManager, "discover_and_register_components", lambda *_, **__: None)
        yield


@pytest.fixture(autouse=True)
def _no_error_is_logged(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    errors = [record.getMessage() for record in records if record.levelno >= logging.ERROR]
    assert not errors, f"logged as errors: {errors}"
