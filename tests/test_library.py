"""Cards are read from folders: every fault is told at once, and what is in order works."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.library import (
    EXERCISES,
    LARGEST_FILE,
    LibraryError,
    current_library,
    load_library,
    open_library,
    own_folder,
)

LIBRARY = load_library()
SMILE, PUCKER, CLOSING = "small-closed-smile.toml", "small-pucker.toml", "gentle-eye-closing.toml"
ONE, RANGE, MASSAGE = "one-corner.toml", "comfortable-range.toml", "cheek-massage.toml"
PATTERNS, PROGRAMMES = "patterns.toml", "programmes.toml"

Change = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of our own cards, to break."""
    return Path(shutil.copytree(EXERCISES, tmp_path / "exercises"))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A therapist's own folder, still empty."""
    path = tmp_path / "data" / "exercises"
    path.mkdir(parents=True)
    return path


@pytest.fixture
def change(folder: Path) -> Change:
    """Replace words in one file, once; the words have to be there."""

    def replace(file: str, old: str, new: str) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def faults_in(folder: Path, own: Path | None = None) -> list[str]:
    with pytest.raises(LibraryError) as caught:
        load_library(folder, own=own or folder)
    assert all(fault in str(caught.value) for fault in caught.value.faults)
    assert open_library(folder, own=own or folder).faults == caught.value.faults
    return list(caught.value.faults)


def card_of_ones_own(name: str, like: str = SMILE, old: str = "", new: str = "") -> str:
    """A shipped card under another id, with one change."""
    text = (EXERCISES / like).read_text(encoding="utf-8")
    assert old in text
    return text.replace(f'id = "{Path(like).stem}"', f'id = "{name}"', 1).replace(old, new, 1)


# Faults


