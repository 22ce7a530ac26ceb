import pytest

from lantian.desk.intake import read_table
from lantian.loop.sense.doors.labels import label_of, refuse_mixing
from lantian.terms.errors import CallerError


def labelled(give, name: str, text: str, **fields):
    given = give(name, text, **fields)
    return label_of(read_table(given.path), given), given


def test_lines_above_the_header_and_words_in_the_name_are_gathered(give) -> None:
    label, _ = labelled(
        give,
        "voc [station=1727A edge=start].csv",
        "# unit = ppb\nmdl.Pb = 0.02\n# Period: 24 h\ntime,toluene,benzene\n" + "2026-03-01,1,2\n" * 4,
    )
    assert label.get("station") == "1727A"
    assert (label.edge, label.hours, label.get("unit")) == ("start", 24, "ppb")
    assert label.below("mdl") == {"Pb": "0.02"}


def test_chinese_words_are_understood(give) -> None:
    label, _ = labelled(give, "a.csv", "点位：1727A\n单位：μg/m3\n时间,甲苯,苯\n2026-03-01,1,2\n")
    assert (label.get("station"), label.get("unit")) == ("1727A", "μg/m3")


def test_titles_and_options_of_other_doors_say_nothing(give) -> None:
    label, _ = labelled(
        give, "a.csv", "Report of the year: 2026\ntime,a,b\n2026-03-01,1,2\n", options={"edge": "end"}
    )
    assert dict(label.said) == {"edge": "end"}


def test_two_places_that_say_different_things_are_refused(give) -> None:
    with pytest.raises(CallerError, match="Say it once"):
        labelled(give, "a unit=ppb.csv", "unit = ug/m3\ntime,a,b\n2026-03-01,1,2\n")


@pytest.mark.parametrize("line", ["edge = middle", "period = 0", "period = 1.5", "period = x"])
def test_what_cannot_be_meant_is_refused(give, line: str) -> None:
    label, _ = labelled(give, "a.csv", f"{line}\ntime,a,b\n2026-03-01,1,2\n")
    with pytest.raises(CallerError, match="says"):
        _ = (label.edge, label.hours)


@pytest.mark.parametrize(("text", "hours"), [("hour", 1), ("day", 24), ("3", 3), ("12小时", 12)])
def test_lengths_are_read_in_words_and_figures(give, text: str, hours: int) -> None:
    assert labelled(give, "a.csv", f"period = {text}\ntime,a,b\n2026-03-01,1,2\n")[0].hours == hours


BODY = "time,a,b\n2026-03-01,1,2\n"


@pytest.mark.parametrize("column", [None, ["yes", ""], ["true", None]])
def test_a_simulated_file_belongs_in_a_simulated_workspace_only(give, column) -> None:
    label, given = labelled(give, "a.csv", f"simulated = true\n{BODY}")
    refuse_mixing(label, given, column, simulated=True)
    with pytest.raises(CallerError, match="says that it is simulated"):
        refuse_mixing(label, given, column, simulated=False)


def test_a_file_that_says_nothing_is_real_unless_its_sender_is_simulated(give) -> None:
    label, given = labelled(give, "a.csv", BODY)
    refuse_mixing(label, given, None, simulated=False)
    with pytest.raises(CallerError, match="does not say"):
        refuse_mixing(label, given, None, simulated=True)
    label, given = labelled(give, "a.csv", BODY, simulated=True)
    refuse_mixing(label, given, None, simulated=True)


def test_one_row_of_the_other_kind_is_enough(give) -> None:
    label, given = labelled(give, "a.csv", BODY)
    with pytest.raises(CallerError, match="simulated"):
        refuse_mixing(label, given, ["no", "yes"], simulated=False)
    with pytest.raises(CallerError, match="does not say"):
        refuse_mixing(label, given, ["yes", "no"], simulated=True)


def test_a_sender_and_a_file_that_contradict_each_other_are_refused(give) -> None:
    label, given = labelled(give, "a.csv", f"simulated = no\n{BODY}", simulated=True)
    with pytest.raises(CallerError, match="simulated"):
        refuse_mixing(label, given, None, simulated=False)
