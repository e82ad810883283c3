"""Plans that therapists put together: what may be chosen, how a draft changes, what a version says it changed."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest
from sqlalchemy import bindparam, create_engine, text
from test_records_database import migrate

from coach.clinic.choice import against, against_programme
from coach.clinic.draft import Draft, DraftRefused
from coach.exercise import Stage
from coach.library import load_library
from coach.prescription import Item, Prescription, Weekday, when
from coach.records import Records, open_records
from coach.records.tables import UtcTime

LIBRARY = load_library()
CARDS = LIBRARY.exercises
NAMES = {one.id: one.name for one in (*CARDS.values(), *LIBRARY.patterns.values())}
NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
SMILE, PUCKER, MASSAGE = "small-closed-smile", "small-pucker", "cheek-massage"


def a_draft(*cards: str) -> Draft:
    return Draft(stage="movement_control", items=tuple(Item(card=card) for card in cards))


@pytest.mark.parametrize("stage", ["initiation", "facilitation", "movement_control", "relaxation"])
@pytest.mark.parametrize("months", [None, 0, 2, 3, 24])
def test_what_may_be_chosen_is_of_the_category_and_late_enough(stage: Stage, months: int | None) -> None:
    for exercise in CARDS.values():
        late = exercise.not_before_months == 0 or (
            months is not None and months >= exercise.not_before_months
        )
        may = stage in exercise.stages and late and exercise.judged != "range"
        assert (against(exercise, stage, months) is None) == may, exercise.id


def test_without_a_category_nothing_may_be_chosen() -> None:
    assert {against(e, None, 24) for e in CARDS.values() if e.judged != "range"} == {
        "Choose a treatment category first."
    }


def test_a_ready_programme_is_for_its_category_and_as_late_as_its_latest_exercise() -> None:
    for programme in LIBRARY.programmes.values():
        latest = max(CARDS[item.card].not_before_months for item in programme.items)
        assert against_programme(programme, CARDS, programme.stage, latest) is None
        assert (against_programme(programme, CARDS, programme.stage, None) is None) == (latest == 0)
        other = "initiation" if programme.stage != "initiation" else "relaxation"
        assert against_programme(programme, CARDS, other, 24) is not None


def test_a_draft_of_a_prescription_is_written_as_it_was() -> None:
    before = Prescription(
        created_at=NOW,
        author="Dr Kay",
        programme="eyes-open",
        stage="movement_control",
        half_mirror=True,
        sessions_per_day=3,
        days=("monday",),
        times="in the evening",
        items=(Item(card=SMILE, share_low=20, share_high=30, watch=("chin",), stayed_on=date(2026, 2, 1)),),
    )

    assert Draft.of(before).written("Dr Kay", NOW) == before
    assert Draft.of(before).changes_from(Draft.of(before), NAMES) == ()


def test_each_exercise_goes_in_once_and_no_more_than_eight_do() -> None:
    draft = a_draft(SMILE)
    assert draft.added(SMILE) == draft
    for card in CARDS:
        draft = draft.added(card)

    assert len(draft.items) == 8
    assert draft.full


def test_a_programme_that_is_added_to_or_taken_from_is_a_plan_of_its_own() -> None:
    programme = next(iter(LIBRARY.programmes.values()))
    draft = Draft(half_mirror=True).starting_from(programme)
    first = draft.items[0].card

    assert (draft.programme, draft.stage, draft.half_mirror) == (programme.id, programme.stage, True)
    assert draft.moved(first, 1).programme == programme.id
    assert draft.stepped(first, 4).programme == programme.id
    assert draft.without("juggling") == draft
    assert draft.without(first).programme is None
    assert draft.without(first).added(first).programme is None


def test_nine_exercises_and_none_are_refused() -> None:
    nine = Draft(stage="movement_control", items=tuple(Item(card=f"card-{n}") for n in range(9)))

    with pytest.raises(DraftRefused, match="There are 9 exercises in the plan; up to 8 can be prescribed"):
        nine.written("Dr Kay", NOW)
    with pytest.raises(DraftRefused, match="Choose at least one"):
        Draft(stage="movement_control").written("Dr Kay", NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"repetitions": 0},
        {"hold_seconds": 500.0},
        {"level": 7},
        {"share_low": 20.0},
        {"share_low": 30.0, "share_high": 20.0},
        {"sensitivity": "shrill"},
    ],
)
def test_values_that_cannot_be_are_refused(changed: dict[str, object]) -> None:
    draft = Draft(items=(Item(card=SMILE).model_copy(update=changed),))

    with pytest.raises(DraftRefused):
        draft.written("Dr Kay", NOW)


def test_more_days_than_there_are_and_too_many_words_are_refused() -> None:
    with pytest.raises(DraftRefused, match="times"):
        Draft(items=(Item(card=SMILE),), times="x" * 201).written("Dr Kay", NOW)
    with pytest.raises(DraftRefused, match="days"):
        Draft(items=(Item(card=SMILE),), days=("doomsday",)).written("Dr Kay", NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("card", "by", "order"),
    [
        (SMILE, -1, (SMILE, PUCKER, MASSAGE)),
        (SMILE, 1, (PUCKER, SMILE, MASSAGE)),
        (MASSAGE, -1, (SMILE, MASSAGE, PUCKER)),
        (MASSAGE, 1, (SMILE, PUCKER, MASSAGE)),
        ("juggling", 1, (SMILE, PUCKER, MASSAGE)),
    ],
)
def test_an_exercise_moves_as_far_as_there_is_room(card: str, by: int, order: tuple[str, ...]) -> None:
    assert tuple(item.card for item in a_draft(SMILE, PUCKER, MASSAGE).moved(card, by).items) == order


def test_a_step_forgets_that_the_level_was_to_stay() -> None:
    draft = a_draft(SMILE).staying(SMILE, date(2026, 3, 1))
    assert draft.item(SMILE) == Item(card=SMILE, stayed_on=date(2026, 3, 1))

    assert draft.stepped(SMILE, 4).item(SMILE) == Item(card=SMILE, level=4)
    assert draft.stepped("juggling", 4) == draft


def test_changes_are_said_one_by_one() -> None:
    before = a_draft(SMILE, PUCKER, MASSAGE)
    item = Item(
        card=SMILE,
        level=4,
        repetitions=3,
        hold_seconds=7.5,
        share_low=15,
        share_high=25,
        sensitivity="sensitive",
        watch=("chin",),
    )
    after = Draft(
        stage="relaxation",
        half_mirror=True,
        sessions_per_day=1,
        days=("monday", "friday"),
        items=(Item(card=PUCKER), item, Item(card="soft-rest")),
    )

    assert after.changes_from(before, NAMES) == (
        "Soft face at rest added",
        "Cheek and fold massage taken out",
        "Small closed smile: level 4 (before: 3), repetitions 3 (before: as on the card), hold 7.5 s (before: as on "
        "the card), band 15-25 % (before: of the level), speaks up early, watches chin rising",
        "another order",
        "category relaxation",
        "sessions a day 1 (before: 2)",
        "Monday and Friday",
        "half-mirrored view on",
    )


@pytest.mark.parametrize(
    ("days", "times", "said"),
    [
        ((), None, None),
        (("friday", "monday"), None, "Monday and Friday"),
        (("monday", "tuesday", "sunday"), "at noon", "Monday, Tuesday and Sunday: at noon"),
        ((), "after breakfast", "Every day: after breakfast"),
        (("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), None, None),
    ],
)
def test_when_is_said_in_the_order_of_the_week(
    days: tuple[Weekday, ...], times: str | None, said: str | None
) -> None:
    assert when(days, times) == said


def test_days_times_and_what_was_to_stay_are_written_down_in_either_database(records: Records) -> None:
    draft = Draft(
        stage="movement_control",
        days=("tuesday", "sunday"),
        times="after breakfast",
        items=(Item(card=SMILE, stayed_on=date(2026, 2, 28)),),
    )
    me = records.profile().uid
    written = records.prescribe(me, draft.written("Dr Kay", NOW))

    assert records.prescriptions(me) == [written]
    assert Draft.of(written) == draft


def test_what_was_prescribed_before_there_were_days_is_for_every_day(database: str) -> None:
    migrate(database, "0005")
    written = Draft(stage="movement_control", items=(Item(card=SMILE),)).written("Dr Kay", NOW)
    rows = {
        "patient": {"uid": "p" * 32, "name": "Me", "created_at": NOW, "view": "mirror"},
        "prescription": {
            **written.model_dump(exclude={"items", "days", "times"}),
            "uid": "v" * 32,
            "version": 1,
            "patient_uid": "p" * 32,
            "items": '[{"card": "small-closed-smile"}]',
        },
    }
    engine = create_engine(database)
    with engine.begin() as connection:
        for table, row in rows.items():
            values = ", ".join(f":{name}" for name in row)
            insert = text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})")
            connection.execute(insert.bindparams(bindparam("created_at", type_=UtcTime())), row)
    engine.dispose()

    opened = open_records(database)
    (version,) = opened.prescriptions("p" * 32)
    opened.close()

    assert (version.days, version.times, version.items[0].stayed_on) == ((), None, None)
