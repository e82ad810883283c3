"""The dozen invented people of the demonstration: none of them exists, nor ever did."""

from __future__ import annotations

from collections.abc import Mapping

from coach.demo.moving import Coupling, Face
from coach.demo.person import (
    Camera,
    Changed,
    Comfort,
    Complaint,
    Habits,
    Injection,
    Manner,
    Note,
    Past,
    Person,
    Setback,
    Spell,
    Visit,
)
from coach.face import Side
from coach.prescription import Item

THERAPIST = "Demo: Ada Compass"
"""Who prescribes in the demonstration, and signs in there."""


def reach(**others: float) -> Mapping[str, float]:
    """The comfortable reach of a healthy side in mm, with what is this person's own."""
    usual = {
        "smile": 9.5,
        "pucker": 6.5,
        "eye_closing": 9.0,
        "brow_raise": 8.5,
        "frown": 4.0,
        "nose_wrinkle": 3.8,
        "upper_lip_raise": 4.5,
        "lower_lip_drop": 5.5,
    }
    return {**usual, **others}


def item(card: str, **how: object) -> Item:
    """An item of four repetitions, unless told otherwise."""
    return Item.model_validate({"card": card, "repetitions": 4, **how})


REST = item("soft-rest", repetitions=1, level=1, hold_seconds=20)
MASSAGE = item("cheek-massage", repetitions=2, level=1)

EYE_AND_MOUTH: Mapping[str, Coupling] = {
    "oral-ocular-narrow": Coupling(0.09, 0.95),
    "ocular-oral": Coupling(0.12, 1.2),
    "cheek-lift": Coupling(0.2, 0.7),
    "brow-to-mouth": Coupling(0.1, 1.1),
    "chin": Coupling(0.16, 0.7),
}
"""The commonest of all: the eye joins in with the mouth, and the mouth with the eye."""