def test_all_faults_of_all_files_are_told_at_once(folder: Path, change: Change) -> None:
    change(PUCKER, "hold_seconds = 5", "hold_seconds = 500")
    change(PUCKER, "low = 1.5", "low = 5")
    change(PUCKER, 'pattern = "chin"', 'pattern = "chinn"')
    change(PUCKER, "clinical_id", "clinic_id")
    change(SMILE, "repetitions = 5", 'repetitions = "five"')
    change(PATTERNS, 'area = "chin"', 'area = "jaw"')
    change(PROGRAMMES, 'card = "soft-rest"', 'card = "soft-reset"')
    (folder / "empty.toml").write_text("name = ", encoding="utf-8")
    faults = faults_in(folder)
    known = ", ".join(sorted(LIBRARY.patterns))
    for told in (
        "small-pucker.toml: dose.hold_seconds is 500; allowed: 1 to 120 seconds",
        "small-pucker.toml: target.low is 5; allowed: less than high, which is 4",
        f"small-pucker.toml: watch.1.pattern is 'chinn'; allowed: {known}",
        "small-pucker.toml: clinical_id is missing; allowed: E and two digits, or ASSESSMENT",
        "small-pucker.toml: clinic_id is 'E14'; no card has such a field",
        "small-closed-smile.toml: dose.repetitions is 'five'; allowed: 1 to 20 repetitions",
        "patterns.toml: chin.area is 'jaw'; "
        "allowed: 'eye', 'mouth_corner', 'chin', 'cheek', 'brow', 'nose' or 'neck'",
    ):
        assert told in faults
    assert [fault for fault in faults if fault.startswith("empty.toml: not TOML")]
    assert [
        f for f in faults if f.startswith("programmes.toml: quiet-beginning.items.0.card is 'soft-reset'")
    ]
    assert "small-open-smile" in faults[-1], "it watches the chin"
    assert faults[-1].startswith("until this is mended, left out as well: ")
    assert len(faults) == 10


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (PUCKER, "high = 4.0", "high = 16", "target.high is 16; allowed: at most 15 mm"),
        (PUCKER, "high = 4.0", "high = nan", "target.high is nan; allowed: 0.2 to 150"),
        (PUCKER, "high = 4.0", "high = true", "target.high is True; allowed: 0.2 to 150"),
        (PUCKER, "high = 4.0", "high = 4.0\nshare_high = 90", "target.share_high is 90; allowed: 5 to 60 percent"),
        (PUCKER, "high = 4.0", "high = 4.0\nshare_low = 50", "target.share_low is 50; allowed: less than share_high"),
        (PUCKER, "high = 4.0", "high = 4.0\none_side = 1", "target.one_side is 1; allowed: true or false"),
        (PUCKER, 'unit = "mm"', 'unit = "cm"', "target.unit is 'cm'; allowed: 'mm' or"),
        (PUCKER, 'unit = "mm"', 'unit = "percent_of_rest_gap"', "target.unit is percent_of_rest_gap"),
        (PUCKER, 'movement = "pucker"', 'movement = "kiss"', "target.movement is 'kiss'; allowed: 'smile', 'pucker'"),
        (PUCKER, "repetitions = 5", "repetitions = 0", "dose.repetitions is 0; allowed: 1 to 20"),
        (PUCKER, "default = 8", "default = 13", "watch.0.tolerance.sensitive, default, lenient are 5, 13"),
        (PUCKER, "lenient = 2.5", "lenient = 12", "watch.1.tolerance.lenient is 12; allowed: at most 10"),
        (PUCKER, "proposal: no figure", "somewhere: no figure", "watch.1.source is "),
        (PUCKER, 'sources = [\n  "S33:', 'sources = [\n  "33:', "sources.0 is '33: "),
        (PUCKER, 'id = "small-pucker"', 'id = "pucker"', "id is 'pucker'; allowed: the file's name"),
        (PUCKER, 'id = "small-pucker"', 'id = "Small"', "id is 'Small'; allowed: lower case words"),
        (PUCKER, '"own_rest"', '"minus_other_side"', "watch.0.compare is minus_other_side; allowed: own_rest"),
        (CLOSING, '"own_rest"', '"minus_other_side"', "watch.0.compare is minus_other_side"),
        (ONE, '"own_rest"', '"minus_other_side"', "watch.0.compare is minus_other_side; allowed where one side"),
        (PUCKER, 'pattern = "platysma"', 'pattern = "chin"', "watch.2.pattern is chin again"),
        (PUCKER, 'pattern = "platysma"', 'pattern = "tears-nose"',
         "watch.2.pattern is tears-nose, which is not_by_camera; allowed: live patterns"),
        (PUCKER, 'pattern = "platysma"', 'pattern = "other-corner"',
         "watch.2.pattern is other-corner; allowed only where target.one_side is true"),
        (PUCKER, 'region = "mouth"', 'region = "lips"', "region is 'lips'; allowed: 'whole face', 'brows'"),
        (PUCKER, '"facilitation"', '"later"', "stages.0 is 'later'; allowed: 'initiation', 'facilitation'"),
        (PUCKER, 'judged = "movement"', 'judged = "speed"', "judged is 'speed'; allowed: 'movement', 'areas'"),
        (PUCKER, 'judged = "movement"', 'judged = "nothing"', "target is given; allowed where judged is nothing"),
        (PUCKER, "pucker = 5.0", "kiss = 5.0", "drawing.moves.kiss is 'kiss'; allowed: 'brow_raise'"),
        (PUCKER, "pucker = 5.0", "pucker = 50", "drawing.moves.pucker is 50; allowed: a table of movements, each 0.2"),
        (MASSAGE, '"cheek"]', '"jaw"]', "drawing.touch.0 is 'jaw'; allowed: 'eye', 'mouth_corner'"),
        (MASSAGE, "hold_seconds = 60", "hold_seconds = 121", "dose.hold_seconds is 121; allowed: 1 to 120 seconds"),
        (MASSAGE, 'prompt = "', f'prompt = "{"so " * 30}', "prompt is 'so so "),
        (RANGE, 'id = "snarl"', 'id = "pucker"', "tasks.6.id is pucker again; allowed: each id once"),
        (RANGE, 'movement = "nose_wrinkle"', 'movement = "sneer"', "tasks.5.movement is 'sneer'; allowed: 'smile'"),
        (SMILE, '"chin"\ncompare = "own_rest"', '"chin"\ncompare = "minus_other_side"',
         "watch.3.compare is minus_other_side; allowed on the midline: own_rest"),
        (SMILE, '"chin"\ncompare = "own_rest"\nunit = "mm"',
         '"chin"\ncompare = "own_rest"\nunit = "percent_of_rest_gap"',
         "watch.3.unit is percent_of_rest_gap; allowed for chin"),
        (PATTERNS, "Let it melt.", "Let {side} melt.", "chin.say is 'Your chin is joining in. Let {side} melt.'"),
        (PATTERNS, "Your {side} eye", "Your eye", "oral-ocular-narrow.say is"),
        (PATTERNS, "Your {side} eye", "Your {side eye", "oral-ocular-narrow.say cannot be filled in"),
        (PATTERNS, 'where = "midline"', 'where = "affected_side"', "chin.where is affected_side"),
        (PATTERNS, 'where = "midline"\n', "", "chin.where is missing; allowed where judged is live"),
        (PATTERNS, 'judged = "at_rest"', 'judged = "at_rest"\nwhere = "both_sides"',
         "rest-tone.where is both_sides; allowed where judged is at_rest: no such field"),
        (PATTERNS, "[ocular-oral]", "[ocular_oral]", "ocular_oral.id is 'ocular_oral'; allowed: lower case words"),
        (PATTERNS, "[ocular-oral]", "ocular = 1\n[ocular-oral]", "no card has such a field"),
        (PATTERNS, "[oral-ocular-narrow]", "nose = 1\n[oral-ocular-narrow]", "nose is 1; allowed: a table, [nose]"),
        (PROGRAMMES, "[[eyes-open.items]]", "[[eyes-open.item]]", "eyes-open.item is "),
        (PROGRAMMES, 'card = "eyes-open-ee"', 'card = "eyes-open-oo"',
         "eyes-open.items.1.card is 'eyes-open-oo' again; allowed: each card once"),
        (PROGRAMMES, 'card = "half-closing"\nrepetitions = 4', 'card = "half-closing"\nrepetitions = 20',
         "quiet-and-small.items take 15.0 minutes; allowed: less than 12"),
        (PROGRAMMES, 'stage = "relaxation"', 'stage = "facilitation"',
         "letting-go.items.2.card is 'inside-cheek-stretch', for movement_control, relaxation; "
         "allowed: cards for facilitation"),
        (PROGRAMMES, "level = 1", "level = 7", "quiet-beginning.items.0.level is 7; allowed: 1 to 6"),
    ],
)  # fmt: skip
def test_a_fault_names_file_field_value_and_what_is_allowed(
    folder: Path, change: Change, file: str, old: str, new: str, told: str
) -> None:
    change(file, old, new)
    assert [fault for fault in faults_in(folder) if fault.startswith(f"{file}: ") and told in fault]


