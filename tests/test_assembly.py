"""A workspace is put together from its folder, on a file or a database server."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lantian.assembly import ledger_alone, make_workspace, open_workspace
from lantian.ledger import Ledger
from lantian.ledger.chain import list_entries, verify_chain
from lantian.terms.errors import CallerError, HouseError

AT = datetime(2026, 3, 1, 18, tzinfo=UTC)


@pytest.fixture
def server_url(postgresql_server):
    name = postgresql_server.database("template0")
    yield postgresql_server.url(name)
    postgresql_server.drop(name)


def test_a_house_keeps_files_and_has_an_office(tmp_path: Path):
    house = make_workspace(tmp_path / "w", "changzhi", simulated=True, now=lambda: AT)
    office = house.office()
    row = office.files.put("甲".encode(), "a.txt", given_by="局办", at=office.now())
    assert house.files.read(row.id) == "甲".encode()
    assert [path.name for path in (tmp_path / "w" / "files").rglob("*") if path.is_file()] == [row.sha256]
    assert (office.simulated, office.city.key, office.ledger) == (True, "changzhi", house.ledger)
    assert str(office.today()) == "2026-03-02"
    house.close()


def test_the_largest_file_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANTIAN_FILE_MAX_BYTES", "5")
    house = make_workspace(tmp_path / "w", "changzhi", simulated=True)
    with pytest.raises(CallerError, match="5 bytes"):
        house.files.put(b"123456", "a.txt", given_by="a", at=AT)
    house.close()


def test_a_workspace_on_a_server_keeps_its_decisions_there(tmp_path: Path, server_url: str):
    folder = tmp_path / "w"
    house = make_workspace(folder, "changzhi", simulated=True, ledger_url=server_url)
    house.files.put("甲".encode(), "a.txt", given_by="局办", at=AT)
    house.close()
    assert not (folder / "ledger.db").exists()
    assert server_url in (folder / "secrets").read_text("utf-8")
    assert "ledger_url" not in (folder / "lantian.toml").read_text("utf-8")
    again = open_workspace(folder)
    assert [entry.kind for entry in list_entries(again.ledger)] == ["file.given"]
    assert verify_chain(again.ledger).sound
    again.close()
    alone = ledger_alone(folder)
    assert alone.identity() == ("changzhi", True)
    alone.close()


def test_a_database_that_is_another_workspaces_is_refused_before_a_folder_is_made(tmp_path: Path, server_url: str):
    first = Ledger(server_url)
    first.make("shizuishan", simulated=False, at=AT)
    first.close()
    with pytest.raises(CallerError, match="already is the ledger of 'shizuishan'"):
        make_workspace(tmp_path / "w", "changzhi", simulated=True, ledger_url=server_url)
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("url", ["mysql://u:hush@h/d", "nonsense", "postgresql://", "sqlite:///x.db"])
def test_what_is_no_database_server_is_refused_before_a_folder_is_made(tmp_path: Path, url: str):
    with pytest.raises(CallerError, match="not the URL of a database") as caught:
        make_workspace(tmp_path / "w", "changzhi", simulated=True, ledger_url=url)
    assert "hush" not in str(caught.value)
    assert not (tmp_path / "w").exists()


def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path):
    url = f"postgresql://lantian:hush@/city?host={tmp_path}"
    with pytest.raises(HouseError, match=re.escape("lantian:***@")) as caught:
        make_workspace(tmp_path / "w", "changzhi", simulated=True, ledger_url=url)
    assert "hush" not in str(caught.value)
    assert not (tmp_path / "w").exists()
