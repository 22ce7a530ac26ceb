from io import BytesIO

import docx
import pdfplumber
import pytest
from tests.web.conftest import ClientOf

from lantian.desk.jobs.words import PAPER
from lantian.serving.kinds import KINDS


def work_off(house) -> None:
    """Do what waits, as the worker does."""
    while (taken := house.jobs.claim(set(KINDS))) is not None:
        with house.jobs.work(taken) as run:
            KINDS[taken.what].work(house, taken.inputs, run)


def test_a_brief_is_asked_for_made_and_taken_in_three_forms(own_web_client: ClientOf, own_web_app):
    browser, house = own_web_client("t-duty"), own_web_app.state.keeper.house
    assert "No paper was made yet." in browser.get("/papers").text
    assert browser.post("/papers", data={"kind": "brief", "day": "2026-01-17"}).status_code == 303
    assert "waiting" in browser.get("/papers/now").text
    work_off(house)
    run = house.jobs.list_runs(1, what=PAPER)[0]
    assert (run.state, run.requested_by) == ("done", "t-duty")
    listed = browser.get("/papers/now").text
    files = {name.rsplit(".", 1)[1]: name for name in run.result["files"]}
    assert set(files) == {"docx", "xlsx", "pdf"}
    for name in files.values():
        assert f"/papers/{run.id}/" in listed
        answer = browser.get(f"/papers/{run.id}/{name}")
        assert answer.status_code == 200, name
        assert "attachment" in answer.headers["content-disposition"]
    word = docx.Document(BytesIO(browser.get(f"/papers/{run.id}/{files['docx']}").content))
    text = "\n".join(paragraph.text for paragraph in word.paragraphs)
    assert "17 January 2026" in text
    with pdfplumber.open(BytesIO(browser.get(f"/papers/{run.id}/{files['pdf']}").content)) as pdf:
        assert "SIMULATED" in "".join(page.extract_text() for page in pdf.pages)


@pytest.mark.parametrize("name", ["../../secrets", "..%2F..%2Fsecrets", "nothing.pdf", "%2Fetc%2Fpasswd"])
def test_only_the_files_of_a_paper_are_given(own_web_client: ClientOf, own_web_app, name: str):
    browser, house = own_web_client("t-duty"), own_web_app.state.keeper.house
    browser.post("/papers", data={"kind": "brief", "day": "2026-01-17"})
    work_off(house)
    run = house.jobs.list_runs(1, what=PAPER)[0]
    answer = browser.get(f"/papers/{run.id}/{name}")
    assert answer.status_code == 404


def test_what_is_missing_is_said_before_anything_is_asked_for(own_web_client: ClientOf, own_web_app):
    browser, house = own_web_client("t-duty"), own_web_app.state.keeper.house
    assert browser.post("/papers", data={"kind": "ranking"}).status_code == 400
    assert browser.post("/papers", data={"kind": "station", "month": "2026-01"}).status_code == 400
    assert browser.post("/papers", data={"kind": "novel"}).status_code == 422
    assert house.jobs.list_runs(5, what=PAPER) == []


def test_a_paper_that_cannot_be_made_says_why(own_web_client: ClientOf, own_web_app):
    browser, house = own_web_client("t-office"), own_web_app.state.keeper.house
    browser.post("/papers", data={"kind": "brief", "day": "2019-01-01"})
    with pytest.raises(Exception, match="2019-01-01"):
        work_off(house)
    assert house.jobs.list_runs(1, what=PAPER)[0].state == "failed"
    assert "2019-01-01" in browser.get("/papers/now").text


def test_an_enterprise_writes_no_papers(web_client: ClientOf):
    assert web_client("t-enterprise").get("/papers").status_code == 403
