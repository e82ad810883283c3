"""What the line face says: a drawing in one sentence, a replay's moments in words, and what its buttons are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coach.exercise import Area, Drawing
from coach.face import Side

Quiet = tuple[Area, str | None]
"""An area and the side it is to keep quiet on: None for both; RESTING for the side whose turn it is not."""

RESTING = "resting"

DRAWING: dict[str, Any] = {
    "phases": {"rest": "Rest", "move": "Ease in", "hold": "Hold, softly", "release": "Let it melt"},
    "sides": {"right": "your right side", "left": "your left side"},
    "pause": "Pause the drawing",
    "play": "Play the drawing",
}

REPLAY: dict[str, Any] = {
    "picture": "Your movement, drawn from what was measured. Pale and dotted: not seen.",
    "play": "Play",
    "pause": "Pause",
    "again": "Play again",
    "half": "Half speed",
    "moment": "Moment of the repetition",
    "at": "{at} of {length} seconds",
}

_SEVERAL = {
    "eye": "eyes",
    "mouth_corner": "mouth corners",
    "chin": "chin",
    "cheek": "cheeks",
    "brow": "brows",
    "nose": "nose",
    "neck": "neck",
}
_ONE = {
    "eye": "eye",
    "mouth_corner": "mouth corner",
    "chin": "chin",
    "cheek": "cheek",
    "brow": "brow",
    "nose": "side of the nose",
    "neck": "neck",
}
_TOUCHED = {**_SEVERAL, "eye": "skin beside the eyes", "nose": "sides of the nose"}
_IN_ORDER = ("brow", "eye", "nose", "cheek", "mouth_corner", "chin", "neck")

# What moves, in one side's words and in both sides' words.
_MOVES = {
    "brow_raise": ("one brow floats up", "both brows float up"),
    "brow_draw_in": ("one brow draws inward", "the brows draw together"),
    "cheek_raise": ("one cheek lifts", "both cheeks lift"),
    "fold_raise": ("one fold beside the nose lifts", "the folds beside the nose lift"),
    "nose_wrinkle": ("one side of the nose lifts", "both sides of the nose lift"),
    "upper_lip_raise": ("one half of the upper lip lifts", "the upper lip lifts"),
    "lower_lip_drop": ("one half of the lower lip sinks", "the lower lip sinks"),
    "pucker": ("the lips come forward", "the lips come forward"),
    "mouth_open": ("the mouth opens", "the mouth opens"),
    "chin_raise": ("the chin lifts", "the chin lifts"),
    "cheek_puff": ("the cheeks fill with air", "the cheeks fill with air"),
    "lip_press": ("the lips press together", "the lips press together"),
}
_SHUT_MM, _HALF_MM = 8.0, 4.0  # of a resting lid gap of about 10 mm (S32)
_LITTLE_MM = 5.0  # proposal: half of a healthy corner's way in a full smile, 9.28 +/- 2.83 mm (S36)


def sentence(drawing: Drawing, quiet: Sequence[Quiet] = (), one_side: bool = False) -> str:
    """What a drawing shows, in one sentence."""
    said = _moving(drawing, one_side)
    rest = _staying(quiet)
    if not said:
        return "Nothing moves: the whole face rests, soft and still."
    return f"{said[0].upper()}{said[1:]}{f'; {rest}' if rest else ''}."


def staying_quiet(quiet: Iterable[Quiet]) -> str:
    """The areas that stay quiet, in words: “eyes, chin and neck”; nothing where there are none."""
    areas = {area for area, side in quiet if side != RESTING}
    named = [_SEVERAL[area] for area in _IN_ORDER if area in areas]
    return _listed([*named, *("the other side" for _, side in quiet if side == RESTING)])


def affected_side(side: Side) -> str:
    """Which side is marked in a drawing."""
    return f"The affected side is your {side.value}."


def moment(at_seconds: float, area: Area, side: Side | None) -> str:
    """When an area joined in, in words."""
    return f"At {at_seconds:.1f} seconds {who(area, side)} joined in"


def who(area: Area, side: Side | None) -> str:
    """One area of the person, in words: “your right eye”."""
    return f"your {side.value} {_ONE[area]}" if side else f"your {_ONE[area]}"


def _moving(drawing: Drawing, one_side: bool) -> str:
    moves = {str(name): mm for name, mm in drawing.moves.items()}
    several = 0 if one_side else 1
    parts = [*_corners(moves, one_side), *_lids(moves, one_side)]
    parts += [_MOVES[name][several] for name in _MOVES if name in moves]
    if not parts:
        if not drawing.touch:
            return ""
        touched = [_TOUCHED[area] for area in _IN_ORDER if area in drawing.touch]
        return f"fingertips lie on the {_listed(touched)} and move slowly; the face itself stays soft"
    halved = {
        name: mm / 2 if name == "pucker" else mm for name, mm in moves.items()
    }  # both corners' way together
    is_little = max(halved.values()) <= _LITTLE_MM and set(moves) != {"eye_narrowing"}
    joined = ", ".join(parts) if any(" and " in part for part in parts) else _listed(parts)
    return f"{joined}{' a little' if is_little else ''}{', then the other' if one_side else ''}"


def _corners(moves: Mapping[str, float], one_side: bool) -> list[str]:
    ways = [word for name, word in (("corner_out", "out"), ("corner_up", "up")) if name in moves]
    if not ways:
        return []
    subject = "one mouth corner moves" if one_side else "both mouth corners move"
    return [f"{subject} {' and '.join(ways)}"]


def _lids(moves: Mapping[str, float], one_side: bool) -> list[str]:
    mm = moves.get("eye_narrowing")
    if mm is None:
        return []
    subject = "one eye" if one_side else "both eyes"
    verb = "s" if one_side else ""
    if mm >= _SHUT_MM:
        return [f"{subject} drift{verb} shut"]
    return [f"{subject} close{verb} half way" if mm >= _HALF_MM else f"{subject} narrow{verb}"]


def _staying(quiet: Sequence[Quiet]) -> str:
    named = staying_quiet(quiet)
    if not named:
        return ""
    alone = named in ("chin", "neck", "nose", "the other side")
    return f"{named} stay{'s' if alone else ''} quiet"


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
