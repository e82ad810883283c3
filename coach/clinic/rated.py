"""What the therapist rates by eye: Sunnybrook, House-Brackmann and eFACE.

The cheek of the Sunnybrook sheet counts 0 to 2; some public calculators give it 0 or 1 (S97).
"""

from __future__ import annotations

from fractions import Fraction

from coach.clinic import scales
from coach.clinic.scales import Scale
from coach.clinic.sheet import Choice, Counted, Figure, Item, Points, Sheet, known, sum_of, unanswered

_ROSS = "Ross, Fradet, Nedzelski 1996 (weights: clinical.md 4.1, S97); own wording"

_RESTING = (
    Item(
        id="rest_eye",
        words="The eye at rest",
        source=_ROSS,
        choices=(
            Choice("normal", "as on the other side", 0),
            Choice("narrow", "narrower", 1),
            Choice("wide", "wider", 1),
            Choice("surgery", "its lid was operated on", 1),
        ),
    ),
    Item(
        id="rest_cheek",
        words="The fold between nose and cheek at rest",
        source=_ROSS,
        choices=(
            Choice("normal", "as on the other side", 0),
            Choice("absent", "not there", 2),
            Choice("less", "flatter", 1),
            Choice("more", "deeper", 1),
        ),
    ),
    Item(
        id="rest_mouth",
        words="The corner of the mouth at rest",
        source=_ROSS,
        choices=(
            Choice("normal", "as on the other side", 0),
            Choice("drooped", "hangs lower", 1),
            Choice("pulled", "is drawn up or outwards", 1),
        ),
    ),
)

_EXPRESSIONS = {
    "brow": "Raising the brow",
    "eye": "Closing the eyes gently",
    "smile": "Smiling with the mouth open",
    "snarl": "Wrinkling the nose",
    "pucker": "Puckering the lips",
}
_MOVES = (
    Choice(1, "none to be seen", 1),
    Choice(2, "a trace", 2),
    Choice(3, "some way", 3),
    Choice(4, "nearly as far as the other side", 4),
    Choice(5, "as far as the other side", 5),
)
_JOINS_IN = (
    Choice(0, "nothing joins in", 0),
    Choice(1, "slight", 1),
    Choice(2, "plain to see, but not disfiguring", 2),
    Choice(3, "disfiguring, or the whole side moves at once", 3),
)
_MOVEMENT = tuple(
    Item(id=f"move_{name}", words=f"{words}: how far it goes", source=_ROSS, choices=_MOVES)
    for name, words in _EXPRESSIONS.items()
)
_SYNKINESIS = tuple(
    Item(id=f"synkinesis_{name}", words=f"{words}: what joins in", source=_ROSS, choices=_JOINS_IN)
    for name, words in _EXPRESSIONS.items()
)


def resting(points: Counted) -> Fraction:
    """Sunnybrook, resting symmetry: 5 times the sum of eye, cheek and mouth."""
    return 5 * sum_of(points, 3)


def movement(points: Counted) -> Fraction:
    """Sunnybrook, symmetry of voluntary movement: 4 times the sum of five expressions."""
    return 4 * sum_of(points, 5)


def synkinesis(points: Counted) -> Fraction:
    """Sunnybrook, synkinesis: the sum of five expressions."""
    return sum_of(points, 5)


def composite(moving: Fraction, at_rest: Fraction, joining_in: Fraction) -> Fraction:
    """Sunnybrook, all together: movement less resting less synkinesis; it can come out below 0."""
    return moving - at_rest - joining_in


def _sunnybrook(points: Points) -> tuple[Figure, ...]:
    parts = [
        (scales.SUNNYBROOK_RESTING, resting, _RESTING),
        (scales.SUNNYBROOK_MOVEMENT, movement, _MOVEMENT),
        (scales.SUNNYBROOK_SYNKINESIS, synkinesis, _SYNKINESIS),
    ]
    figures = []
    for scale, reckoned, items in parts:
        ids = [item.id for item in items]
        missing = unanswered(points, ids)
        figures.append(Figure(scale, None if missing else reckoned(known(points, ids)), missing))
    at_rest, moving, joining_in = (figure.raw for figure in figures)
    total = None
    if at_rest is not None and moving is not None and joining_in is not None:
        total = composite(moving, at_rest, joining_in)
    return (Figure(scales.SUNNYBROOK, total, unanswered(points, list(points))), *figures)


SUNNYBROOK = Sheet(
    id="sunnybrook",
    name="Sunnybrook Facial Grading System",
    source=_ROSS,
    licence="© Sunnybrook Health Sciences Centre; ask them before any commercial use (clinical.md 4.1).",
    items=(*_RESTING, *_MOVEMENT, *_SYNKINESIS),
    figures=_sunnybrook,
)


def _house_brackmann(points: Points) -> tuple[Figure, ...]:
    return (Figure(scales.HOUSE_BRACKMANN, points["step"]),)


HOUSE_BRACKMANN = Sheet(
    id="house_brackmann",
    name="House-Brackmann",
    source="S84",
    licence="Own wording (S84).",
    items=(
        Item(
            id="step",
            words="The whole face",
            source="S84; own wording",
            choices=(
                Choice("I", "normal everywhere", 1),
                Choice("II", "slight weakness; the eye closes fully with little effort", 2),
                Choice("III", "plain to see, not disfiguring; the eye closes fully with effort", 3),
                Choice("IV", "disfiguring; the eye does not close fully", 4),
                Choice("V", "movement is barely to be seen", 5),
                Choice("VI", "no movement", 6),
            ),
        ),
    ),
    figures=_house_brackmann,
)

_EFACE: dict[str, Scale] = {
    "total": scales.EFACE_TOTAL,
    "static": scales.EFACE_STATIC,
    "dynamic": scales.EFACE_DYNAMIC,
    "synkinesis": scales.EFACE_SYNKINESIS,
}


def _eface(points: Points) -> tuple[Figure, ...]:
    return tuple(Figure(scale, points[name], unanswered(points, [name])) for name, scale in _EFACE.items())


EFACE = Sheet(
    id="eface",
    name="eFACE",
    source="S54",
    licence="Proprietary: only the numbers its own app gives are entered (clinical.md 4.3).",
    items=tuple(
        Item(
            id=name,
            words=f"{name.capitalize()}, as the eFACE app gives it",
            source="S54",
            lowest=scale.lowest,
            highest=scale.highest,
        )
        for name, scale in _EFACE.items()
    ),
    figures=_eface,
)