def test_a_programme_for_another_stage_than_its_cards_is_told(folder: Path, change: Change) -> None:
    change(PROGRAMMES, 'card = "eyes-open-oo"', 'card = "half-closing"')
    (fault,) = faults_in(folder)
    assert fault == (
        "programmes.toml: first-movements.items.2.card is 'half-closing', for movement_control; "
        "allowed: cards for facilitation"
    )
    left = open_library(folder, own=folder)
    assert sorted({*LIBRARY.programmes} - {*left.programmes}) == ["first-movements"]
    assert left.exercises == LIBRARY.exercises


def test_a_fault_inside_a_pattern_is_not_told_again_by_each_card(folder: Path, change: Change) -> None:
    change(PATTERNS, 'area = "chin"', 'area = "jaw"')
    fault, note = faults_in(folder)
    assert fault.startswith("patterns.toml: chin.area")
    left = open_library(folder, own=folder)
    missing = {*LIBRARY.exercises} - {*left.exercises} | {*LIBRARY.programmes} - {*left.programmes}
    assert missing == set(note.removeprefix("until this is mended, left out as well: ").split(", "))
    assert "small-pucker" in missing
    assert {"eyes-open-oo", "cheek-massage", "comfortable-range"} <= {*left.exercises}


def test_a_faulty_card_is_left_out_with_the_programmes_that_need_it(folder: Path, change: Change) -> None:
    change(PUCKER, "hold_seconds = 5", "hold_seconds = 500")
    assert faults_in(folder) == [
        "small-pucker.toml: dose.hold_seconds is 500; allowed: 1 to 120 seconds",
        "until this is mended, left out as well: quiet-and-small",
    ]
    left = open_library(folder, own=folder)
    assert {*LIBRARY.exercises} - {*left.exercises} == {"small-pucker"}


