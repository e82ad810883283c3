"""Every card is in order, and every fault in a card is told at once."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from coach import movements
from coach.exercise import EXERCISES, Exercise, LibraryError, Tolerance, load_library

CARDS = sorted(path.stem for path in EXERCISES.glob("*.toml") if path.name != "patterns.toml")
LIBRARY = load_library()

SMILE, PUCKER, CLOSING = "small-closed-smile.toml", "small-pucker.toml", "gentle-eye-closing.toml"
PATTERNS = "patterns.toml"

Change = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of our own cards, to break."""
    return Path(shutil.copytree(EXERCISES, tmp_path / "exercises"))


@pytest.fixture
def change(folder: Path) -> Change:
    """Replace words in one file, once; the words have to be there."""

    def replace(file: str, old: str, new: str) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


def faults_in(folder: Path) -> list[str]:
    with pytest.raises(LibraryError) as caught:
        load_library(folder)
    assert all(fault in str(caught.value) for fault in caught.value.faults)
    return list(caught.value.faults)


# Our own cards


def test_the_three_first_exercises_are_there() -> None:
    assert {"small-closed-smile", "small-pucker", "gentle-eye-closing"} <= set(CARDS)
    assert sorted(LIBRARY.exercises) == CARDS


@pytest.mark.parametrize("card", CARDS)
def test_a_card_is_named_like_its_file_and_watches_known_patterns(card: str) -> None:
    exercise = LIBRARY.exercises[card]
    assert exercise.id == card
    assert {watch.pattern for watch in exercise.watch} <= set(LIBRARY.patterns)


@pytest.mark.parametrize("card", CARDS)
def test_every_number_on_a_card_says_where_it_comes_from(card: str) -> None:
    exercise = LIBRARY.exercises[card]
    origins = [exercise.target.source, exercise.dose.source, *(watch.source for watch in exercise.watch)]
    listed = (EXERCISES / "README.md").read_text(encoding="utf-8")
    for origin in (*origins, *exercise.sources):
        assert re.match(r"(S\d+|proposal): \S", origin)
        for source in re.findall(r"\bS\d+\b", origin):
            assert f"| {source} |" in listed, f"{source} is not in exercises/README.md"


def test_every_source_of_a_pattern_is_listed() -> None:
    listed = (EXERCISES / "README.md").read_text(encoding="utf-8")
    for pattern in LIBRARY.patterns.values():
        for source in re.findall(r"\bS\d+\b", " ".join(pattern.sources)):
            assert f"| {source} |" in listed, f"{source} is not in exercises/README.md"


def test_practice_stays_small_and_eyes_are_led_by_ear_where_they_close() -> None:
    smile, pucker = LIBRARY.exercises["small-closed-smile"], LIBRARY.exercises["small-pucker"]
    closing = LIBRARY.exercises["gentle-eye-closing"]
    assert (smile.target.low, smile.target.high) == (2.0, 4.0)
    assert pucker.target.high <= 4.0
    assert [exercise.eyes_closed for exercise in (smile, pucker, closing)] == [False, False, True]
    assert [exercise.dose.hold_seconds for exercise in (smile, pucker, closing)] == [5, 5, 3]


@pytest.mark.parametrize("pattern", LIBRARY.patterns.values(), ids=LIBRARY.patterns.keys())
def test_the_words_for_a_pattern_are_calm_short_and_name_the_side(pattern: Any) -> None:
    said = pattern.say.format(side="right")
    assert "{" not in said
    assert ("right" in said) == (pattern.where == "affected_side")
    assert len(said) <= 80
    assert not re.search(r"\b(wrong|bad|fail\w*|error|mistake|must|never|good side)\b", said, re.IGNORECASE)


def test_cards_and_engine_call_movements_by_the_same_names() -> None:
    assert {pattern.movement for pattern in LIBRARY.patterns.values()} <= {
        *movements.SIDE_MOVEMENTS,
        *movements.MIDLINE_MOVEMENTS,
    }
    schema = str(next(iter(LIBRARY.patterns.values())).model_json_schema()["properties"]["movement"])
    assert all(repr(name) in schema for name in (*movements.SIDE_MOVEMENTS, *movements.MIDLINE_MOVEMENTS))


