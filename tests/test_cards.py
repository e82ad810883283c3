"""Our own cards, one by one: everything on them is there, is calm, and says where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel

from coach import programme as ready
from coach.exercise import Dose, Drawing, Exercise, Judged, Pattern, Region, Stage, Target, Task, Watch
from coach.library import EXERCISES, load_library
from coach.movements import TARGETS
from coach.programme import Item, Programme

ROOT = EXERCISES.parent
LIBRARY = load_library(own=EXERCISES)
CARDS = sorted(
    path.stem for path in EXERCISES.glob("*.toml") if path.name not in ("patterns.toml", "programmes.toml")
)
README = (EXERCISES / "README.md").read_text(encoding="utf-8")
LISTED = set(re.findall(r"^\| (S\d+) \|", README, re.MULTILINE))

every_card = pytest.mark.parametrize("card", LIBRARY.exercises.values(), ids=LIBRARY.exercises.keys())
every_pattern = pytest.mark.parametrize("pattern", LIBRARY.patterns.values(), ids=LIBRARY.patterns.keys())
every_programme = pytest.mark.parametrize(
    "programme", LIBRARY.programmes.values(), ids=LIBRARY.programmes.keys()
)

UNKIND = re.compile(
    r"\b(wrong\w*|bad\w*|fail\w*|errors?|mistakes?|must|never|good side|scor\w*|grad(e|es|ed|ing)|diagnos\w*|treat\w*"
    r"|detect\w*|exercise harder|warn\w*|hurry|quick\w*)\b",
    re.IGNORECASE,
)
EFFORT = re.compile(
    r"\b(hard|harder|strong\w*|forceful\w*|maxim\w*|as (far|much|wide\w*|high) as)\b", re.IGNORECASE
)


def origins_of(card: Exercise) -> Iterator[str]:
    yield from card.sources
    yield card.dose.source
    if card.target is not None:
        yield card.target.source
    yield from (part.source for part in (*card.watch, *card.tasks))


def is_known(origin: str) -> None:
    """It is a source of the README's table, or a proposal, and so is every source it names."""
    assert re.match(r"(S\d+|proposal): \S", origin), origin
    assert set(re.findall(r"\bS\d+\b", origin)) <= LISTED, origin


def said_by(card: Exercise) -> list[str]:
    """Every word of a card that a person reads or hears while practising."""
    tasks = [words for task in card.tasks for words in (task.name, task.prompt)]
    return [card.name, card.instruction, card.prompt, card.in_words or "", *tasks]


# All of them are there


def test_every_exercise_of_the_clinics_list_is_there_once_and_the_calibration() -> None:
    numbers = sorted(card.clinical_id for card in LIBRARY.exercises.values())
    assert numbers == sorted([*(f"E{number:02}" for number in range(24)), "ASSESSMENT"])
    assert sorted(LIBRARY.exercises) == CARDS


def test_every_region_stage_and_kind_of_judging_is_used() -> None:
    cards = LIBRARY.exercises.values()
    assert {card.region for card in cards} == set(get_args(Region))
    assert {stage for card in cards for stage in card.stages} == set(get_args(Stage))
    assert {card.judged for card in cards} == set(get_args(Judged))


def test_the_engine_measures_every_movement_a_card_asks_for_and_a_card_asks_for_each() -> None:
    asked = {card.target.movement for card in LIBRARY.exercises.values() if card.target is not None}
    assert asked == set(TARGETS)
    (calibration,) = (card for card in LIBRARY.exercises.values() if card.judged == "range")
    assert {task.movement for task in calibration.tasks} == asked - {"frown", "upper_lip_raise"}


def test_every_live_pattern_is_watched_by_a_card() -> None:
    watched = {watch.pattern for card in LIBRARY.exercises.values() for watch in card.watch}
    assert watched == {pattern.id for pattern in LIBRARY.patterns.values() if pattern.judged == "live"}


@pytest.mark.parametrize(
    ("judged", "cards"),
    [
        ("nothing", {"E01", "E02", "E03", "E04", "E23"}),
        ("areas", {"E11", "E15", "E20", "E21", "E22"}),
        ("stillness", {"E00"}),
        ("range", {"ASSESSMENT"}),
    ],
)
def test_what_cannot_be_measured_is_led_by_the_clock(judged: str, cards: set[str]) -> None:
    assert {card.clinical_id for card in LIBRARY.exercises.values() if card.judged == judged} == cards