def _people() -> tuple[Person, ...]:
    return (
        Person(
            name="Demo: Rosa Field",
            story="Practises nearly every day, and it shows; ready for the next step, which waits for the therapist.",
            face=Face(Side.RIGHT, reach(), EYE_AND_MOUTH),
            past=Past("bells_palsy", 60),
            items=(
                REST,
                item("small-closed-smile", watch=("oral-ocular-narrow", "chin", "cheek-nlf")),
                item("small-pucker", watch=("oral-ocular-narrow", "chin")),
            ),
            programme="quiet-and-small",
            stage="movement_control",
            times="after breakfast",
            reviewed_until_weeks_ago=3.0,
            habits=Habits(sessions_a_week=5.2, twice=0.1, hour=7.5, breaks_off=0.01),
            learn_sessions=75.0,
            won=0.26,
            manner=Manner(aim=0.65, heeds=0.95, spread=0.14),
            visits=(
                Visit(26.0, "therapy_visit", "First visit; programme chosen together."),
                Visit(12.0, "therapy_visit", "Review: the smile stays quiet longer."),
            ),
            notes=(
                Note(9, "The pucker feels easy now, even on tired days.", "Lovely. Keep it small."),
                Note(2, "Could we try a bigger smile next?"),
            ),
            rated={"smile": 3, "pucker": 2, "eye": 1},
        ),
        Person(
            name="Demo: Tom Harbour",
            story="Botulinum toxin half way: what joins in grows quiet for about three months, and comes back slowly.",
            face=Face(
                Side.LEFT,
                reach(smile=10.5),
                {**EYE_AND_MOUTH, "oral-ocular-narrow": Coupling(0.1, 1.0), "platysma": Coupling(0.1, 0.9)},
                affected_gap_mm=8.2,
            ),
            past=Past("bells_palsy", 130),
            items=(
                item("small-closed-smile", watch=("oral-ocular-narrow", "chin")),
                item("small-pucker", watch=("oral-ocular-narrow", "platysma")),
            ),
            programme="quiet-and-small",
            stage="movement_control",
            habits=Habits(sessions_a_week=4.4, hour=18.5),
            learn_sessions=150.0,
            won=0.15,
            injections=(
                Injection(
                    15.0,
                    0.75,
                    ("orbicularis oculi, left", "platysma, left"),
                    "as written in the injector's letter (invented)",
                ),
            ),
            visits=(
                Visit(
                    13.0,
                    "therapy_visit",
                    "Two weeks after the injection: the eye stays open in a small smile.",
                ),
            ),
            notes=(
                Note(
                    88,
                    "Since the injection my eye stays open. May I go on as before?",
                    "Yes, small as before.",
                ),
                Note(
                    6, "I think it is wearing off a little.", "Thank you for telling. We look at it together."
                ),
            ),
            assessed_weeks_ago=(26.0, 16.0, 10.0, 1.0),
            rated={"smile": 3, "pucker": 3, "eye": 2, "brow": 1},
        ),
        Person(
            name="Demo: Ines Meadow",
            story="A long plateau, in which nothing seems to change, until the exercises change.",
            face=Face(Side.RIGHT, reach(brow_raise=9.0), EYE_AND_MOUTH),
            past=Past("ramsay_hunt", 80, leave_out="Half closing: it makes her dizzy."),
            items=(
                item("tiny-brow-raise", repetitions=3),
                item("small-closed-smile", watch=("oral-ocular-narrow", "chin", "nasal")),
                item("small-pucker", repetitions=3, watch=("oral-ocular-narrow", "chin")),
            ),
            programme="quiet-and-small",
            stage="movement_control",
            view="line",
            habits=Habits(sessions_a_week=4.2, hour=9.5),
            learn_sessions=40.0,
            spells=(Spell(19.0, 8.0, learns=0.0),),
            changes=(
                Changed(
                    8.0,
                    (
                        REST,
                        item("small-closed-smile", watch=("oral-ocular-narrow", "chin", "nasal"), level=2),
                        item("eyes-open-oo", repetitions=3),
                        item("tiny-brow-raise", repetitions=3),
                    ),
                    "eyes-open",
                ),
            ),
            visits=(Visit(8.0, "therapy_visit", "Plateau talked over; back to smaller, with rest first."),),
            notes=(
                Note(
                    80,
                    "It feels as if nothing changes any more.",
                    "That happens. Come by, we change the exercises.",
                ),
                Note(
                    1, "May I come by before the holidays?", asks=("Tuesday morning", "Thursday after 4 pm")
                ),
            ),
            rated={"smile": 2, "pucker": 2, "brow": 2},
        ),
        Person(
            name="Demo: Otto Lantern",
            story="Came far, then a relapse three weeks ago: areas join in early again.",
            face=Face(
                Side.LEFT,
                reach(smile=9.0, pucker=7.0),
                {**EYE_AND_MOUTH, "ocular-oral": Coupling(0.2, 0.65)},
            ),
            past=Past("bells_palsy", 100),
            items=(
                item("small-closed-smile", watch=("oral-ocular-narrow", "chin")),
                item("gentle-eye-closing", repetitions=3, watch=("ocular-oral",)),
            ),
            programme="eyes-open",
            stage="movement_control",
            habits=Habits(sessions_a_week=6.2, hour=20.0),
            learn_sessions=32.0,
            won=0.24,
            reviewed_until_weeks_ago=9.0,
            setbacks=(Setback(2.9, 0.5),),
            spells=(Spell(2.9, 0.0, learns=0.2),),
            manner=Manner(dares=0.5),
            comfort=Comfort(tightness=3.5),
            notes=(Note(4, "Since my cold everything pulls again. Is that normal?"),),
            rated={"smile": 3, "pucker": 2, "eye": 2},
        ),
        Person(
            name="Demo: Mira Pebble",
            story="Began well, came less often, and has not practised for eleven weeks.",
            face=Face(Side.RIGHT, reach(smile=8.5), EYE_AND_MOUTH, corner_height_mm=1.4),
            past=Past("bells_palsy", 45),
            items=(
                item("small-closed-smile", watch=("oral-ocular-narrow", "chin")),
                item("small-pucker", watch=("oral-ocular-narrow", "chin", "brow-lift")),
                MASSAGE,
            ),
            programme="quiet-and-small",
            stage="movement_control",
            until_weeks_ago=11.0,
            habits=Habits(sessions_a_week=4.8, hour=19.0, breaks_off=0.08),
            spells=(Spell(18.0, 11.0, practises=0.45),),
            assessed_weeks_ago=(26.0, 14.0),
            notes=(
                Note(
                    84,
                    "Much work just now. I will try again soon.",
                    "Whenever it suits you; small is enough.",
                ),
            ),
            rated={"smile": 2, "pucker": 2},
        ),
        Person(
            name="Demo: Jon Brook",
            story="Moves too fast, and slows down over the months.",
            face=Face(
                Side.LEFT,
                reach(),
                {**EYE_AND_MOUTH, "oral-ocular-narrow": Coupling(0.13, 0.8)},
                affected_gap_mm=9.2,
            ),
            past=Past("trauma", 70),
            items=(
                item("small-closed-smile", watch=("oral-ocular-narrow", "chin")),
                item("small-pucker", watch=("oral-ocular-narrow", "chin")),
            ),
            programme="quiet-and-small",
            stage="movement_control",
            view="bars",
            habits=Habits(sessions_a_week=4.2, hour=12.5),
            manner=Manner(
                ramp_seconds=0.55, release_seconds=0.6, aim=0.8, heeds=0.7, late_seconds=0.3, dares=0.5
            ),
            learn_sessions=75.0,
            notes=(Note(40, "The coach says slower. I do try.", "Count to three on the way. It comes."),),
            rated={"smile": 2, "pucker": 1, "brow": 1},
        ),
        Person(
            name="Demo: Clara Orchard",
            story="Goes too far: large movements, much effort, and much that joins in.",
            face=Face(
                Side.RIGHT,
                reach(smile=11.0, pucker=7.5),
                {
                    **EYE_AND_MOUTH,
                    "oral-ocular-narrow": Coupling(0.14, 0.7),
                    "cheek-nlf": Coupling(0.22, 0.6),
                },
            ),
            past=Past("other", 90, contraindications=("Eyelid weight until its removal",)),
            items=(
                item("small-open-smile", watch=("oral-ocular-narrow", "chin", "cheek-nlf")),
                item("small-pucker", watch=("oral-ocular-narrow", "chin")),
            ),
            programme="into-daily-life",
            stage="movement_control",
            habits=Habits(sessions_a_week=3.6, hour=10.5),
            manner=Manner(aim=1.75, spread=0.3, heeds=0.6, learns=0.6, dares=0.8),
            learn_sessions=80.0,
            comfort=Comfort(effort=5.5, tightness=4.0),
            visits=(Visit(17.0, "surgery", "Eyelid weight taken out (invented)."),),
            notes=(Note(15, "I feel nothing when it is so small.", "That is how it should feel."),),
            rated={"smile": 3, "pucker": 2, "snarl": 2},
        ),
        Person(
            name="Demo: Elias Kettle",
            story="An eye complaint ended the last sessions before they began.",
            face=Face(
                Side.LEFT,
                reach(smile=9.0),
                {**EYE_AND_MOUTH, "ocular-oral": Coupling(0.16, 0.75)},
                affected_gap_mm=8.4,
            ),
            past=Past("bells_palsy", 55, contraindications=("Dry eye: drops before practice",)),
            items=(
                item("half-closing", watch=("ocular-oral", "cheek-lift")),
                item("small-closed-smile", watch=("oral-ocular-narrow", "chin")),
            ),
            programme="quiet-and-small",
            stage="movement_control",
            habits=Habits(sessions_a_week=4.0, hour=17.0),
            comfort=Comfort(eyes=4.8),
            complaints=(
                Complaint(75, {"eyes": ("redness",)}),
                Complaint(2, {"eyes": ("redness", "light")}),
                Complaint(1, {"eyes": ("pain", "redness")}),
            ),
            notes=(Note(1, "My eye is red since the day before yesterday. I have called the eye service."),),
            rated={"smile": 2, "eye": 3},
        ),
        Person(
            name="Demo: Hanna Willow",
            story="A camera that sees little: a dark room, a face that is often lost.",
            face=Face(Side.RIGHT, reach(), EYE_AND_MOUTH, noise_mm=0.12),
            past=Past("ramsay_hunt", 65),
            items=(
                item("small-closed-smile", watch=("oral-ocular-narrow", "chin")),
                item("small-pucker", watch=("oral-ocular-narrow", "chin")),
            ),
            programme="quiet-and-small",
            stage="movement_control",
            habits=Habits(sessions_a_week=3.8, hour=21.0, breaks_off=0.06),
            camera=Camera(lost_a_minute=15.0, lost_seconds=1.5, blinks_a_minute=14.0),
            notes=(
                Note(20, "The coach often says that it cannot see me.", "Try with the window before you."),
            ),
            rated={"smile": 2, "pucker": 2},
        ),
        Person(
            name="Demo: Sami Thimble",
            story="A tight face that hurts on some days: rest, massage and stretches rather than movements.",
            face=Face(
                Side.LEFT,
                reach(smile=7.5, pucker=5.5),
                {**EYE_AND_MOUTH, "chin": Coupling(0.06, 1.0)},
                affected_gap_mm=7.8,
                corner_height_mm=-2.6,
            ),
            past=Past("bells_palsy", 160, leave_out="Movements, until it hurts no more."),
            items=(
                item("soft-rest", repetitions=3, level=1, hold_seconds=20),
                MASSAGE,
                item("inside-cheek-stretch", repetitions=2, level=1),
                item("imagine-it", repetitions=3, level=1),
            ),
            programme="letting-go",
            stage="relaxation",
            habits=Habits(sessions_a_week=3.4, hour=16.0, breaks_off=0.06),
            comfort=Comfort(pain=1.8, tightness=6.0, effort=3.0, eyes=6.5),
            learn_sessions=70.0,
            injections=(Injection(40.0, 0.6, ("mentalis",), "before the first practice (invented)"),),
            complaints=(
                Complaint(61, {"pain": 5}),
                Complaint(38, {"pain": 5, "muscles": ("twitching",)}, during=True),
                Complaint(10, {"pain": 4, "tightness": 8}, during=True),
                Complaint(3, {"pain": 5, "tightness": 8}),
            ),
            notes=(Note(3, "It hurts again on cold days.", None),),
            rated={"smile": 2, "pucker": 3, "eye": 1},
        ),
        Person(
            name="Demo: Greta Feather",
            story="Quite new: three weeks of first small movements, and nothing joins in yet that could be told.",
            face=Face(
                Side.RIGHT,
                reach(smile=8.0, brow_raise=7.0),
                {"oral-ocular-narrow": Coupling(0.34, 0.4)},
                affected_gap_mm=10.4,
                corner_height_mm=1.8,
            ),
            past=Past("bells_palsy", 13),
            items=(
                item("tiny-brow-raise", level=2, sensitivity="sensitive"),
                item("small-closed-smile", level=2, sensitivity="sensitive"),
                item("eyes-open-oo", level=2, sensitivity="sensitive"),
            ),
            programme="first-movements",
            stage="facilitation",
            sessions_per_day=2,
            times="morning and afternoon",
            since_weeks=3.0,
            habits=Habits(sessions_a_week=9.0, twice=0.5, hour=8.0),
            evenness=(0.66, 0.8),
            manner=Manner(late_seconds=0.35),
            assessed_weeks_ago=(3.0,),
            notes=(Note(12, "How small is small enough?", "So small that nobody would see it."),),
            rated={"smile": 0, "pucker": 0},
        ),
        Person(
            name="Demo: Viktor Anchor",
            story="One corner at a time; a beard hides the chin, and the affected side is not known.",
            face=Face(
                Side.LEFT,
                reach(smile=10.0),
                {**EYE_AND_MOUTH, "other-corner": Coupling(0.12, 0.5), "platysma": Coupling(0.3, 0.4)},
                unseen=("chin_raise",),
            ),
            past=Past("other", 200),
            items=(
                item("one-corner"),
                item("small-closed-smile", watch=("oral-ocular-narrow", "chin")),
                item("lip-sounds", repetitions=2),
            ),
            programme="into-daily-life",
            stage="movement_control",
            affected_known=False,
            view="bars",
            days=("wednesday", "friday", "saturday", "sunday"),
            habits=Habits(sessions_a_week=6.0, hour=11.0),
            spells=(Spell(14.0, 12.0, practises=0.0), Spell(5.0, 4.0, practises=0.0)),
            changes=(
                Changed(
                    11.0,
                    (
                        item("one-corner", watch=("other-corner", "platysma")),
                        item("small-closed-smile", watch=("oral-ocular-narrow", "cheek-nlf")),
                        item("lip-sounds", repetitions=3, watch=("oral-ocular-narrow",)),
                    ),
                ),
            ),
            visits=(Visit(11.0, "therapy_visit", "The beard hides the chin: it is not watched any more."),),
            rated={"smile": 1, "pucker": 1},
        ),
    )


PEOPLE = _people()
"""All twelve, in the order in which they are made."""