def test_a_cards_version_changes_with_any_number_on_it() -> None:
    exercise = LIBRARY.exercises["small-pucker"]
    dose = exercise.dose.model_copy(update={"repetitions": 4})
    assert exercise.version == load_library().exercises["small-pucker"].version
    assert exercise.model_copy(update={"dose": dose}).version != exercise.version


def test_a_card_does_not_change_once_it_is_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        LIBRARY.exercises["small-pucker"].name = "Large pucker"  # type: ignore[misc]
    with pytest.raises(TypeError):
        LIBRARY.exercises["new"] = LIBRARY.exercises["small-pucker"]  # type: ignore[index]


# Broken cards


def test_all_faults_of_all_files_are_told_at_once(folder: Path, change: Change) -> None:
    change("small-pucker.toml", "hold_seconds = 5", "hold_seconds = 500")
    change("small-pucker.toml", "low = 1.5", "low = 5")
    change("small-pucker.toml", 'pattern = "chin"', 'pattern = "chinn"')
    change("small-pucker.toml", "clinical_id", "clinic_id")
    change("small-closed-smile.toml", "repetitions = 5", 'repetitions = "five"')
    change("patterns.toml", 'area = "chin"', 'area = "jaw"')
    (folder / "empty.toml").write_text("name = ", encoding="utf-8")
    faults = faults_in(folder)
    known = ", ".join(sorted(LIBRARY.patterns))
    for told in (
        "small-pucker.toml: dose.hold_seconds is 500; allowed: 1 to 30 seconds",
        "small-pucker.toml: target.low is 5; allowed: less than high, which is 4",
        f"small-pucker.toml: watch.1.pattern is 'chinn'; allowed: {known}",
        "small-pucker.toml: clinical_id is missing; allowed: E and two digits",
        "small-pucker.toml: clinic_id is 'E14'; no card has such a field",
        "small-closed-smile.toml: dose.repetitions is 'five'; allowed: 1 to 20 repetitions",
        "patterns.toml: chin.area is 'jaw'; allowed: 'eye', 'mouth_corner', 'chin', 'cheek', 'brow' or 'nose'",
    ):
        assert told in faults
    assert [fault for fault in faults if fault.startswith("empty.toml: not TOML")]
    assert len(faults) == 8


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (PUCKER, "high = 4.0", "high = 16", "target.high is 16; allowed: at most 15 mm"),
        (PUCKER, "high = 4.0", "high = nan", "target.high is nan; allowed: 0.2 to 150"),
        (PUCKER, "high = 4.0", "high = true", "target.high is True; allowed: 0.2 to 150"),
        (PUCKER, 'unit = "mm"', 'unit = "cm"', "target.unit is 'cm'; allowed: 'mm' or"),
        (PUCKER, 'unit = "mm"', 'unit = "percent_of_rest_gap"', "target.unit is percent_of_rest_gap"),
        (PUCKER, "repetitions = 5", "repetitions = 0", "dose.repetitions is 0; allowed: 1 to 20"),
        (PUCKER, "default = 8", "default = 13", "watch.0.tolerance.sensitive, default, lenient are 5, 13"),
        (PUCKER, "lenient = 2.5", "lenient = 12", "watch.1.tolerance.lenient is 12; allowed: at most 10"),
        (PUCKER, "proposal: no figure", "somewhere: no figure", "watch.1.source is "),
        (PUCKER, 'id = "small-pucker"', 'id = "pucker"', "id is 'pucker'; allowed: the file's name"),
        (PUCKER, 'id = "small-pucker"', 'id = "Small"', "id is 'Small'; allowed: lower case words"),
        (PUCKER, '"own_rest"', '"minus_other_side"', "watch.0.compare is minus_other_side; allowed: own_rest"),
        (CLOSING, '"own_rest"', '"minus_other_side"', "watch.0.compare is minus_other_side"),
        (PUCKER, 'pattern = "platysma"', 'pattern = "chin"', "watch.2.pattern is chin again"),
        (SMILE, '"chin"\ncompare = "own_rest"', '"chin"\ncompare = "minus_other_side"',
         "watch.3.compare is minus_other_side; allowed on the midline: own_rest"),
        (SMILE, '"chin"\ncompare = "own_rest"\nunit = "mm"',
         '"chin"\ncompare = "own_rest"\nunit = "percent_of_rest_gap"',
         "watch.3.unit is percent_of_rest_gap; allowed for chin"),
        (PATTERNS, "Let it melt.", "Let {side} melt.", "chin.say is 'Your chin is joining in. Let {side} melt.'"),
        (PATTERNS, "Your {side} eye", "Your eye", "oral-ocular-narrow.say is"),
        (PATTERNS, "Your {side} eye", "Your {side eye", "oral-ocular-narrow.say cannot be filled in"),
        (PATTERNS, 'where = "midline"', 'where = "affected_side"', "chin.where is affected_side"),
        (PATTERNS, "[ocular-oral]", "[ocular_oral]", "ocular_oral.id is 'ocular_oral'; allowed: lower case words"),
        (PATTERNS, "[ocular-oral]", "ocular = 1\n[ocular-oral]", "no card has such a field"),
    ],
)  # fmt: skip
def test_a_fault_names_field_value_and_what_is_allowed(
    folder: Path, change: Change, file: str, old: str, new: str, told: str
) -> None:
    change(file, old, new)
    assert [fault for fault in faults_in(folder) if fault.startswith(f"{file}: ") and told in fault]


