"""The coach's words: there is one for everything that can happen, each short and calm, and all reaches the page."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from coach import feedback, watch, words
from coach.assignment import Assignment
from coach.events import (
    AFTERWARDS,
    Corrected,
    Event,
    HoldCounted,
    Phase,
    PhaseEntered,
    PracticeDone,
    Repetition,
    RepetitionDone,
    UnwantedMovementEnded,
    UnwantedMovementStarted,
    UnwantedMovementWarned,
)
from coach.exercise import Exercise, Pattern
from coach.face import SIDES, Side
from coach.library import EXERCISES, load_library
from coach.movements import MILLIMETRES, NAMES
from coach.plan import Plan
from coach.repetition import Attempt
from coach.sight import Reason
from coach.snapshot import Guide, JoinedIn, Snapshot
from coach.under_way import Coaching, start

LIBRARY = load_library()
CARDS = [card for card in LIBRARY.exercises.values() if card.judged != "nothing"]
PATTERNS = [pattern for pattern in LIBRARY.patterns.values() if pattern.judged == "live"]
SMILE = LIBRARY.exercises["small-closed-smile"]

LONGEST = 90  # characters: read at a glance, spoken in five seconds
UNKIND = re.compile(r"\b(fail\w*|wrong\w*|bad\w*|scor\w*|diagnos\w*|treat\w*|detect\w*)\b", re.IGNORECASE)

every_card = pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)


def plan_of(card: Exercise, affected: Side | None = None, **assigned: object) -> Plan:
    return Plan.of(card, LIBRARY.patterns, affected, Assignment(card.id, **assigned))  # type: ignore[arg-type]


def told(
    card: Exercise, state: Coaching, events: tuple[Event, ...] = (), reason: Reason | None = None
) -> feedback.Feedback:
    return feedback.compose(plan_of(card), LIBRARY.patterns, state, events, reason)


def at(card: Exercise, phase: Phase, level: float | None = 0.0, **changes: object) -> Coaching:
    return replace(start(plan_of(card)), phase=phase, level=level, **changes)  # type: ignore[arg-type]


def joined_in(card: Exercise, pattern: str) -> Coaching:
    """In the hold, with a warning for the pattern standing."""
    state = at(card, Phase.HOLD, level=1.2)
    rule = next(area.rule for area in state.areas if area.rule.pattern == pattern)
    joining = watch.Joining(1.0, 2.5, outside_seconds=0.7, peak_mm=2.0, warned_at=1.7)
    warned = watch.Area(rule, joining, lasting_seconds=0.7, excess=2.0)
    areas = tuple(warned if area.rule == rule else area for area in state.areas)
    return replace(state, areas=areas, attempt=Attempt(warned=True))


REPETITION = Repetition(1, 1.0, 9.0, 3.0, 2.9, 0.97, 5.0, True, 1.0, ())


def is_calm(words: str) -> None:
    assert 0 < len(words) <= LONGEST, words
    assert words == words.strip()
    assert words[0].isupper()
    assert words.endswith(".")
    assert "!" not in words
    assert "{" not in words
    assert not UNKIND.search(words), words


# --- there are words for everything


@every_card
@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("level", [None, 0.0, 0.7, 1.2, 4.0], ids=lambda level: f"level {level}")
def test_every_phase_of_every_exercise_has_its_words(
    card: Exercise, phase: Phase, level: float | None
) -> None:
    is_calm(told(card, at(card, phase, level)).message)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_not_to_judge_has_its_words_and_is_silent(reason: Reason) -> None:
    heard = told(SMILE, at(SMILE, Phase.HOLD, 1.2), reason=reason)

    is_calm(heard.message)
    assert heard.message == words.REASONS[reason]
    assert heard.tone is None
    assert heard.cue is None


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_every_movement_is_asked_for_in_its_own_words(card: Exercise) -> None:
    turn = plan_of(card).turn(1)
    asked = feedback.prompt(turn)

    is_calm(asked)
    assert told(card, at(card, Phase.MOVE)).message == asked
    assert turn.still or turn.prompt in asked
    others = [other.prompt for other in LIBRARY.exercises.values() if other is not card]
    assert card.prompt not in others


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
@pytest.mark.parametrize("side", SIDES)
def test_every_pattern_says_where_and_what_to_do(pattern: Pattern, side: Side) -> None:
    midline = pattern.where == "midline"
    heard = feedback.warning_words(pattern, None if midline else side)

    is_calm(heard)
    assert (side.value in heard.split()) != midline
    assert heard.count(".") >= 2, "where, and then what to do about it"


def test_a_warning_is_shown_sounded_and_spoken() -> None:
    warned = UnwantedMovementWarned(3.0, "oral-ocular-narrow", Side.RIGHT)

    heard = told(SMILE, joined_in(SMILE, "oral-ocular-narrow"), (warned,))

    assert heard.message == heard.say == "Your right eye is joining in. Ease off a little."
    assert heard.cue == "warning"
    assert heard.tone is None


@pytest.mark.parametrize("reason", [Reason.NO_FACE, Reason.TURNED_AWAY, Reason.TALKING])
def test_what_cannot_be_judged_is_said_before_a_warning_that_still_stands(reason: Reason) -> None:
    heard = told(SMILE, joined_in(SMILE, "chin"), reason=reason)

    assert heard.message == words.REASONS[reason]


@pytest.mark.parametrize(
    ("events", "cue", "say"),
    [
        ((), None, None),
        ((PhaseEntered(1, Phase.REST),), "rest_start", words.SETTLE),
        ((PhaseEntered(1, Phase.MOVE),), "move_start", SMILE.prompt),
        ((PhaseEntered(1, Phase.HOLD),), "hold_start", words.HOLD),
        ((PhaseEntered(1, Phase.RELEASE),), "hold_done", words.RELEASE),
        ((RepetitionDone(1, REPETITION), PhaseEntered(1, Phase.REST)), "repetition_done", words.SETTLE),
        (
            (RepetitionDone(1, REPETITION), PhaseEntered(1, Phase.DONE), PracticeDone(1)),
            "done",
            words.DONE,
        ),
        ((UnwantedMovementStarted(1, "chin", None),), None, None),
        ((UnwantedMovementEnded(1, "chin", None),), None, None),
        ((HoldCounted(1, 2),), "count", None),
        ((Corrected(1, "too_big"),), "warning", words.CORRECTIONS["too_big"]),
        ((Corrected(1, "too_fast"),), None, words.CORRECTIONS["too_fast"]),
    ],
    ids=[
        *("nothing", "rest", "move", "hold", "release", "a repetition done", "all done", "started", "ended"),
        *("counted", "too big", "too fast"),
    ],
)
def test_every_event_has_its_sound_and_its_spoken_words_or_none(
    events: tuple[Event, ...], cue: str | None, say: str | None
) -> None:
    held = replace(at(SMILE, Phase.MOVE), attempt=Attempt(hold_reached=True))

    heard = told(SMILE, held, events)

    assert (heard.cue, heard.say) == (cue, say)


def test_a_hold_that_was_let_go_has_no_chime_of_its_own() -> None:
    heard = told(SMILE, at(SMILE, Phase.RELEASE), (PhaseEntered(1, Phase.RELEASE),))

    assert (heard.cue, heard.say) == ("release_start", words.RELEASE)


def test_the_tone_sounds_in_the_band_only_and_grows_softly_with_the_level() -> None:
    tones = [told(SMILE, at(SMILE, Phase.HOLD, level)).tone for level in (1.0, 1.5, 2.0, 2.2)]

    assert tones == pytest.approx([0.5, 0.75, 1.0, 1.0])
    assert told(SMILE, at(SMILE, Phase.HOLD, 1.9, furthest=3.0)).tone is None
    assert told(SMILE, at(SMILE, Phase.MOVE, 1.2)).tone is None
    assert told(SMILE, at(SMILE, Phase.REST, 0.0)).tone is None


def test_too_big_is_told_gently() -> None:
    assert told(SMILE, at(SMILE, Phase.HOLD, 3.0, furthest=3.0)).message == words.CORRECTIONS["too_big"]


def test_one_side_that_is_too_big_is_told_gently_too() -> None:
    assert told(SMILE, at(SMILE, Phase.HOLD, 1.2, furthest=2.4)).message == words.CORRECTIONS["too_big"]


def test_an_uneven_movement_is_asked_to_wait() -> None:
    uneven = at(SMILE, Phase.MOVE, 0.9, sides=(0.8, 2.8))

    assert told(SMILE, uneven).message == words.CORRECTIONS["uneven"]
    assert told(SMILE, replace(uneven, phase=Phase.HOLD)).message == words.CORRECTIONS["uneven"]
    assert told(SMILE, replace(uneven, sides=(None, 2.8))).message == SMILE.prompt


def test_a_rest_that_will_not_settle_gets_other_words_after_a_while() -> None:
    restless = replace(at(SMILE, Phase.REST, None), phase_seconds=20.0)

    assert told(SMILE, restless, reason=Reason.TAKING_REST).message == words.RESTLESS


def test_easing_back_and_holding_there_is_welcomed() -> None:
    eased = at(SMILE, Phase.HOLD, 0.6, attempt=Attempt(warned=True))

    assert told(SMILE, eased).message == words.HOLD_EASED


# --- nothing unkind anywhere


def test_nothing_the_coach_says_is_unkind_or_long() -> None:
    source = Path(words.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source)
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    notes = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    said = [text for text in texts if text not in notes and " " in text]

    assert len(said) > 20
    for sentence in said:
        is_calm(sentence)


def test_the_coach_speaks_from_its_catalogue_and_the_cards_alone() -> None:
    tree = ast.parse(Path(feedback.__file__).read_text(encoding="utf-8"))
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    notes = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}

    assert {text for text in texts - notes if " " in text.strip()} == set()


@pytest.mark.parametrize("kind", sorted(words.CORRECTIONS))
def test_a_correction_stands_for_three_seconds_and_then_goes(kind: str) -> None:
    phase = Phase.REST if kind in AFTERWARDS else Phase.HOLD
    given = at(SMILE, phase, 1.2, corrected=Corrected(5.0, kind), last_at=7.5)

    assert told(SMILE, given).message == words.CORRECTIONS[kind]
    assert told(SMILE, replace(given, last_at=8.5)).message != words.CORRECTIONS[kind]


def test_the_hold_is_counted_aloud_where_eyes_are_closed() -> None:
    closing = LIBRARY.exercises["gentle-eye-closing"]
    counted = (HoldCounted(1.0, 2),)

    assert told(closing, at(closing, Phase.HOLD, 1.2), counted).say == "2"
    assert told(SMILE, at(SMILE, Phase.HOLD, 1.2), counted).say is None
    assert [words.count(n) for n in (1, 20, 21, 30, 0)] == ["1", "20", None, "30", None]


def test_a_repetition_without_feedback_tells_its_phases_and_nothing_of_how_it_goes() -> None:
    plan = plan_of(SMILE, feedback="after")
    state = replace(joined_in(SMILE, "chin"), furthest=9.0, corrected=Corrected(1.0, "too_big"), last_at=1.5)
    events = (UnwantedMovementWarned(1.0, "chin", None), Corrected(1.0, "too_big"))

    heard = feedback.compose(plan, LIBRARY.patterns, state, events, None)

    assert heard == feedback.Feedback(words.HOLD)
    entered = (PhaseEntered(1.0, Phase.HOLD),)
    assert feedback.compose(plan, LIBRARY.patterns, state, entered, None).cue == "hold_start"


def test_one_side_alone_is_asked_for_by_name() -> None:
    single = next(card for card in CARDS if card.target is not None and card.target.one_side)
    plan = plan_of(single, Side.LEFT)

    assert feedback.prompt(plan.turn(1)).startswith("Your left side alone. ")
    assert feedback.prompt(plan.turn(2)).startswith("Your right side alone. ")


@pytest.mark.parametrize("path", sorted(EXERCISES.glob("*.toml")), ids=lambda path: path.stem)
def test_no_card_and_no_pattern_is_unkind(path: Path) -> None:
    assert [found.group() for found in UNKIND.finditer(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "unkind", ["You failed.", "That is wrong", "a bad side", "Score: 3", "we detect", "diagnosed"]
)
def test_an_unkind_word_would_be_found(unkind: str) -> None:
    assert UNKIND.search(unkind)


# --- all of it reaches the page

FIELDS = {
    "at",
    "phase",
    "repetition",
    "repetitions",
    "judged",
    "reason",
    "message",
    "cue",
    "tone",
    "say",
    "warning",
    "hold_share",
    "guides",
    "done",
    "hold_count",
    "hold_seconds",
    "pace",
    "muted",
    "correction",
    "side",
    "led",
    "midline",
    "movements",
    "task",
}


def a_snapshot(**changes: object) -> Snapshot:
    fields: dict[str, object] = {
        "at": 12.34567,
        "phase": Phase.HOLD,
        "repetition": 2,
        "repetitions": 5,
        "judged": True,
        "reason": None,
        "message": words.HOLD,
        "cue": "hold_start",
        "tone": 0.5,
        "say": "Hold.",
        "warning": JoinedIn("chin", None, ((0.5, 0.8), (0.6, 0.8))),
        "hold_share": 0.43219,
        "guides": (Guide(Side.LEFT, (0.1, 0.2), (0.3, 0.4), (0.5, 0.6), (0.7, 0.8), True),),
        "events": (PhaseEntered(12.3, Phase.HOLD),),
        "movements": {**dict.fromkeys(NAMES), "corner_up_right": 1.2345},
        "hold_count": 2,
        "hold_seconds": 5.0,
        "pace": 1.0,
        "midline": ((0.5, 0.4), (0.51, 0.8)),
        "pose": None,
        "blink": False,
    }
    return Snapshot(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_snapshot_goes_to_the_browser_whole() -> None:
    sent = json.loads(json.dumps(a_snapshot().to_json(), allow_nan=False))

    assert sent == {
        "at": 12.346,
        "phase": "hold",
        "repetition": 2,
        "repetitions": 5,
        "judged": True,
        "reason": None,
        "message": "Hold it there, softly.",
        "cue": "hold_start",
        "tone": 0.5,
        "say": "Hold.",
        "warning": {"pattern": "chin", "side": None, "outline": [[0.5, 0.8], [0.6, 0.8]]},
        "hold_share": 0.432,
        "guides": [
            {
                "side": "left",
                "rest": [0.1, 0.2],
                "now": [0.3, 0.4],
                "band_low": [0.5, 0.6],
                "band_high": [0.7, 0.8],
                "in_band": True,
            }
        ],
        "done": False,
        "hold_count": 2,
        "hold_seconds": 5.0,
        "pace": 1.0,
        "muted": False,
        "correction": None,
        "side": None,
        "task": None,
        "led": "movement",
        "midline": [[0.5, 0.4], [0.51, 0.8]],
        "movements": {**dict.fromkeys(MILLIMETRES), "corner_up_right": 1.23},
    }


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_and_reason_can_be_sent(phase: Phase) -> None:
    for reason in (None, *Reason):
        snapshot = a_snapshot(
            phase=phase, reason=reason, judged=reason is None, warning=None, guides=(), tone=None
        )
        sent = json.loads(json.dumps(snapshot.to_json(), allow_nan=False))

        assert set(sent) == FIELDS
        assert sent["phase"] == phase.value
        assert sent["reason"] == (reason.value if reason else None)
        assert sent["done"] == (phase is Phase.DONE)
        assert sent["warning"] is None
        assert (sent["movements"] == {}) == (reason is not None), "what is not judged is not shown as still"


def test_a_warning_names_the_persons_own_side() -> None:
    sent = a_snapshot(warning=JoinedIn("oral-ocular-narrow", Side.RIGHT, ())).to_json()["warning"]

    assert json.loads(json.dumps(sent)) == {"pattern": "oral-ocular-narrow", "side": "right", "outline": []}
