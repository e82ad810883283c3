"""Every page under Streamlit's own test harness: it opens, says what it should, and leads on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from coach.events import Repetition
from coach.face import Side
from coach.library import load_library
from coach.records import Records, open_records

ROOT = Path(__file__).parent.parent
PAGES = ("practice.py", "progress.py")
CARDS = load_library().exercises
SMILE = CARDS["small-closed-smile"]


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    url = f"sqlite:///{tmp_path}/coach.sqlite"
    monkeypatch.setenv("COACH_DATABASE_URL", url)
    opened = open_records(url)
    yield opened
    opened.close()


def opened(page: str = "practice.py", **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run().switch_page(page).run()


def words(app: AppTest) -> str:
    parts = [*app.header, *app.subheader, *app.title, *app.markdown, *app.caption, *app.info, *app.metric]
    return "\n".join(str(part.value) for part in parts)


def finished(records: Records) -> str:
    """A finished practice of the smile, with one repetition in the log."""
    began = datetime.now(timezone.utc) - timedelta(minutes=2)
    practice = records.begin_practice(records.profile().uid, SMILE, Side.RIGHT, "default", began)
    records.add_repetition(practice, Repetition(1, 2.0, 14.0, 3.0, 3.1, 0.97, 5.0, True, 1.0, ()))
    records.end_practice(practice, "finished", began + timedelta(minutes=1), 0.98)
    return practice


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("practised", [False, True])
def test_every_page_opens(records: Records, page: str, practised: bool) -> None:
    if practised:
        finished(records)
    app = opened(page)
    assert not app.exception
    assert "does not diagnose" in words(app)


def test_the_bare_address_leads_to_the_choice_of_exercises(records: Records) -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=30).run()
    assert not app.exception
    assert {button.label for button in app.button} == {"Practise this"}
    assert {card.name for card in CARDS.values()} <= {heading.value for heading in app.subheader}


@pytest.mark.parametrize("card", CARDS)
def test_an_exercise_opens_by_its_address_with_a_ticket_for_it(records: Records, card: str) -> None:
    app = opened(exercise=card)
    assert not app.exception
    assert CARDS[card].name in words(app)
    assert CARDS[card].instruction in words(app)
    assert app.get("bidi_component")


@pytest.mark.parametrize(
    "card", ["juggling", "../practice", "[x](http://evil.example) <img src=x>", "y" * 5000]
)
def test_an_exercise_that_is_not_there_is_said_so_with_a_way_on(records: Records, card: str) -> None:
    app = opened(exercise=card)
    assert not app.exception
    assert "is not here" in app.info[0].value
    assert card not in words(app)
    assert len(app.button) == len(CARDS)


def test_choosing_an_exercise_opens_it(records: Records) -> None:
    app = opened()
    app.button(key=SMILE.id).click().run()
    assert not app.exception
    assert app.query_params["exercise"] == [SMILE.id]
    assert app.get("bidi_component")


@pytest.mark.parametrize(("choice", "side"), [("Right", Side.RIGHT), ("Left", Side.LEFT), ("Not sure", None)])
def test_the_affected_side_is_remembered(records: Records, choice: str, side: Side | None) -> None:
    app = opened()
    app.radio[0].set_value("Left" if side is not Side.LEFT else "Right").run()
    app.radio[0].set_value(choice).run()
    assert records.profile().affected is side
    assert opened().radio[0].value == choice


def test_after_the_end_there_is_a_summary_and_a_way_on(records: Records) -> None:
    app = opened(exercise=SMILE.id)
    app.session_state["ended"] = {
        "practice": finished(records),
        "ending": "finished",
        "exercise": SMILE.id,
    }
    app.run()
    assert not app.exception
    assert not app.get("bidi_component")
    assert [button.label for button in app.button][:2] == ["Practise again", "See my progress"]
    app.button[0].click().run()
    assert not app.exception
    assert app.get("bidi_component")


def test_back_to_another_exercise_does_not_show_the_summary_of_the_last(records: Records) -> None:
    other = next(card for card in CARDS if card != SMILE.id)
    app = opened(exercise=SMILE.id)
    ended = {"practice": finished(records), "ending": "finished", "exercise": SMILE.id}
    app.session_state["ended"] = ended
    assert "Well done" in words(app.run())
    app.query_params["exercise"] = other
    app.run()
    assert not app.exception
    assert "Well done" not in words(app)
    assert CARDS[other].name in words(app)
    assert app.get("bidi_component")


def test_a_practice_of_somebody_else_is_not_shown(records: Records) -> None:
    app = opened(exercise=SMILE.id)
    app.session_state["ended"] = {"practice": "0" * 32, "ending": "stopped", "exercise": SMILE.id}
    app.run()
    assert not app.exception
    assert "no summary" in words(app)


def test_streamlits_own_page_is_told_where_its_server_is_and_what_it_is_called() -> None:
    import streamlit_app

    client = TestClient(Starlette(routes=[r for r in streamlit_app.ROUTES if isinstance(r, Route)]))
    for path in ("/", "/practice", "/progress"):
        html = client.get(path).text
        assert streamlit_app.SAME_SERVER in html
        assert "<title>Face Retraining Coach</title>" in html
        assert '<html lang="en">' in html
        assert 'role="main"' in html


def test_records_that_cannot_be_opened_are_said_so_with_a_way_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "coach.sqlite"
    broken.write_bytes(b"this is a letter, not a database" * 100)
    monkeypatch.setenv("COACH_DATABASE_URL", f"sqlite:///{broken}")
    app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=30).run()
    assert not app.exception
    assert "cannot open yet" in words(app)
    assert [button.label for button in app.button] == ["Try again"]


def test_the_practice_page_says_in_five_sentences_what_the_camera_can_do(records: Records) -> None:
    app = opened("practice.py", exercise="small-closed-smile")

    about = next(e for e in app.expander if e.label == "About the camera")
    sentences = about.markdown[0].value.split("\n")
    assert len(sentences) == 5
    assert all(sentence.startswith("- ") for sentence in sentences)
    assert "glasses and beards have not been tried" in about.markdown[0].value
