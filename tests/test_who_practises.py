"""Several people at one computer at home: who is practising is remembered in the browser for the day, and changes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from visitors import MONDAY, Clock, can_press, opened, prescribe, press, words

from coach.prescription import Item
from coach.records import Records
from pages import entry, practising_route
from pages.patient_row import plain

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def records(home_log: Records) -> Records:
    return home_log


@pytest.fixture
def two(records: Records) -> tuple[str, str]:
    """Rosa, the oldest profile, for whom something is prescribed, and Tom."""
    rosa = records.profile().uid
    records.rename(rosa, "Rosa")
    prescribe(records, Item(card="small-closed-smile"))
    return rosa, records.create_patient("Tom", None, MONDAY + timedelta(days=1)).uid


def remembered(monkeypatch: pytest.MonkeyPatch, uid: str) -> None:
    monkeypatch.setattr(ContextProxy, "cookies", {entry.REMEMBERED: uid})


def asked_of_the_browser(app: AppTest) -> list[str]:
    """Where a page sends the browser by itself."""
    return [str(one.proto.body) for one in app.get("html") if practising_route.NAME in str(one.proto.body)]


def test_who_is_practising_is_asked_once_and_then_known(
    two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, tom = two
    app = opened("today.py")
    assert "Who is practising?" in words(app)

    press(app, f"profile-{tom}")

    assert "Which side of your face is affected?" in words(app)  # Tom's first visit
    (told,) = asked_of_the_browser(app)
    assert f"?profile={tom}" in told

    remembered(monkeypatch, tom)
    for page in ("today.py", "settings.py", "session.py"):
        app = opened(page)
        assert "Who is practising?" not in words(app)
        assert asked_of_the_browser(app) == []


def test_one_touch_changes_who_is_practising_and_nothing_of_the_other_stays(
    two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa, tom = two
    remembered(monkeypatch, tom)
    app = opened("today.py")
    press(app, "side-left")  # an answer of Tom's, half way

    press(app, "somebody-else")

    assert "Who is practising?" in words(app)
    (told,) = asked_of_the_browser(app)
    assert told.count("?") == 0  # and the browser forgets
    press(app, f"profile-{rosa}")
    assert "begin" in can_press(app)
    assert app.button(key="somebody-else").label == "Not Rosa?"
    press(app, "somebody-else")
    press(app, f"profile-{tom}")
    assert "side-left" in can_press(app)


def test_a_window_that_chose_earlier_takes_back_no_choice_of_a_later_one(
    two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa, tom = two
    earlier = opened("today.py")
    press(earlier, f"profile-{tom}")
    remembered(monkeypatch, rosa)  # as another window has chosen since

    press(earlier, "side-left")

    assert asked_of_the_browser(earlier) == []
    assert "How would you like to see yourself?" in words(earlier), "it is still Tom's own page"


def test_the_settings_say_who_is_practising_and_change_it(
    two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered(monkeypatch, two[1])
    app = opened("settings.py")
    assert "Tom is practising. This browser remembers it for today." in words(app)

    press(app, "somebody-else")

    assert "Who is practising?" in words(app)


@pytest.mark.parametrize("uid", ["0" * 32, "", "../x"])
def test_a_browser_that_remembers_nobody_of_here_asks(
    two: tuple[str, str], monkeypatch: pytest.MonkeyPatch, uid: str
) -> None:
    remembered(monkeypatch, uid)

    assert "Who is practising?" in words(opened("today.py"))


def test_somebody_alone_is_never_asked(records: Records) -> None:
    prescribe(records, Item(card="small-closed-smile"))

    app = opened("today.py")

    assert "somebody-else" not in can_press(app)
    assert "somebody-else" not in can_press(opened("settings.py"))


# -- the route


def sent(profile: str | None, site: str = "same-origin", status: int = 204) -> list[str]:
    """What the browser is told to keep."""
    app = Starlette(routes=[Route(practising_route.NAME, practising_route.practising)])
    query = {} if profile is None else {"profile": profile}
    answer = TestClient(app).get(practising_route.NAME, params=query, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == status
    return answer.headers.get_list("set-cookie")


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(
    ("now", "left_s"),
    [
        (datetime(2026, 3, 2, 22, 30, tzinfo=timezone(timedelta(hours=1))), 5400),
        (datetime(2026, 10, 25, 0, 30, tzinfo=timezone(timedelta(hours=2))), 88200),  # a day of 25 hours
    ],
)
def test_the_browser_remembers_until_the_day_is_over(
    two: tuple[str, str], clock: Clock, now: datetime, left_s: int
) -> None:
    clock.now = now

    (cookie,) = sent(two[1])

    assert cookie.startswith(f"{entry.REMEMBERED}={two[1]};")
    assert f"Max-Age={left_s};" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


@pytest.mark.parametrize("profile", [None, "", "0" * 32, "x; Domain=evil"])
def test_whoever_is_not_here_is_forgotten(two: tuple[str, str], profile: str | None) -> None:
    (cookie,) = sent(profile)

    assert f'{entry.REMEMBERED}="";' in cookie
    assert "Max-Age=0" in cookie


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_changes_nothing_of_who_practises(two: tuple[str, str], site: str) -> None:
    assert sent(None, site, 403) == []
    assert sent(two[1], site, 403) == []


def test_a_name_is_only_a_name(records: Records, two: tuple[str, str]) -> None:
    records.rename(two[1], "*Tom*")

    assert opened("today.py").button(key=f"profile-{two[1]}").label == plain("*Tom*")


def test_in_a_clinic_people_sign_in_and_nothing_is_remembered(
    two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_MODE", "clinic")

    assert sent(two[1], status=404) == []
