"""The arithmetic behind the figures of benchmarks/warnings.py: thresholds, rates, delays, and whose skin moved."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from patient_script import Movement, smile

from benchmarks.practised import DEFAULT, LIBRARY, ONE_TOLERANCE, Person, Truth, rule_for
from benchmarks.trials import Outcome, Practised, Trial, joining, passed_at
from benchmarks.warned import (
    by_ratio,
    delays,
    most_per_ten_minutes,
    per_ten_minutes,
    share,
    smallest_reliable,
)
from benchmarks.warning_tables import practices
from coach.face import SIDES, Side
from coach.movements import NAMES
from coach.rest import Rest

SMILE = LIBRARY.exercises["small-closed-smile"]
OUTCOME = Outcome(
    where=Practised(Person("astronaut"), SMILE.id, Side.RIGHT, False),
    trial=Trial("brow-lift", 1.0, 3.0, 6.0),
    setting=DEFAULT.name,
    warned=True,
    true_excess=1.2,
    delay=0.8,
    onset_late=0.1,
    read=0.9,
    tolerance_mm=1.5,
    prescribed_mm=0.8,
    judged_share=1.0,
    wrong=(),
)
REST = Rest(dict.fromkeys(NAMES, 0.0), dict.fromkeys(NAMES, 0.3), dict.fromkeys(SIDES, 7.0))


@pytest.fixture(scope="module")
def truth() -> Truth:
    return Truth(Person("astronaut"))


@pytest.mark.parametrize(
    ("shares", "severity"),
    [
        ({0.0: 0.0, 0.5: 0.2, 1.0: 0.95, 1.5: 1.0}, 1.0),
        ({0.0: 0.0, 0.5: 1.0, 1.0: 0.9, 1.5: 1.0}, 1.5),  # a lucky small one is not reliable
        ({0.0: 1.0, 0.5: 1.0, 1.0: 1.0, 1.5: 1.0}, 0.5),  # warnings of nothing are no merit
        ({0.0: 0.0, 0.5: 1.0, 1.0: 1.0, 1.5: 0.9}, None),
        ({0.0: 0.0, 0.5: None, 1.0: 1.0, 1.5: 1.0}, 1.0),
    ],
)
def test_the_smallest_reliable_severity_is_reliable_from_there_on(
    shares: dict[float, float | None], severity: float | None
) -> None:
    assert smallest_reliable(shares) == severity


def test_shares_and_delays_are_of_what_there_is() -> None:
    missed = replace(OUTCOME, warned=False, delay=None)

    assert share([OUTCOME, missed, missed, OUTCOME]) == 0.5
    assert share([]) is None
    assert delays([OUTCOME, replace(OUTCOME, delay=1.2), missed]) == pytest.approx((1.0, 1.16, 2))
    assert delays([missed]) is None
    assert [(n, v) for low, high, n, v in by_ratio([OUTCOME, missed]) if low <= 1.2 < high] == [(2, 0.5)]


def test_a_miss_says_why() -> None:
    missed = replace(OUTCOME, warned=False, delay=None)

    assert OUTCOME.why_missed is None
    assert replace(missed, true_excess=0.9).why_missed is None
    assert missed.why_missed == "tolerance widened by a noisy rest"
    assert replace(missed, read=0.7).why_missed == "read smaller than the tolerance"
    assert replace(missed, read=None).why_missed == "not seen"
    assert replace(missed, judged_share=0.3).why_missed == "not judged, or taken for a blink"
    assert replace(missed, read=1.6).why_missed == "read, but not for long enough"


def test_a_rate_says_how_much_higher_it_might_be() -> None:
    assert per_ten_minutes(2, 1200) == 1.0
    assert most_per_ten_minutes(0, 600) == pytest.approx(2.996, abs=0.001)  # the rule of three
    assert most_per_ten_minutes(2, 600) == pytest.approx(
        6.296, abs=0.001
    )  # tables of the Poisson distribution


def test_the_passing_is_found_to_the_millisecond() -> None:
    assert passed_at(lambda at: at / 2, 0.0, 5.0) == pytest.approx(2.0, abs=0.001)


def test_what_joins_in_is_as_large_as_it_says_on_its_own_side_only(truth: Truth) -> None:
    for pattern in ("cheek-nlf", "brow-lift", "chin", "platysma", "oral-ocular-narrow"):
        for side in SIDES:
            wanted = smile(3.0)
            moved = wanted + joining(LIBRARY.patterns[pattern], side, 2.0, wanted, truth)
            rule = rule_for(DEFAULT, SMILE, side, pattern)
            (_, floor), *_ = rule.limits
            expected = 2.0 if pattern != "oral-ocular-narrow" else 20.0  # percent of the rest gap

            assert truth.excess(rule, moved, REST) == pytest.approx(expected / floor, rel=0.02), pattern
            if rule.side is not None:
                other = rule_for(DEFAULT, SMILE, side.other, pattern)
                assert (truth.excess(other, moved, REST) or 0.0) < 0.3, pattern


def test_truth_has_no_noise_and_the_persons_own_lids(truth: Truth) -> None:
    narrowed = Movement(eye_narrowing_left=0.06 * truth.gap_mm[Side.LEFT])

    excess = truth.excess(rule_for(DEFAULT, SMILE, Side.LEFT, "oral-ocular-narrow"), narrowed, REST)

    assert excess == pytest.approx(1.0)  # the card lets 6 % pass; the noise of REST would let 1.7 mm pass


def test_one_tolerance_for_all_leaves_the_outer_of_two_limits_alone() -> None:
    limits = {(w.pattern, w.compare): w.tolerance.default for w in ONE_TOLERANCE[0].card(SMILE).watch}

    assert limits["chin", "own_rest"] == 0.4
    assert limits["oral-ocular-narrow", "minus_other_side"] == 4.0
    assert limits["oral-ocular-narrow", "own_rest"] == 15.0
    assert DEFAULT.card(SMILE) is SMILE


def test_a_script_beside_warnings_py_still_finds_pythons_own_warnings(tmp_path: Path) -> None:
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    ours = Path(__file__).resolve().parent.parent / "benchmarks" / "warnings.py"
    (folder / "warnings.py").write_text(ours.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "script.py").write_text("import warnings\nwarnings.catch_warnings\n", encoding="utf-8")

    subprocess.run([sys.executable, str(folder / "script.py")], check=True)


def test_every_practice_of_the_benchmark_is_of_an_exercise_whose_movement_it_can_play() -> None:
    trial_list, healthy_list = practices(quick=False)
    played = {LIBRARY.exercises[one.exercise].target.movement for one in (*trial_list, *healthy_list)}
    assert played == {"smile", "pucker", "eye_closing"}
