"""Bodies of the directory as organisations of the ledger."""

from dataclasses import replace

from sqlalchemy import func, select

from lantian.ledger.models import Entry, Organisation
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import register_bodies, unknown_id, write_unknown


def _organisations(office: Office) -> dict[str, Organisation]:
    with office.ledger.read() as session:
        return {row.id: row for row in session.execute(select(Organisation)).scalars()}


def test_every_body_but_collectives_becomes_an_organisation(office: Office):
    added = register_bodies(office, by="office")
    rows = _organisations(office)
    assert added == len(rows) == sum(body.kind != "collective" for body in office.city.bodies)
    assert "all-counties" not in rows
    lucheng = rows["gov-140406"]
    assert (lucheng.kind, lucheng.county, lucheng.name_zh) == ("county", "140406", "潞城区人民政府")
    kinds = {key: rows[key].kind for key in ("ecology", "pbc", "hi-tech-zone", "jinye", "city", "shanxi", "cisa")}
    assert kinds == {
        "ecology": "department", "pbc": "department", "hi-tech-zone": "zone", "jinye": "enterprise",
        "city": "office", "shanxi": "other", "cisa": "other",
    }  # fmt: skip


def test_registering_again_changes_nothing(office: Office):
    register_bodies(office, by="office")
    assert register_bodies(office, by="office") == 0
    with office.ledger.read() as session:
        assert session.execute(select(func.count()).select_from(Entry)).scalar_one() == 1


def test_a_name_that_changed_in_the_directory_is_brought_up_to_date(office: Office):
    register_bodies(office, by="office")
    bodies = tuple(
        replace(row, full_name="长治市农业农村和水利局") if row.id == "agriculture" else row
        for row in office.city.bodies
    )
    changed = register_bodies(replace(office, city=replace(office.city, bodies=bodies)), by="office")
    assert changed == 1
    assert _organisations(office)["agriculture"].full_name_zh == "长治市农业农村和水利局"


def test_a_body_that_only_a_document_names_keeps_its_written_name(office: Office):
    name = "省能源局"
    with office.ledger.write() as session:
        write_unknown(session, office, {unknown_id(name): name})
        write_unknown(session, office, {unknown_id(name): name})
    row = _organisations(office)[unknown_id(name)]
    assert (row.kind, row.name_zh, row.id[:8]) == ("other", name, "unknown-")
