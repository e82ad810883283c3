"""The library under Streamlit's own test harness: every exercise says what it is, how it goes and what is judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from coach.exercise import Exercise
from coach.library import EXERCISES, open_library
from coach.records import Records, open_records

ROOT = Path(__file__).parent.parent
CARDS = open_library().exercises
UNKIND = r"\b(fail\w*|wrong|bad|errors?|must|scores?|grades?|diagnos\w*|perfect)\b"


@pytest.fixture(autouse=True)
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    monkeypatch.setenv("COACH_DATA", str(tmp_path))
    monkeypatch.setenv("COACH_DATABASE_URL", f"sqlite:///{tmp_path}/coach.sqlite")
    opened = open_records(f"sqlite:///{tmp_path}/coach.sqlite")
    yield opened
    opened.close()


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run().switch_page("library.py").run()


def words(app: AppTest) -> str:
    parts = [*app.header, *app.subheader, *app.markdown, *app.caption, *app.info, *app.code]
    return "\n".join(str(part.value) for part in parts)


def test_all_exercises_are_listed_by_region_with_the_soft_face_first() -> None:
    app = opened()

    assert not app.exception
    names = [m.value.removeprefix("#### ") for m in app.markdown if m.value.startswith("#### ")]
    assert names[0] == CARDS["soft-rest"].name
    assert sorted(names) == sorted(card.name for card in CARDS.values())
    assert [heading.value for heading in app.subheader][:2] == ["Whole face", "Brows"]
    assert len(app.get("bidi_component")) == len(CARDS)


@pytest.mark.parametrize("card", CARDS.values(), ids=list(CARDS))
def test_an_exercise_opens_by_its_address_with_all_there_is_to_say(card: Exercise) -> None:
    app = opened(exercise=card.id)

    assert not app.exception
    said = words(app)
    for part in (card.name, card.instruction, card.muscle, f"{card.dose.hold_seconds:g}"):
        assert part in said
    assert app.get("bidi_component")
    assert [button.label for button in app.button] == ["← All exercises", "Practise this"]
    sources = app.expander[0].markdown[0].value
    assert all(source in sources for source in card.sources)
    # What the camera can tell, and that a timer runs without it.
    assert (card.quality in said) is (card.judged not in ("nothing", "range"))
    assert ("runs by the clock. The camera stays off" in said) is (card.judged == "nothing")
    assert ("Not in the first 3 months" in said) is (card.not_before_months == 3)
    assert ("sounds lead you" in said) is card.eyes_closed
    assert not re.search(UNKIND, said.replace("It does not diagnose", ""), re.IGNORECASE)


def test_the_range_is_called_a_test_and_shows_each_of_its_movements() -> None:
    app = opened(exercise="comfortable-range")

    assert "A test, not practice." in words(app)
    assert all(task.name in words(app) for task in CARDS["comfortable-range"].tasks)
    assert len(app.get("bidi_component")) == 1 + len(CARDS["comfortable-range"].tasks)


@pytest.mark.parametrize("card", ["juggling", "../practice", "[x](http://evil.example) <img src=x>"])
def test_an_exercise_that_is_not_there_is_said_so_and_all_are_shown(card: str) -> None:
    app = opened(exercise=card)

    assert not app.exception
    assert "is not here" in app.info[0].value
    assert card not in words(app)
    assert len(app.get("bidi_component")) == len(CARDS)


def test_choosing_an_exercise_opens_it_and_leads_back() -> None:
    app = opened()
    app.button(key="open-small-pucker").click().run()
    assert app.query_params["exercise"] == ["small-pucker"]
    assert app.header[0].value == CARDS["small-pucker"].name

    app.button[0].click().run()
    assert not app.query_params
    assert app.header[0].value == "The exercises"


def test_a_card_that_is_not_in_order_is_named_with_its_faults_and_the_rest_works(tmp_path: Path) -> None:
    own = tmp_path / "exercises"
    own.mkdir()
    pucker = (EXERCISES / "small-pucker.toml").read_text("utf-8")
    (own / "half-done.toml").write_text(
        pucker.replace("small-pucker", "half-done").replace("mm", "inch"), "utf-8"
    )
    app = opened()

    assert not app.exception
    assert "half-done.toml" in words(app)
    assert "'inch'" in words(app)
    assert "all others work" in words(app)
    assert len(app.get("bidi_component")) == len(CARDS)


def test_nobody_is_told_of_cards_to_mend_where_there_are_none() -> None:
    assert "mended" not in words(opened())
