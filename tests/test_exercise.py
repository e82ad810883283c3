"""What a card may say: each part alone, and the parts together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from coach import movements
from coach.exercise import Drawing, Exercise, Pattern, Target, Tolerance, WatchedMovement
from coach.library import load_library

LIBRARY = load_library()
SMILE, REST, MASSAGE, RANGE = (
    LIBRARY.exercises[card]
    for card in ("small-closed-smile", "soft-rest", "cheek-massage", "comfortable-range")
)
WATCH = SMILE.model_dump()["watch"]


def changed(exercise: Exercise, **changes: Any) -> dict[str, Any]:
    """The card as a table, with some of its fields replaced."""
    return {**exercise.model_dump(), **changes}


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


@pytest.mark.parametrize("exercise", LIBRARY.exercises.values(), ids=LIBRARY.exercises.keys())
def test_a_card_is_the_same_after_being_written_down_and_read_again(exercise: Exercise) -> None:
    again = Exercise.model_validate(exercise.model_dump())
    assert (again, again.version, hash(again)) == (exercise, exercise.version, hash(exercise))
    assert Exercise.model_validate_json(exercise.model_dump_json()) == exercise


def test_cards_and_engine_call_movements_by_the_same_names() -> None:
    schema = str(Pattern.model_json_schema()["properties"]["movement"])
    for name in (*movements.SIDE_MOVEMENTS, *movements.MIDLINE_MOVEMENTS):
        assert repr(name) in schema
    assert "corner_travel" in str(WatchedMovement)
    aims = Target.model_json_schema()["properties"]["movement"]["enum"]
    assert sorted(aims) == sorted(movements.TARGETS)


# Which parts go together


@pytest.mark.parametrize(
    ("exercise", "changes", "told"),
    [
        (SMILE, {"target": None}, "target is missing; allowed where judged is movement"),
        (SMILE, {"watch": ()}, "watch is missing; allowed where judged is movement: at least one"),
        (SMILE, {"judged": "areas"}, "target is given; allowed where judged is areas: no"),
        (SMILE, {"judged": "nothing"}, "watch is given; allowed where judged is nothing: no"),
        (SMILE, {"drawing": {}}, "drawing.moves is empty; allowed where judged is movement"),
        (SMILE, {"tasks": RANGE.model_dump()["tasks"]}, "tasks is given; allowed where judged is movement: no"),
        (SMILE, {"stages": ("facilitation", "facilitation")}, "stages is facilitation, facilitation; allowed: each"),
        (REST, {"watch": ()}, "watch is missing; allowed where judged is stillness"),
        (MASSAGE, {"watch": WATCH}, "watch is given; allowed where judged is nothing: no"),
        (MASSAGE, {"target": SMILE.model_dump()["target"]}, "target is given; allowed where judged is nothing"),
        (RANGE, {"tasks": ()}, "tasks is missing; allowed where judged is range: at least one"),
        (RANGE, {"watch": WATCH}, "watch is given; allowed where judged is range: no"),
        (RANGE, {"tasks": (RANGE.tasks[0].model_dump(),) * 2}, "tasks.1.id is brow-raise again; allowed: each id once"),
    ],
)  # fmt: skip
def test_a_card_has_just_the_parts_that_its_kind_of_judging_needs(
    exercise: Exercise, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Exercise.model_validate(changed(exercise, **changes))
    assert told in str(caught.value)


def test_several_faults_of_a_card_are_told_together() -> None:
    with pytest.raises(ValidationError) as caught:
        Exercise.model_validate(changed(SMILE, target=None, watch=(), drawing={}))
    assert all(f"{part} is" in str(caught.value) for part in ("target", "watch", "drawing.moves")), (
        "one mending, not three"
    )


# The other side is taken off only where healthy sides move alike


@pytest.mark.parametrize("exercise", LIBRARY.exercises.values(), ids=LIBRARY.exercises.keys())
def test_the_other_side_is_taken_off_only_in_a_smile_or_brow_raise_of_both_sides(exercise: Exercise) -> None:
    if not exercise.watch:
        pytest.skip("nothing is watched")
    target = exercise.target
    card = changed(exercise, watch=[{**WATCH[0], "compare": "minus_other_side"}])
    if target is not None and target.movement in ("smile", "brow_raise") and not target.one_side:
        assert Exercise.model_validate(card).watch[0].compare == "minus_other_side"
    else:
        with pytest.raises(ValidationError, match=r"watch.0.compare is minus_other_side; allowed"):
            Exercise.model_validate(card)


def test_nothing_is_taken_off_where_one_side_moves_at_a_time() -> None:
    target = {**SMILE.model_dump()["target"], "one_side": True}
    with pytest.raises(ValidationError, match="where one side moves at a time: own_rest"):
        Exercise.model_validate(changed(SMILE, target=target))


def test_an_area_is_watched_once_for_each_comparison() -> None:
    with pytest.raises(ValidationError, match=r"watch.1.pattern is oral-ocular-narrow again"):
        Exercise.model_validate(changed(SMILE, watch=[WATCH[0], WATCH[0]]))


# Numbers


@given(st.lists(st.floats(0.3, 60), min_size=3, max_size=3))
def test_tolerances_are_taken_if_and_only_if_they_ascend(values: list[float]) -> None:
    sensitive, default, lenient = values
    if sensitive < default < lenient:
        assert Tolerance(sensitive=sensitive, default=default, lenient=lenient).default == default
    else:
        with pytest.raises(ValidationError, match="ascending"):
            Tolerance(sensitive=sensitive, default=default, lenient=lenient)


@given(low=st.floats(0.2, 20), high=st.floats(0.2, 20), movement=st.sampled_from(movements.TARGETS))
def test_a_band_is_taken_if_and_only_if_it_ascends_and_stays_small(
    low: float, high: float, movement: Any
) -> None:
    unit: Any = "percent_of_rest_gap" if movement == "eye_closing" else "mm"
    small = unit != "mm" or high <= 15
    if low < high and small:
        assert Target(movement=movement, unit=unit, low=low, high=high, source="S36: x").high == high
    else:
        with pytest.raises(ValidationError, match=r"low is|high is"):
            Target(movement=movement, unit=unit, low=low, high=high, source="S36: x")


@given(low=st.floats(5, 60), high=st.floats(5, 60))
def test_the_share_of_a_persons_own_range_ascends(low: float, high: float) -> None:
    table = {**SMILE.model_dump()["target"], "share_low": low, "share_high": high}
    if low < high:
        assert Target.model_validate(table).share_high == high
    else:
        with pytest.raises(ValidationError, match="share_low is"):
            Target.model_validate(table)


@pytest.mark.parametrize("movement", movements.TARGETS)
def test_eyes_are_counted_in_percent_and_all_else_in_millimetres(movement: Any) -> None:
    other: Any = "mm" if movement == "eye_closing" else "percent_of_rest_gap"
    with pytest.raises(ValidationError, match=f"unit is {other}; a {movement} is counted in"):
        Target(movement=movement, unit=other, low=1, high=2, source="S36: x")


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_drawn_movement_is_between_a_fifth_of_a_millimetre_and_fifteen(distance: float) -> None:
    if 0.2 <= distance <= 15:
        assert Drawing(moves={"cheek_puff": distance}).moves == {"cheek_puff": distance}
    else:
        with pytest.raises(ValidationError):
            Drawing(moves={"cheek_puff": distance})


@given(repetitions=st.integers(1, 20), hold=st.floats(1, 120))
def test_an_exercise_takes_as_long_as_its_repetitions(repetitions: int, hold: float) -> None:
    assert SMILE.seconds() == 5 * (8 + 3 + 5 + 3)
    assert SMILE.seconds(repetitions, hold) == pytest.approx(repetitions * (8 + 3 + hold + 3))


def test_a_calibration_takes_as_long_as_all_its_tasks() -> None:
    assert RANGE.seconds() == 8 * 2 * (6 + 2 + 3 + 2)


# Patterns


@pytest.mark.parametrize("name", ["movement", "direction", "where"])
def test_a_pattern_says_what_is_read_if_and_only_if_it_is_watched_live(name: str) -> None:
    live = LIBRARY.patterns["platysma"].model_dump()
    with pytest.raises(ValidationError, match=f"{name} is missing; allowed where judged is live"):
        Pattern.model_validate({**live, name: None})
    unseen = LIBRARY.patterns["tears-nose"].model_dump()
    with pytest.raises(
        ValidationError, match=f"{name} is {live[name]}; allowed where judged is not_by_camera: no"
    ):
        Pattern.model_validate({**unseen, name: live[name]})


@pytest.mark.parametrize("where", ["affected_side", "both_sides", "resting_side"])
def test_what_has_sides_names_the_side_and_what_lies_in_the_middle_does_not(where: str) -> None:
    sided = LIBRARY.patterns["platysma"].model_dump()
    assert Pattern.model_validate({**sided, "where": where}).where == where
    with pytest.raises(ValidationError, match="exactly once"):
        Pattern.model_validate({**sided, "where": where, "say": "Let it sink."})
    with pytest.raises(ValidationError, match="on the midline"):
        Pattern.model_validate({**LIBRARY.patterns["chin"].model_dump(), "where": where})