def test_eyes_close_talk_is_part_and_one_side_moves_only_where_it_belongs() -> None:
    cards = LIBRARY.exercises.values()
    assert {card.id for card in cards if card.eyes_closed} == {"gentle-eye-closing"}
    assert {card.clinical_id for card in cards if card.talking} == {"E20", "E21", "E22"}
    assert {card.id for card in cards if card.target is not None and card.target.one_side} == {"one-corner"}
    assert {card.clinical_id: card.not_before_months for card in cards if card.not_before_months} == {
        "E02": 3,
        "E03": 3,
        "E04": 3,
    }


# Each of them


@every_card
def test_every_number_on_a_card_says_where_it_comes_from(card: Exercise) -> None:
    for origin in origins_of(card):
        is_known(origin)


@every_card
def test_a_cards_words_are_there_calm_and_short(card: Exercise) -> None:
    for words in said_by(card):
        assert not UNKIND.search(words), words
        assert "!" not in words
        assert all(len(sentence.split()) <= 30 for sentence in re.split(r"[.?:;]", words))
    for sentence in (card.instruction, card.prompt, *(task.prompt for task in card.tasks)):
        assert re.match(r"[A-Z].*[.?]$", sentence), sentence
    assert (card.in_words is None) == (card.judged in ("stillness", "nothing", "range"))


@every_card
def test_no_card_but_the_calibration_asks_for_effort(card: Exercise) -> None:
    asked = [words for words in said_by(card) if EFFORT.search(words)]
    assert not asked or card.judged == "range"


@every_card
def test_practice_stays_small(card: Exercise) -> None:
    if card.target is None:
        pytest.skip("no movement is measured")
    if card.target.unit == "mm":
        assert card.target.low >= 0.8, "clear of the noise"
        assert card.target.high <= 4.5
    assert card.target.share_low >= 20
    assert card.target.share_high <= (50 if card.clinical_id == "E13" else 40)
    assert 1 <= card.dose.hold_seconds <= 5


@every_card
def test_a_drawing_shows_the_movement_that_is_asked(card: Exercise) -> None:
    drawn = {
        "smile": {"corner_up", "corner_out"},
        "pucker": {"pucker"},
        "eye_closing": {"eye_narrowing"},
        "frown": {"brow_draw_in"},
    }
    for part in (card.target, *card.tasks):
        if part is not None:
            drawing = card.drawing if part is card.target else part.drawing
            assert drawn.get(part.movement, {part.movement}) <= {*drawing.moves}
    hands = {"E01", "E02", "E03", "E04"}
    assert bool(card.drawing.touch) == (card.clinical_id in hands)
    assert bool(card.drawing.moves) == (card.judged in ("movement", "areas"))


@every_card
def test_what_is_watched_first_is_seen_while_practising(card: Exercise) -> None:
    for watch in card.watch:
        assert LIBRARY.patterns[watch.pattern].judged == "live"
    assert bool(card.watch) == (card.judged in ("movement", "areas", "stillness"))


@pytest.mark.parametrize(
    ("card", "first"),
    [
        ("tiny-brow-raise", "brow-to-mouth"),
        ("gentle-frown", "oral-ocular-narrow"),
        ("gentle-eye-closing", "ocular-oral"),
        ("half-closing", "ocular-oral"),
        ("eyes-open-oo", "oral-ocular-narrow"),
        ("small-closed-smile", "oral-ocular-narrow"),
        ("small-pucker", "oral-ocular-narrow"),
        ("show-lower-teeth", "platysma"),
        ("one-corner", "other-corner"),
    ],
)
def test_the_commonest_unwanted_movement_is_watched_first(card: str, first: str) -> None:
    assert LIBRARY.exercises[card].watch[0].pattern == first


def test_no_one_sided_task_watches_the_eye() -> None:
    watched = {watch.pattern for watch in LIBRARY.exercises["one-corner"].watch}
    assert watched == {"other-corner", "chin", "platysma"}


