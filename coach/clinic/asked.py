"""What the patient answers on paper: FDI, SAQ and FaCE.

The words of SAQ and FaCE need permission: here are only the numbers that stand on the sheet, or its total.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from coach.clinic import scales
from coach.clinic.scales import Scale
from coach.clinic.sheet import Choice, Counted, Figure, Item, Points, Sheet, known, sum_of, unanswered

_FDI = "VanSwearingen and Brach 1996 (S52); own wording"

_DIFFICULTY = (
    Choice(5, "no difficulty", 5),
    Choice(4, "a little", 4),
    Choice(3, "some", 3),
    Choice(2, "much", 2),
    Choice(1, "does not do it, because of health", 1),
    Choice(0, "does not do it, for other reasons", 0),
)
_PHYSICAL = tuple(
    Item(id=name, words=words, source=_FDI, choices=_DIFFICULTY)
    for name, words in (
        ("eating", "1. Eating: food stays in the mouth and does not stick in the cheek"),
        ("drinking", "2. Drinking from a cup"),
        ("speaking", "3. Saying certain sounds"),
        ("eye", "4. An eye that waters too much or gets dry"),
        ("rinsing", "5. Brushing the teeth or rinsing the mouth"),
    )
)

# The number is the one that stands on the sheet: 6 is best in each, which is "always" in item 6 and "never" in 7 to 10.
_TIMES = (
    "all of the time",
    "most of the time",
    "a good bit of the time",
    "some of the time",
    "a little of the time",
)
_NIGHTS = ("every night", "most nights", "a good many nights", "some nights", "a few nights")
_CALM = tuple(Choice(6 - n, words, 6 - n) for n, words in enumerate((*_TIMES, "none of the time")))
_OFTEN = tuple(Choice(1 + n, words, 1 + n) for n, words in enumerate((*_TIMES, "none of the time")))
_AWAKE = tuple(Choice(1 + n, words, 1 + n) for n, words in enumerate((*_NIGHTS, "no night")))
_SOCIAL = (
    Item("calm", "6. Felt calm and at peace", _FDI, _CALM),
    Item("withdrawn", "7. Kept away from people", _FDI, _OFTEN),
    Item("irritable", "8. Was short with people", _FDI, _OFTEN),
    Item("sleep", "9. Woke too early or several times in a night", _FDI, _AWAKE),
    Item("outings", "10. Stayed away from meals out, shops or company because of the face", _FDI, _OFTEN),
)


def fdi_physical(points: Counted) -> Fraction:
    """(sum - n) / n * 25 of the items that are answered; below 0 where many are not done for other reasons."""
    return _above_ones(points, 4)


def fdi_social(points: Counted) -> Fraction:
    """(sum - n) / n * 20 of the items that are answered (clinical.md 4.5: the 20 is general knowledge)."""
    return _above_ones(points, 5)


def _above_ones(points: Counted, most: int) -> Fraction:
    """How far the answers lie above 1 on average, in percent of the `most` that they can."""
    if not points:
        raise ValueError("no item is answered; allowed: at least one")
    return Fraction(sum(points) - len(points)) / len(points) * 100 / most


def _fdi(points: Points) -> tuple[Figure, ...]:
    physical, social = [item.id for item in _PHYSICAL], [item.id for item in _SOCIAL]
    done, lived = known(points, physical), known(points, social)
    zeros = done.count(Fraction(0))
    other = (f"{zeros} of {len(done)} not done for other reasons, which counts 0",) if zeros else ()
    return (
        Figure(
            scales.FDI_PHYSICAL,
            fdi_physical(done) if done else None,
            (*unanswered(points, physical), *other),
        ),
        Figure(scales.FDI_SOCIAL, fdi_social(lived) if lived else None, unanswered(points, social)),
    )


FDI = Sheet(
    id="fdi",
    name="Facial Disability Index",
    source="S52",
    licence="Own wording; the original form circulates freely (clinical.md 4.5).",
    items=(*_PHYSICAL, *_SOCIAL),
    figures=_fdi,
)


def saq(points: Counted) -> Fraction:
    """100 * sum / 45 of the nine statements (clinical.md 4.4: general knowledge; the published medians fit, S51)."""
    return 100 * sum_of(points, 9) / 45


_SAQ = tuple(
    Item(
        id=f"statement_{number}",
        words=f"Statement {number} of 9",
        source="S48: the number circled on the sheet",
        choices=(
            Choice(1, "1: seldom or not at all", 1),
            *(Choice(n, str(n), n) for n in (2, 3, 4)),
            Choice(5, "5: all the time or severe", 5),
        ),
    )
    for number in range(1, 10)
)


def _saq_figures(points: Points) -> tuple[Figure, ...]:
    if points["total"] is not None:
        return (Figure(scales.SAQ, points["total"], ("by entry",)),)
    ids = [item.id for item in _SAQ]
    missing = unanswered(points, ids)
    return (Figure(scales.SAQ, None if missing else saq(known(points, ids)), missing),)


def _by_entry(name: str, scale: Scale) -> Item:
    return Item(
        id=name,
        words=f"{scale.name}, as reckoned on the sheet",
        source=scale.source,
        lowest=scale.lowest,
        highest=scale.highest,
    )


SAQ = Sheet(
    id="saq",
    name="Synkinesis Assessment Questionnaire",
    source="S48",
    licence="© of the journal: use a sheet you have permission for; its words are not kept here (clinical.md 4.4).",
    items=(_by_entry("total", scales.SAQ), *_SAQ),
    figures=_saq_figures,
    either=(frozenset({"total"}), frozenset(item.id for item in _SAQ)),
)


def face(points: Counted) -> Fraction:
    """(sum - n) / (4n) * 100 of n statements: of one part, or of all 15 for the total."""
    return _above_ones(points, 4)


# How many of the 15 statements each part has (general knowledge: clinical.md 4.6; S53 has the total by their counts).
# Which ones they are stands on the sheet.
_COUNTS = (3, 3, 2, 2, 1, 4)
_PARTS = {scale.id.removeprefix("face_"): scale for scale in scales.FACE_PARTS}
_STATEMENTS = {
    part: tuple(
        Item(
            id=f"{part}_{number}",
            words=f"{scale.name}, its statement {number} of {count}",
            source="S53: the number circled on the sheet",
            choices=(
                Choice(1, "1: worst", 1),
                *(Choice(n, str(n), n) for n in (2, 3, 4)),
                Choice(5, "5: best", 5),
            ),
        )
        for number in range(1, count + 1)
    )
    for (part, scale), count in zip(_PARTS.items(), _COUNTS, strict=True)
}
_ALL_STATEMENTS = tuple(item for items in _STATEMENTS.values() for item in items)


def _face_figures(points: Points) -> tuple[Figure, ...]:
    return (
        _face_figure(points, "total", scales.FACE, _ALL_STATEMENTS),
        *(_face_figure(points, part, scale, _STATEMENTS[part]) for part, scale in _PARTS.items()),
    )


def _face_figure(points: Points, name: str, scale: Scale, items: Sequence[Item]) -> Figure:
    if points[name] is not None:
        return Figure(scale, points[name], ("by entry",))
    ids = [item.id for item in items]
    missing = unanswered(points, ids)
    return Figure(scale, None if missing else face(known(points, ids)), missing)


FACE = Sheet(
    id="face",
    name="Facial Clinimetric Evaluation",
    source="S53",
    licence="©: use a sheet you have permission for; its words are not kept here (clinical.md 4.6).",
    items=(
        _by_entry("total", scales.FACE),
        *(_by_entry(part, scale) for part, scale in _PARTS.items()),
        *_ALL_STATEMENTS,
    ),
    figures=_face_figures,
    either=(frozenset({"total", *_PARTS}), frozenset(item.id for item in _ALL_STATEMENTS)),
)