def test_a_pattern_written_twice_is_told(folder: Path) -> None:
    with (folder / PATTERNS).open("a", encoding="utf-8") as file:
        file.write('\n[chin]\nname = "again"\n')
    fault, _ = faults_in(folder)
    assert fault.startswith("patterns.toml: not TOML")
    assert "chin" in fault


@pytest.mark.parametrize("content", [b"[chin\n", b"\xff", b"a = 1\n" * 100_000, b"a = " + b"[" * 5000])
def test_patterns_that_cannot_be_read_do_not_stop_the_cards_that_watch_nothing(
    folder: Path, content: bytes
) -> None:
    (folder / PATTERNS).write_bytes(content)
    fault, _ = faults_in(folder)
    assert fault.startswith("patterns.toml: ")
    left = open_library(folder, own=folder)
    assert {*left.exercises} == {e.id for e in LIBRARY.exercises.values() if not e.watch}
    assert {e.judged for e in left.exercises.values()} == {"nothing", "range"}
    assert left.patterns == {}


def test_a_file_that_is_not_text_is_told(folder: Path) -> None:
    (folder / PUCKER).write_bytes(b'id = "\xff"')
    assert faults_in(folder)[0] == "small-pucker.toml: not UTF-8 text (byte 6)"


def test_a_file_far_longer_than_any_card_is_not_read(folder: Path) -> None:
    (folder / "long.toml").write_bytes(b"#" * (LARGEST_FILE + 1))
    assert faults_in(folder) == ["long.toml: longer than 200000 bytes; allowed: a card of a page or two"]