@pytest.mark.parametrize(
    ("cards", "pattern", "compare", "tolerance"),
    [
        ("small-pucker eyes-open-oo eyes-open-puff", "oral-ocular-narrow", "own_rest", (5, 8, 12)),
        ("small-closed-smile small-open-smile eyes-open-ee", "oral-ocular-narrow", "minus_other_side", (4, 6, 10)),
        ("small-closed-smile small-open-smile eyes-open-ee", "oral-ocular-narrow", "own_rest", (10, 15, 20)),
        ("gentle-eye-closing half-closing", "ocular-oral", "own_rest", (1.0, 1.5, 2.5)),
        ("tiny-brow-raise", "brow-to-mouth", "minus_other_side", (1.0, 1.5, 2.5)),
        ("gentle-eye-closing half-closing small-pucker small-closed-smile", "brow-lift", "own_rest", (1.0, 1.5, 2.5)),
        ("small-closed-smile small-open-smile eyes-open-ee", "platysma", "own_rest", (0.8, 1.2, 2.0)),
    ],
)  # fmt: skip
def test_tolerances_are_those_proposed_for_the_clinic(
    cards: str, pattern: str, compare: str, tolerance: tuple[float, float, float]
) -> None:
    for card in cards.split():
        (watch,) = (
            watch
            for watch in LIBRARY.exercises[card].watch
            if (watch.pattern, watch.compare) == (pattern, compare)
        )
        assert tuple(watch.tolerance.model_dump().values()) == tolerance


# Patterns


@every_pattern
def test_every_source_of_a_pattern_is_listed(pattern: Pattern) -> None:
    for origin in pattern.sources:
        is_known(origin)


@every_pattern
def test_the_words_for_a_pattern_are_calm_short_and_name_the_side(pattern: Pattern) -> None:
    said = pattern.say.format(side="right")
    assert "{" not in said
    assert ("right" in said) == (pattern.judged == "live" and pattern.where != "midline")
    assert len(said) <= 80
    assert not UNKIND.search(said)


# Programmes


@every_programme
def test_every_source_of_a_programme_is_listed(programme: Programme) -> None:
    for origin in programme.sources:
        is_known(origin)


@every_programme
def test_a_programme_is_short_and_for_one_stage(programme: Programme) -> None:
    assert not UNKIND.search(f"{programme.name} {programme.about}")
    assert 3 <= len(programme.items) <= 5
    assert ready.seconds(programme, LIBRARY.exercises) < 12 * 60
    for item in programme.items:
        card = LIBRARY.exercises[item.card]
        assert programme.stage in card.stages
        assert card.judged != "range", "a test, not practice"
        if programme.stage in ("initiation", "relaxation"):
            assert card.judged in ("stillness", "nothing"), "no active movement"


def test_there_is_a_programme_for_every_stage_and_the_three_tasks_with_open_eyes() -> None:
    assert {programme.stage for programme in LIBRARY.programmes.values()} == set(get_args(Stage))
    eyes_open = LIBRARY.programmes["eyes-open"]
    assert [item.card for item in eyes_open.items] == ["eyes-open-oo", "eyes-open-ee", "eyes-open-puff"]
    assert eyes_open.stage == "movement_control"
    assert {source[:3] for source in eyes_open.sources} == {"S23", "S24"}


# The README


MODELS = (Exercise, Target, Task, Dose, Watch, Drawing, Pattern, Programme, Item)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_is_explained(model: type[BaseModel]) -> None:
    for name in model.model_fields:
        explained = (f"`{name}`", f"`[{name}]`", f"`[[{name}]]`", f"`[[id.{name}]]`")
        assert any(words in README for words in explained), name


def test_every_value_a_card_may_choose_is_named() -> None:
    for model in (Exercise, Pattern, Programme):
        for value in re.findall(r"'enum': \[([^]]*)\]", str(model.model_json_schema())):
            for name in re.findall(r"'([^']+)'", value):
                assert f"`{name}`" in README, name


def test_every_source_the_project_names_is_listed() -> None:
    files = [
        path for folder in ("coach", "pages", "exercises", "docs") for path in (ROOT / folder).rglob("*")
    ]
    for path in files:
        if path.suffix in (".py", ".js", ".md", ".toml"):
            named = set(re.findall(r"\bS\d{1,3}\b", path.read_text(encoding="utf-8")))
            assert named <= LISTED, f"{path.relative_to(ROOT)} names {sorted(named - LISTED)}"
