"""Every page under Streamlit's own test harness: it opens, says what it should, and leads on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from practices import a_course
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from visitors import CARDS, WELL, can_press, opened, practised, prescribe, press, repetitions, words

from coach.calibration import RANGE_CARD
from coach.face import Side
from coach.prescription import Item
from coach.records import Records, open_records
from pages import mirror

ROOT = Path(__file__).parent.parent
PAGES = ("today.py", "library.py", "practice.py", "progress.py", "session.py", "settings.py")
ADDRESSES = ("/", "/today", "/session", "/practice", "/library", "/progress", "/settings")
SMILE = CARDS["small-closed-smile"]
MASSAGE = CARDS["cheek-massage"]
BY_CAMERA = [card.id for card in CARDS.values() if card.judged != "nothing"]
BY_THE_CLOCK = [card.id for card in CARDS.values() if card.judged == "nothing"]
SMILES = (Item(card=SMILE.id), Item(card="small-pucker"), Item(card=MASSAGE.id))


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    monkeypatch.setenv("COACH_DATA", str(tmp_path))
    url = f"sqlite:///{tmp_path}/coach.sqlite"
    monkeypatch.setenv("COACH_DATABASE_URL", url)
    opened = open_records(url)
    yield opened
    opened.close()


def finished(records: Records, card: str = SMILE.id, count: int = 1) -> str:
    """A finished practice, with repetitions in the log."""
    began = datetime.now(timezone.utc) - timedelta(minutes=2)
    return practised(records, card, began, repetitions(count))


def ended(app: AppTest, practice: str, card: str = SMILE.id, ending: str = "finished") -> AppTest:
    """As the live mirror leaves it when a practice is over."""
    app.session_state["ended"] = {"practice": practice, "ending": ending, "exercise": card}
    return app.run()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("has_practised", [False, True])
def test_every_page_opens(records: Records, page: str, has_practised: bool) -> None:
    if has_practised:
        prescribe(records, *SMILES)
        finished(records)
    assert "does not diagnose" in words(opened(page))


def test_the_bare_address_leads_to_today(records: Records) -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=30).run()
    assert not app.exception
    assert "Which side of your face is affected?" in words(app)


# -- one exercise outside a session ------------------------------------------------------------------------------


def test_the_practice_of_no_exercise_leads_to_all_of_them(records: Records) -> None:
    assert {card.name for card in CARDS.values()} <= set(
        re.findall(r"#### (.*)", words(opened("practice.py")))
    )


@pytest.mark.parametrize("card", BY_CAMERA)
def test_an_exercise_opens_by_its_address_with_a_ticket_for_it(records: Records, card: str) -> None:
    app = opened("practice.py", exercise=card)
    assert CARDS[card].name in words(app)
    assert CARDS[card].instruction in words(app)
    assert "Stop if anything hurts" in words(app)
    assert app.get("bidi_component")


@pytest.mark.parametrize("card", BY_THE_CLOCK)
def test_an_exercise_without_the_camera_is_led_by_the_clock_and_written_down(
    records: Records, card: str
) -> None:
    app = opened("practice.py", exercise=card)
    press(app, "ready")
    press(app, "enough")

    assert "Until next time" in words(app)
    (record,) = records.practices(records.profile().uid)
    assert (record.card_id, record.ending, record.session_uid) == (card, "stopped", None)
    press(app, "again")
    assert "ready" in can_press(app)


@pytest.mark.parametrize(
    "card", ["juggling", "../practice", "[x](http://evil.example) <img src=x>", "y" * 5000]
)
def test_an_exercise_that_is_not_there_is_said_so_with_a_way_on(records: Records, card: str) -> None:
    app = opened("practice.py", exercise=card)
    assert "is not here" in app.info[0].value
    assert card not in words(app)
    assert can_press(app) == {"all", "today"}


def test_an_exercise_goes_as_it_is_prescribed(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    prescribe(records, Item(card=SMILE.id, repetitions=3, level=4, sensitivity="sensitive"))
    tickets = []
    monkeypatch.setattr("coach.live.Live.ticket", lambda _, *asked: tickets.append(asked) or "ticket")
    opened("practice.py", exercise=SMILE.id)
    opened("practice.py", exercise="small-pucker")
    (smile, *_), (pucker, *_) = tickets
    assert (smile.repetitions, smile.level, smile.feedback, smile.sensitivity) == (3, 4, "half", "sensitive")
    assert (smile.session, smile.item) == (None, None)
    assert (pucker.repetitions, pucker.level, pucker.sensitivity) == (5, 3, "default")


@pytest.mark.parametrize("card", [SMILE.id, MASSAGE.id])
def test_where_the_comfort_check_said_stop_there_is_no_practice(records: Records, card: str) -> None:
    me, now = records.profile().uid, datetime.now(timezone.utc)
    uid = records.begin_session(me, None, {**WELL, "eyes": ["pain"]}, now)
    records.end_session(uid, me, "safety", now)

    app = opened("practice.py", exercise=card)

    assert "Please contact your eye service today." in words(app)
    assert not app.get("bidi_component")
    assert can_press(app) == {"today"}


def test_after_the_end_there_is_a_summary_and_a_way_on(records: Records) -> None:
    app = ended(opened("practice.py", exercise=SMILE.id), finished(records))
    assert not app.exception
    assert not app.get("bidi_component")
    assert [button.label for button in app.button][:2] == ["Practise again", "See my progress"]
    press(app, "again")
    assert app.get("bidi_component")


def test_after_closed_eyes_the_movement_is_played_once_more(records: Records) -> None:
    card = "gentle-eye-closing"
    uid = practised(records, card, datetime.now(timezone.utc))
    records.add_repetition(uid, repetitions(1)[0], a_course())
    app = ended(opened("practice.py", exercise=card), uid, card)
    assert not app.exception
    assert len(app.get("bidi_component")) == 1


def test_after_the_test_the_ranges_are_told_in_plain_words(records: Records) -> None:
    records.set_affected(records.profile().uid, Side.RIGHT)
    smile, pucker = repetitions(2, movement="smile", amplitude_left_mm=9.04)
    found = practised(
        records,
        RANGE_CARD,
        datetime.now(timezone.utc),
        [smile, replace(pucker, movement="pucker", amplitude_left_mm=0.4)],
    )

    app = ended(opened("practice.py", exercise=RANGE_CARD), found, RANGE_CARD)
    assert "Smile: about 9.0 mm" in words(app)
    assert "Your pucker was read as about 0.4 mm, too small to go by." in words(app)

    unseen = practised(records, RANGE_CARD, datetime.now(timezone.utc))
    app = ended(opened("practice.py", exercise=RANGE_CARD), unseen, RANGE_CARD)
    assert "Too little could be seen this time" in words(app)


def test_the_test_is_called_a_test(records: Records) -> None:
    assert "This is a test, not practice" in words(opened("practice.py", exercise=RANGE_CARD))


def test_back_to_another_exercise_does_not_show_the_summary_of_the_last(records: Records) -> None:
    other = next(card for card in BY_CAMERA if card != SMILE.id)
    app = ended(opened("practice.py", exercise=SMILE.id), finished(records))
    assert "Well done" in words(app)
    app.query_params["exercise"] = other
    app.run()
    assert not app.exception
    assert "Well done" not in words(app)
    assert CARDS[other].name in words(app)
    assert app.get("bidi_component")


def test_a_practice_of_somebody_else_is_not_shown(records: Records) -> None:
    app = ended(opened("practice.py", exercise=SMILE.id), "0" * 32, ending="stopped")
    assert not app.exception
    assert "no summary" in words(app)


def test_the_practice_page_says_in_five_sentences_what_the_camera_can_do(records: Records) -> None:
    app = opened("practice.py", exercise="small-closed-smile")

    about = next(e for e in app.expander if e.label == "About the camera")
    sentences = about.markdown[0].value.split("\n")
    assert len(sentences) == 5
    assert all(sentence.startswith("- ") for sentence in sentences)
    assert "glasses and beards have not been tried" in about.markdown[0].value


def test_a_clinic_does_not_say_that_nothing_leaves_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COACH_MODE", raising=False)
    assert mirror.private().startswith("Nothing leaves this computer.")
    monkeypatch.setenv("COACH_MODE", "clinic")
    assert mirror.private().startswith("The camera picture goes to your clinic's computer")


# -- settings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("choice", "side"), [("Right", Side.RIGHT), ("Left", Side.LEFT), ("Not sure", None)])
def test_the_affected_side_is_remembered(records: Records, choice: str, side: Side | None) -> None:
    app = opened("settings.py")
    app.radio(key="affected").set_value("Left" if side is not Side.LEFT else "Right").run()
    app.radio(key="affected").set_value(choice).run()
    assert records.profile().affected is side
    assert opened("settings.py").radio(key="affected").value == choice


def test_another_programme_is_a_new_version(records: Records) -> None:
    me = records.profile().uid
    prescribe(records, *SMILES)
    app = opened("settings.py")
    app.selectbox(key="stage").set_value("movement_control").run()
    press(app, "choose-eyes-open")
    versions = records.prescriptions(me)
    assert [(version.version, version.programme) for version in versions] == [(2, "eyes-open"), (1, None)]
    assert "choose-eyes-open" not in can_press(app)  # it is theirs by now
    assert "Eyes stay open" in words(app)


def test_what_is_set_with_the_therapist_is_one_new_version(records: Records) -> None:
    me = records.profile().uid
    prescribe(records, *SMILES)
    app = opened("settings.py")
    app.toggle[0].set_value(True)
    app.selectbox(key="level-1-0").set_value(4)
    app.radio(key="sensitivity-1-1").set_value("sensitive")
    next(button for button in app.button if button.label == "Keep these").click().run()
    assert not app.exception
    assert "Kept. Your next session goes by it." in words(app)
    now, before = records.prescriptions(me)
    assert (now.author, now.half_mirror, before.half_mirror) == ("with therapist", True, False)
    assert [(item.level, item.sensitivity) for item in now.items] == [
        (4, "default"), (3, "sensitive"), (3, "default"),
    ]  # fmt: skip


def test_nothing_changed_is_no_new_version(records: Records) -> None:
    prescribe(records, *SMILES)
    app = opened("settings.py")
    next(button for button in app.button if button.label == "Keep these").click().run()
    assert "Nothing has changed." in words(app)
    assert len(records.prescriptions(records.profile().uid)) == 1


def test_a_card_of_ones_own_that_needs_mending_is_named(records: Records, tmp_path: Path) -> None:
    own = tmp_path / "exercises"
    own.mkdir()
    (own / "my-smile.toml").write_text('id = "my-smile"\nname = "Mine"\n')
    said = [code.value for code in opened("settings.py").code]
    assert any("my-smile.toml" in fault for fault in said)
    assert "ready" in can_press(opened("practice.py", exercise=MASSAGE.id))


def test_the_settings_say_where_everything_is_kept(records: Records, tmp_path: Path) -> None:
    said = words(opened("settings.py"))
    assert f"{tmp_path}/coach.sqlite" in said
    assert "never a picture" in said


def test_a_database_that_is_no_file_is_not_named(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Records, "file", None)  # its address may hold a password
    said = words(opened("settings.py"))
    assert "in your clinic's database" in said
    assert "coach.sqlite" not in said


# -- what every page has in common -------------------------------------------------------------------------------


def test_streamlits_own_page_is_told_where_its_server_is_and_what_it_is_called() -> None:
    import streamlit_app

    client = TestClient(Starlette(routes=[r for r in streamlit_app.ROUTES if isinstance(r, Route)]))
    for path in ADDRESSES:
        html = client.get(path).text
        assert streamlit_app.OURS in html
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


HARSH = re.compile(r"\b(wrong|bad|fail\w*|error\w*|must|score\w*|grade|diagnos(?!e and)\w*)\b", re.IGNORECASE)


OF_PATIENTS = [
    *(ROOT / "pages" / page for page in PAGES),
    *(
        ROOT / "pages" / f"{part}.py"
        for part in ("navigation", "after", "asking", "mirror", "programmes", "day")
    ),
    *(ROOT / "pages" / f"{part}.py" for part in ("sitting", "charts", "strip", "resting", "drawing")),
    *(ROOT / "pages" / part / "__init__.py" for part in ("countdown", "camera", "face")),
]


@pytest.mark.parametrize("file", OF_PATIENTS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_no_page_says_a_harsh_word(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    about = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node)
    }
    about |= {id(node.value) for node in tree.body if isinstance(node, ast.Expr)}  # words about a constant
    said = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in about
    ]
    assert [words for words in said if HARSH.search(words)] == []