def test_a_card_that_cannot_be_read_is_told(folder: Path) -> None:
    (folder / "gone.toml").symlink_to(folder / "nowhere.toml")
    (folder / "shut.toml").mkdir()
    assert faults_in(folder) == ["gone.toml: not found", "shut.toml: cannot be read (Is a directory)"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_card_without_permission_is_told(folder: Path) -> None:
    (folder / PUCKER).chmod(0)
    assert faults_in(folder)[0] == "small-pucker.toml: cannot be read (Permission denied)"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert faults_in(tmp_path / "nowhere") == [
        "patterns.toml: not found",
        "no card found; allowed: at least one <id>.toml",
        "programmes.toml: not found",
    ]


# A therapist's own cards


def test_own_cards_lie_beside_the_practice_log() -> None:
    assert own_folder({"COACH_DATA": "/somewhere"}) == Path("/somewhere/exercises")
    assert own_folder({}) == Path("data/exercises").absolute()


def test_an_own_card_appears_among_the_others(own: Path) -> None:
    (own / "my-smile.toml").write_text(card_of_ones_own("my-smile", SMILE, "high = 4.0", "high = 3.0"))
    library = load_library(own=own)
    assert library.own == ("my-smile",)
    assert {*library.exercises} == {*LIBRARY.exercises, "my-smile"}
    target = library.exercises["my-smile"].target
    assert target is not None
    assert target.high == 3.0


def test_an_own_card_written_on_windows_is_read(own: Path) -> None:
    text = card_of_ones_own("my-smile").replace("\n", "\r\n")
    (own / "my-smile.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_library(own=own).own == ("my-smile",)


def test_the_folder_of_own_cards_is_found_by_itself(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (own / "my-smile.toml").write_text(card_of_ones_own("my-smile"))
    monkeypatch.setenv("COACH_DATA", str(own.parent))
    assert open_library().own == ("my-smile",)


def test_a_faulty_own_card_is_named_and_leaves_the_rest_working(own: Path) -> None:
    (own / "my-smile.toml").write_text(card_of_ones_own("my-smile"))
    (own / "my-pucker.toml").write_text(card_of_ones_own("my-pucker", PUCKER, "high = 4.0", "high = 40"))
    library = open_library(own=own)
    assert library.faults == (
        f"{own / 'my-pucker.toml'}: target.high is 40; allowed: at most 15 mm, practice is small",
    )
    assert {*library.exercises} == {*LIBRARY.exercises, "my-smile"}
    assert library.programmes == LIBRARY.programmes
    assert faults_in(EXERCISES, own) == list(library.faults)


def test_an_own_card_does_not_take_a_shipped_id(own: Path) -> None:
    (own / PUCKER).write_text((EXERCISES / PUCKER).read_text().replace("high = 4.0", "high = 3.0"))
    library = open_library(own=own)
    assert library.faults == (
        f"{own / PUCKER}: id is 'small-pucker', which a shipped card has; allowed: another name and id",
    )
    assert library.exercises == LIBRARY.exercises
    assert library.own == ()


def test_no_folder_of_own_cards_is_no_fault(tmp_path: Path) -> None:
    assert open_library(own=tmp_path / "nowhere") == LIBRARY
    (tmp_path / "a-file").write_text("")
    assert open_library(own=tmp_path / "a-file") == LIBRARY


JUNK = ["0", "-1", "1e9", "nan", "inf", "true", "1979-05-27", "[]", "[1]", "{}", "{ a = 1 }", "'''", ""]
VALUES = st.sampled_from([*JUNK, '""', '" "', '"x"', '["", ""]'])


@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_into_an_own_card_the_others_stay(own: Path, data: st.DataObject) -> None:
    like = data.draw(st.sampled_from(sorted(LIBRARY.exercises)))
    lines = card_of_ones_own("mine", f"{like}.toml").splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    key, equals, _ = lines[number].partition(" = ")
    change = data.draw(st.sampled_from(["value", "key", "leave out", "twice"]))
    if change == "value" and equals:
        lines[number] = f"{key} = {data.draw(VALUES)}"
    elif change == "key":
        lines[number] = f"odd-{lines[number]}"
    elif change == "leave out":
        del lines[number]
    else:
        lines.insert(number, lines[number])
    (own / "mine.toml").write_text("\n".join(lines), encoding="utf-8")
    library = open_library(own=own)
    assert {*library.exercises} - {"mine"} == {*LIBRARY.exercises}
    assert library.programmes == LIBRARY.programmes
    assert ("mine" in library.exercises) == (not library.faults)
    for fault in library.faults:
        assert fault.startswith(f"{own / 'mine.toml'}: ")
        assert re.search(r"allowed|not TOML|no card has such a field|cannot be filled in", fault), fault


@given(content=st.binary(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_of_any_kind_are_told_and_leave_the_rest_working(own: Path, content: bytes) -> None:
    (own / "mine.toml").write_bytes(content)
    library = open_library(own=own)
    assert library.exercises == LIBRARY.exercises
    assert library.faults


@pytest.mark.skipif(sys.version_info >= (3, 11), reason="tomllib is Python's own from 3.11 on")
def test_python_3_10_reads_cards_with_tomli() -> None:
    assert "tomli" in sys.modules


# The folders as they are now


def test_a_card_that_comes_changes_or_goes_is_noticed_without_a_new_start(
    folder: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    before = current_library(folder, own)
    assert current_library(folder, own) is before, "nothing has changed, so nothing is read again"

    card = (folder / "small-pucker.toml").read_text(encoding="utf-8")
    mine = own / "my-pucker.toml"
    mine.write_text(card.replace('id = "small-pucker"', 'id = "my-pucker"'), encoding="utf-8")
    assert "my-pucker" in current_library(folder, own).exercises

    mine.write_text("id = ", encoding="utf-8")
    broken = current_library(folder, own)
    assert "my-pucker" not in broken.exercises
    assert len(broken.faults) == 1
    assert set(before.exercises) <= set(broken.exercises)

    mine.unlink()
    assert current_library(folder, own).faults == ()