def test_a_fault_inside_a_pattern_is_not_told_again_by_each_card(folder: Path, change: Change) -> None:
    change("patterns.toml", 'area = "chin"', 'area = "jaw"')
    assert len(faults_in(folder)) == 1


def test_a_pattern_written_twice_is_told(folder: Path) -> None:
    with (folder / "patterns.toml").open("a", encoding="utf-8") as file:
        file.write('\n[chin]\nname = "again"\n')
    (fault,) = faults_in(folder)
    assert fault.startswith("patterns.toml: not TOML")
    assert "chin" in fault


def test_a_file_that_is_not_text_is_told(folder: Path) -> None:
    (folder / "small-pucker.toml").write_bytes(b'id = "\xff"')
    assert faults_in(folder) == ["small-pucker.toml: not UTF-8 text (byte 6)"]


def test_a_card_that_cannot_be_read_is_told(folder: Path) -> None:
    (folder / "gone.toml").symlink_to(folder / "nowhere.toml")
    (folder / "shut.toml").mkdir()
    assert faults_in(folder) == ["gone.toml: not found", "shut.toml: cannot be read (Is a directory)"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_card_without_permission_is_told(folder: Path) -> None:
    (folder / "small-pucker.toml").chmod(0)
    assert faults_in(folder) == ["small-pucker.toml: cannot be read (Permission denied)"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert faults_in(tmp_path / "nowhere") == [
        "patterns.toml: not found",
        "no card found; allowed: at least one <id>.toml",
    ]


@given(st.lists(st.floats(0.3, 60), min_size=3, max_size=3))
def test_tolerances_are_taken_if_and_only_if_they_ascend(values: list[float]) -> None:
    sensitive, default, lenient = values
    if sensitive < default < lenient:
        assert Tolerance(sensitive=sensitive, default=default, lenient=lenient).default == default
    else:
        with pytest.raises(ValidationError, match="ascending"):
            Tolerance(sensitive=sensitive, default=default, lenient=lenient)


def test_subtracting_the_other_side_is_a_matter_of_smiles_only() -> None:
    for exercise in LIBRARY.exercises.values():
        card = exercise.model_dump()
        card["watch"] = [{**card["watch"][0], "compare": "minus_other_side"}]
        if exercise.target.movement == "smile":
            assert Exercise.model_validate(card).watch[0].compare == "minus_other_side"
        else:
            with pytest.raises(ValidationError, match="minus_other_side"):
                Exercise.model_validate(card)


@pytest.mark.skipif(sys.version_info >= (3, 11), reason="tomllib is Python's own from 3.11 on")
def test_python_3_10_reads_cards_with_tomli() -> None:
    assert "tomli" in sys.modules
