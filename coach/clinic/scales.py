"""The clinical scales: their range, which way is better, and what a change may be called beside the published noise.

Only people's answers come here; what the camera measures has other names and never a place on these scales
(clinical.md 4.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Exact = int | Fraction | Decimal
"""What figures are reckoned with; never a float, which could put a change on the wrong side of a limit."""

Kind = Literal["within_noise", "beyond_noise", "no_band"]


@dataclass(frozen=True, slots=True)
class Published:
    """One number from one study."""

    name: str
    points: Fraction
    source: str

    @property
    def words(self) -> str:
        """The number as it is cited."""
        return f"{self.name} {said(self.points, 2)}, {self.source}"


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of a figure: `points` is after less before.

    The words call it better or worse only where it is beyond the noise.
    """

    kind: Kind
    points: Fraction
    words: str


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale: `lowest` to `highest` is what is shown.

    `noise` is by how much one person's figure differs with nothing changed; `important` the smallest change that
    patients called one, which holds for groups and may lie far inside the noise (S51). Without a published figure
    `no_noise` says so. `steps` names the values where they are no numbers.
    """

    id: str
    name: str
    unit: str
    better: Literal["higher", "lower"]
    lowest: int
    highest: int
    source: str
    noise: tuple[Published, ...] = ()
    important: Published | None = None
    no_noise: str = "no agreed figure for its noise was found"
    steps: tuple[str, ...] = ()

    def change(self, before: Exact, after: Exact) -> Change:
        """What a change may be called: no more than noise until it is beyond every figure published for it."""
        points = Fraction(after) - Fraction(before)
        within = [study for study in self.noise if abs(points) <= study.points]
        beyond = [study for study in self.noise if study not in within]
        kind: Kind = "no_band" if not self.noise else "within_noise" if within else "beyond_noise"
        if not points:
            return Change(kind, points, "No change.")
        moved = f"{self._amount(abs(points))} {'higher' if points > 0 else 'lower'}"
        if not self.noise:
            what = f". {self.better.capitalize()} is better here, but {self.no_noise}."
        elif not within:
            good = (points > 0) == (self.better == "higher")
            what = f", which is {'better' if good else 'worse'}: beyond the noise ({_cited(beyond)})."
        elif beyond:
            what = (
                f": beyond the noise by one study ({_cited(beyond)}) but within it by another "
                f"({_cited(within)}), so not taken for a change."
            )
        else:
            what = f": within the noise ({_cited(within)})."
        return Change(kind, points, moved + what)

    def say(self, value: Fraction) -> str:
        """A value of this scale as it is shown, with its unit where it has one."""
        if self.steps:
            return self.steps[int(value) - self.lowest]
        return self._with_unit(said(value))

    def _amount(self, size: Fraction) -> str:
        words = said(size, 2)
        return self._with_unit(words) if words != "0" else f"less than 0.01 {self.unit}"

    def _with_unit(self, number: str) -> str:
        return f"{number} {self.unit.removesuffix('s') if number == '1' else self.unit}"


def said(value: Fraction, places: int = 1) -> str:
    """A number in at most so many decimals, rounded as on paper: a half goes away from zero."""
    whole, decimals = divmod(int(abs(value) * 10**places + Fraction(1, 2)), 10**places)
    number = f"{whole}.{decimals:0{places}d}".rstrip("0").rstrip(".")
    return f"-{number}" if value < 0 and number != "0" else number


def _cited(studies: list[Published]) -> str:
    return "; ".join(study.words for study in studies)


# --- what the therapist sees

SUNNYBROOK = Scale(
    id="sunnybrook",
    name="Sunnybrook composite",
    unit="points",
    better="higher",
    lowest=0,
    highest=100,
    source="Ross, Fradet, Nedzelski 1996; clinical.md 4.1",
)
SUNNYBROOK_RESTING = Scale(
    id="sunnybrook_resting",
    name="Sunnybrook: resting symmetry",
    unit="points",
    better="lower",
    lowest=0,
    highest=20,
    source=SUNNYBROOK.source,
)
SUNNYBROOK_MOVEMENT = Scale(
    id="sunnybrook_movement",
    name="Sunnybrook: symmetry of voluntary movement",
    unit="points",
    better="higher",
    lowest=20,
    highest=100,
    source=SUNNYBROOK.source,
)
SUNNYBROOK_SYNKINESIS = Scale(
    id="sunnybrook_synkinesis",
    name="Sunnybrook: synkinesis",
    unit="points",
    better="lower",
    lowest=0,
    highest=15,
    source=SUNNYBROOK.source,
)
HOUSE_BRACKMANN = Scale(
    id="house_brackmann",
    name="House-Brackmann",
    unit="grades",
    better="lower",
    lowest=1,
    highest=6,
    source="S84; clinical.md 4.2",
    no_noise="no figure for its noise was found, and its steps are too coarse to follow progress",
    steps=("I", "II", "III", "IV", "V", "VI"),
)
EFACE_STATIC, EFACE_DYNAMIC, EFACE_SYNKINESIS, EFACE_TOTAL = (
    Scale(
        id=f"eface_{part}",
        name=f"eFACE: {part}",
        unit="points",
        better="higher",
        lowest=0,
        highest=100,
        source="S54: the subscores and the total are on 100-point scales, 100 is best",
        no_noise="no figure for its noise was found",
    )
    for part in ("static", "dynamic", "synkinesis", "total")
)

# --- what the patient answers

FDI_PHYSICAL = Scale(
    id="fdi_physical",
    name="FDI: physical function",
    unit="points",
    better="higher",
    lowest=0,
    highest=100,
    source="S52; clinical.md 4.5",
    noise=(Published("SDC", Fraction("17.6"), "S52"),),  # the Dutch FDI, doi 10.1186/s12955-020-01502-0
    important=Published("MIC", Fraction("4.4"), "S51"),
)
FDI_SOCIAL = Scale(
    id="fdi_social",
    name="FDI: social function and well-being",
    unit="points",
    better="higher",
    lowest=0,
    highest=100,
    source=FDI_PHYSICAL.source,
    noise=(Published("SDC", Fraction("17.7"), "S52"),),
    important=Published("MIC", Fraction("0.4"), "S51"),
)
SAQ = Scale(
    id="saq",
    name="SAQ",
    unit="points",
    better="lower",
    lowest=20,
    highest=100,
    source="S48; clinical.md 4.4",
    noise=(Published("MDC95", Fraction("13.14"), "S50"), Published("SDC", Fraction("28.2"), "S51")),
    important=Published("MIC", Fraction("2.8"), "S51"),
)
FACE = Scale(
    id="face",
    name="FaCE total",
    unit="points",
    better="higher",
    lowest=0,
    highest=100,
    source="S53; clinical.md 4.6",
    noise=(Published("SDC", Fraction("17.6"), "S51"),),
    important=Published("MIC", Fraction("0.7"), "S51"),
)
FACE_PARTS = tuple(
    Scale(
        id=f"face_{part.replace(' ', '_')}",
        name=f"FaCE: {part}",
        unit="points",
        better="higher",
        lowest=0,
        highest=100,
        source=FACE.source,
        no_noise="the noise was published for the total only",
    )
    for part in ("movement", "comfort", "oral function", "eye comfort", "lacrimal control", "social function")
)

SCALES = {
    scale.id: scale
    for scale in (
        *(SUNNYBROOK, SUNNYBROOK_RESTING, SUNNYBROOK_MOVEMENT, SUNNYBROOK_SYNKINESIS, HOUSE_BRACKMANN),
        *(EFACE_TOTAL, EFACE_STATIC, EFACE_DYNAMIC, EFACE_SYNKINESIS),
        *(FDI_PHYSICAL, FDI_SOCIAL, SAQ, FACE, *FACE_PARTS),
    )
}
"""Every scale by its id, in the order in which it is shown."""
