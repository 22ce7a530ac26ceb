"""Lists of projects: import, change, count, and the ring with an earlier date."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from lantian.ledger.models import Duty, Entry, Project, Task
from lantian.loop.plan.listing.projects import (
    ProjectFilter,
    import_projects,
    list_projects,
    number_order,
    summary,
    update_project,
)
from lantian.loop.plan.listing.records import ProjectFields
from lantian.science.places import distance
from lantian.terms.errors import CallerError

TASK = "deep-treatment"
TODAY = date(2024, 11, 5)

ROWS: list[ProjectFields] = [
    {
        "number": "1",
        "name": "甲砖厂",
        "kind": "砖瓦窑",
        "county": "140406",
        "longitude": 113.23,
        "latitude": 36.34,
    },
    {"number": "2", "name": "乙石灰窑", "kind": "lime-kilns", "county": "140423", "planned": Decimal("1200000")},
    {
        "number": "10",
        "name": "丙电厂",
        "kind": "Coal-fired power plants, captive ones included, retiring ones not",
    },
]


def _numbers(plan, **wanted: object) -> list[str]:
    return [row.number for row in list_projects(plan.office, TASK, wanted=ProjectFilter(**wanted))]


def test_rows_are_added_once_and_the_same_rows_change_nothing(adopted):
    first = import_projects(adopted.office, TASK, ROWS, by="office")
    assert (first.added, first.changed, first.refused) == (("1", "2", "10"), (), ())
    again = import_projects(adopted.office, TASK, ROWS, by="office")
    assert (again.added, again.changed, again.unchanged) == ((), (), ("1", "2", "10"))
    with adopted.office.ledger.read() as session:
        entries = session.execute(select(func.count()).where(Entry.kind == "projects.imported")).scalar_one()
    assert entries == 1
    assert _numbers(adopted) == ["1", "2", "10"]


def test_kind_county_and_body_are_found(adopted):
    import_projects(adopted.office, TASK, ROWS, by="office")
    rows = {row.number: row for row in list_projects(adopted.office, TASK)}
    assert [rows[n].kind for n in ("1", "2", "10")] == ["brick-kilns", "lime-kilns", "power-plants"]
    assert rows["2"].organisation_id == "gov-140423"
    assert (rows["10"].county, rows["10"].organisation_id) == (None, None)
    assert rows["1"].simulated


def test_a_field_that_is_not_named_stays(adopted):
    import_projects(adopted.office, TASK, ROWS, by="office")
    told = import_projects(
        adopted.office, TASK, [{"number": "2", "name": "乙石灰窑", "state": "under_way"}], by="x"
    )
    assert told.changed == ("2",)
    row = list_projects(adopted.office, TASK)[1]
    assert (row.state, row.kind, row.planned, row.revision) == ("under_way", "lime-kilns", Decimal(1200000), 2)


def test_a_project_that_moves_to_another_county_is_that_governments(adopted):
    import_projects(adopted.office, TASK, ROWS, by="office")
    import_projects(adopted.office, TASK, [{"number": "2", "name": "乙石灰窑", "county": "140427"}], by="x")
    assert list_projects(adopted.office, TASK)[1].organisation_id == "gov-140427"


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"name": " "}, "name"),
        ({"number": ""}, "number"),
        ({"kind": "造纸"}, "kind"),
        ({"county": "110101"}, "county"),
        ({"state": "finished"}, "state"),
        ({"state": "done"}, "done_on"),
        ({"done_on": date(2024, 9, 1)}, "state"),
        ({"state": "done", "done_on": date(2024, 11, 6)}, "done_on"),
        ({"state": "done", "done_on": date(2024, 3, 1), "start": date(2024, 4, 1)}, "done_on"),
        ({"longitude": 113.2}, "latitude"),
        ({"longitude": 36.3, "latitude": 53.0}, "longitude"),
        ({"longitude": 113.2, "latitude": 113.2}, "latitude"),
        ({"spent": Decimal(-1)}, "spent"),
        ({"planned": Decimal("0.001")}, "planned"),
        ({"note": "长" * 2001}, "note"),
        ({"organisation_id": "no-such-body"}, "organisation_id"),
    ],
)
def test_a_row_that_is_not_sound_is_told_and_the_others_are_taken(adopted, wrong, column):
    bad: ProjectFields = {"number": "9", "name": "丁厂", **wrong}
    told = import_projects(adopted.office, TASK, [ROWS[0], bad, ROWS[1]], by="office", today=TODAY)
    assert told.added == ("1", "2")
    assert [(row.place, row.column) for row in told.refused] == [(1, column)]


def test_two_rows_of_one_number_are_both_refused(adopted):
    told = import_projects(adopted.office, TASK, [ROWS[0], ROWS[0], ROWS[1]], by="office")
    assert told.added == ("2",)
    assert [row.place for row in told.refused] == [0, 1]


def test_inside_the_ring_around_lucheng_the_earlier_date_holds(adopted):
    centre, radius = (113.229, 36.334), 7_500
    inside, outside = (113.229, 36.40), (113.229, 36.403)
    assert distance(*centre, *inside) < radius < distance(*centre, *outside)
    rows: list[ProjectFields] = [
        {"number": "1", "name": "内", "county": "140406", "longitude": inside[0], "latitude": inside[1]},
        {"number": "2", "name": "外", "county": "140406", "longitude": outside[0], "latitude": outside[1]},
        {"number": "3", "name": "更早", "county": "140406", "longitude": inside[0], "latitude": inside[1],
         "due": date(2024, 5, 31)},
        {"number": "4", "name": "无坐标", "county": "140406"},
        {"number": "5", "name": "别县无坐标", "county": "140427"},
    ]  # fmt: skip
    told = import_projects(adopted.office, TASK, rows, by="office")
    dues = {row.number: row.due for row in list_projects(adopted.office, TASK)}
    assert dues == {
        "1": date(2024, 6, 30), "2": date(2024, 9, 30), "3": date(2024, 5, 31), "4": date(2024, 9, 30),
        "5": date(2024, 9, 30),
    }  # fmt: skip
    assert [(row.code, row.where) for row in told.findings] == [
        ("due_earlier_in_ring", "1"), ("place_missing", "4"),
    ]  # fmt: skip


def test_a_list_that_the_plan_file_does_not_know_takes_any_kind(small):
    told = import_projects(small.office, "t2", [{"number": "4", "name": "项目4", "kind": "随便"}], by="office")
    assert (told.added, told.refused) == (("4",), ())
    assert {row.due for row in list_projects(small.office, "t2")} == {date(2025, 6, 30)}


def test_no_such_list_names_those_that_there_are(adopted):
    with pytest.raises(CallerError, match=r"0 tasks of .* have the key 'nothing'.*deep-treatment"):
        import_projects(adopted.office, "nothing", ROWS, by="office")


def test_a_change_counts_and_tells_the_chain_without_free_text(adopted):
    import_projects(adopted.office, TASK, ROWS, by="office")
    row = list_projects(adopted.office, TASK)[0]
    new = update_project(
        adopted.office, row.id, 1, {"state": "under_way", "note": "联系人张三"}, by="lucheng", today=TODAY
    )
    assert (new.state, new.revision, new.changed_by) == ("under_way", 2, "lucheng")
    with adopted.office.ledger.read() as session:
        entry = session.execute(select(Entry).where(Entry.kind == "project.changed")).scalar_one()
    assert "张三" not in entry.payload
    assert '"fields":["state","note"]' in entry.payload
    same = update_project(adopted.office, row.id, 2, {"state": "under_way"}, by="lucheng")
    assert same.revision == 2


def test_who_saw_an_older_one_is_told_who_changed_what(adopted):
    import_projects(adopted.office, TASK, ROWS, by="office")
    row = list_projects(adopted.office, TASK)[1]
    update_project(adopted.office, row.id, 1, {"state": "under_way"}, by="襄垣县")
    import_projects(adopted.office, TASK, [{"number": "2", "name": "乙石灰窑", "spent": Decimal(5)}], by="市局")
    with pytest.raises(CallerError) as caught:
        update_project(adopted.office, row.id, 1, {"planned": Decimal(7)}, by="别人")
    assert str(caught.value) == (
        "市局 changed 乙石灰窑 at 2024-11-05 10:00: spent, state. You saw revision 1, it is now 3. "
        "Look at it again, then change it."
    )
    assert list_projects(adopted.office, TASK)[1].planned == Decimal(1200000)


def test_an_import_with_an_older_revision_overwrites_nothing(adopted):
    import_projects(adopted.office, TASK, ROWS, by="office")
    row = list_projects(adopted.office, TASK)[1]
    update_project(adopted.office, row.id, 1, {"spent": Decimal(9)}, by="襄垣县")
    told = import_projects(
        adopted.office, TASK, [{"number": "2", "name": "乙窑", "spent": None, "revision": 1}], by="市局"
    )
    assert [row.column for row in told.refused] == ["revision"]
    assert list_projects(adopted.office, TASK)[1].spent == Decimal(9)


def test_two_people_change_one_project_at_once_and_one_of_them_is_told(adopted):
    import_projects(adopted.office, TASK, ROWS, by="office")
    row = list_projects(adopted.office, TASK)[0]

    def change(name: str) -> str:
        try:
            update_project(adopted.office, row.id, 1, {"note": name}, by=name)
        except CallerError as error:
            return str(error)
        return "done"

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(change, ["甲", "乙"]))
    after = list_projects(adopted.office, TASK)[0]
    assert told.count("done") == 1
    assert sum(f"{after.note} changed 甲砖厂" in text for text in told) == 1
    assert after.revision == 2


def test_an_unsound_change_is_refused_whole(adopted):
    import_projects(adopted.office, TASK, ROWS, by="office")
    row = list_projects(adopted.office, TASK)[0]
    with pytest.raises(CallerError, match="not when"):
        update_project(adopted.office, row.id, 1, {"state": "done", "address": "新址"}, by="x")
    with pytest.raises(CallerError, match="already that of 乙石灰窑"):
        update_project(adopted.office, row.id, 1, {"number": "2"}, by="x")
    with pytest.raises(CallerError, match="No project"):
        update_project(adopted.office, "none", 1, {}, by="x")
    assert list_projects(adopted.office, TASK)[0].address == ""


def test_projects_are_found_by_what_is_asked(adopted):
    import_projects(adopted.office, TASK, ROWS, by="office")
    assert _numbers(adopted, county="140406") == ["1"]
    assert _numbers(adopted, kind="lime-kilns") == ["2"]
    assert _numbers(adopted, text="电厂") == ["10"]
    assert _numbers(adopted, text="%") == []
    assert _numbers(adopted, overdue_on=date(2024, 7, 1)) == ["1"]
    assert _numbers(adopted, organisation_id="gov-140423", state="not_started") == ["2"]
    assert [row.number for row in list_projects(adopted.office, limit=2, offset=1)] == ["2", "10"]


def test_the_summary_counts_by_county_and_kind(adopted):
    rows: list[ProjectFields] = [
        {
            **ROWS[0],
            "state": "done",
            "done_on": date(2024, 6, 1),
            "spent": Decimal("99.50"),
            "planned": Decimal(100),
        },
        {**ROWS[1], "state": "under_way"},
        {**ROWS[2], "state": "dropped", "county": "140423"},
    ]
    import_projects(adopted.office, TASK, rows, by="office")
    told = summary(adopted.office, TASK, today=date(2024, 10, 1))
    assert (told.key, told.target, told.unit, told.reached) == (TASK, Decimal(161), "家", Decimal(1))
    whole = told.whole
    assert (whole.all, whole.done, whole.under_way, whole.overdue, whole.dropped) == (2, 1, 1, 1, 1)
    assert (whole.planned, whole.spent, whole.quantity) == (Decimal(1200100), Decimal("99.50"), None)
    assert [(row.key, row.all, row.overdue) for row in told.by_county] == [("140406", 1, 0), ("140423", 1, 1)]
    assert {row.key: row.done for row in told.by_kind} == {"brick-kilns": 1, "lime-kilns": 0, "power-plants": 0}


def test_quantities_count_instead_of_rows_where_they_are_given(adopted):
    rows: list[ProjectFields] = [
        {"number": "1", "name": "甲村", "quantity": Decimal(70000), "state": "done", "done_on": date(2024, 9, 1)},
        {"number": "2", "name": "乙村", "quantity": Decimal(50000), "state": "done", "done_on": date(2024, 10, 2)},
    ]
    import_projects(adopted.office, "households", rows[:1], by="office")
    with adopted.office.ledger.read() as session:
        assert session.execute(select(Task.done_on).where(Task.key == "households")).scalar_one() is None
    import_projects(adopted.office, "households", rows, by="office")
    told = summary(adopted.office, "households")
    assert told.reached == told.target == Decimal(120000)
    with adopted.office.ledger.read() as session:
        assert session.execute(select(Task.done_on).where(Task.key == "households")).scalar_one() == date(
            2024, 10, 2
        )


def test_a_finished_list_is_reopened_by_one_unfinished_project(adopted):
    rows: list[ProjectFields] = [
        {"number": "1", "name": "甲村", "quantity": Decimal(120000), "state": "done", "done_on": date(2024, 9, 1)},
    ]
    import_projects(adopted.office, "households", rows, by="office")
    import_projects(adopted.office, "households", [{"number": "2", "name": "乙村"}], by="office")
    with adopted.office.ledger.read() as session:
        task = session.execute(select(Task).where(Task.key == "households")).scalar_one()
        dues = set(session.execute(select(Duty.due).where(Duty.measure_id == task.measure_id)).scalars())
    assert task.done_on is None
    assert dues == {date(2024, 10, 31)}


def test_a_failing_import_leaves_neither_rows_nor_entry(adopted):
    rows: list[ProjectFields] = [*ROWS, {"number": "11", "name": "戊厂", "quantity": "many"}]  # type: ignore[typeddict-item]
    with pytest.raises(TypeError):
        import_projects(adopted.office, TASK, rows, by="office")
    with adopted.office.ledger.read() as session:
        assert session.execute(select(func.count()).select_from(Project)).scalar_one() == 0
        assert session.execute(select(func.count()).where(Entry.kind == "projects.imported")).scalar_one() == 0


def test_numbers_are_ordered_as_people_count():
    assert sorted(["10", "9", "二", "B-2", "B-10", "1"], key=number_order) == ["1", "9", "10", "B-2", "B-10", "二"]
