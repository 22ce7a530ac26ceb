"""The dispatch rule: days of the month, steps that climb, and what an edition may not say."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from lantian.rules import Choice, DispatchRule, Rulebook
from lantian.terms.errors import RuleError

DAY = date(2024, 11, 1)


def rule(rulebook: Rulebook, variant: str = "default") -> DispatchRule:
    return rulebook.edition(DispatchRule, "dispatch", DAY, Choice(variants={"dispatch": variant}))


def test_sheets_go_out_before_they_are_due_back_in_every_month(rulebook: Rulebook) -> None:
    for variant in ("default", "same_month", "hebei_counts"):
        for month in range(1, 13):
            name = f"2024-{month:02d}"
            assert rule(rulebook, variant).issue_of(name) < rule(rulebook, variant).due_of(name)


def test_a_month_across_the_turn_of_the_year_is_due_in_january(rulebook: Rulebook) -> None:
    assert rule(rulebook).due_of("2024-12") == date(2025, 1, 5)
    assert rule(rulebook, "same_month").due_of("2024-12") == date(2024, 12, 25)


def test_a_day_that_a_month_lacks_is_its_last(rulebook: Rulebook) -> None:
    late = rule(rulebook).model_copy(update={"due_day": 31, "due_months_later": 1})
    assert late.due_of("2024-01") == date(2024, 2, 29)


def test_the_ladder_climbs_one_step_at_a_time_and_ends(rulebook: Rulebook) -> None:
    ladder = rule(rulebook)
    climbed = []
    key = None
    while (step := ladder.step_above(key)) is not None:
        climbed.append(step.key)
        key = step.key
    assert climbed == ["remind", "notice", "supervise", "interview"]


def test_a_step_of_another_ladder_begins_from_the_bottom(rulebook: Rulebook) -> None:
    above = rule(rulebook).step_above("warn")
    assert above is not None
    assert above.key == "remind"


def test_hebei_interviews_before_it_supervises(rulebook: Rulebook) -> None:
    steps = rule(rulebook, "hebei_counts").steps
    assert [(step.key, step.months_silent) for step in steps] == [
        ("remind", 1), ("notice", 2), ("interview", 3), ("supervise", 6),
    ]  # fmt: skip


def test_conditions_of_each_ladder_grow_with_its_steps(rulebook: Rulebook) -> None:
    for variant in ("default", "same_month", "hebei_counts"):
        days = [step.days_overdue for step in rule(rulebook, variant).steps]
        assert None not in days
        assert days == sorted(set(days))


def test_a_city_lays_down_its_own_days(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "own.toml").write_text(
        '[[edition]]\nid = "own-dispatch"\nlike = "dispatch-monthly"\nreason = "our office"\ndue_day = 8\n',
        encoding="utf-8",
    )
    own = Rulebook.load([folder]).edition(DispatchRule, "dispatch", DAY)
    assert (own.id, own.due_of("2024-10"), own.step_keys[0]) == ("own-dispatch", date(2024, 11, 8), "remind")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("issue_day = 10\ndue_day = 5\ndue_months_later = 0", "due before they go out"),
        ("grace_days = -1", "greater than or equal to 0"),
        ('roles = ["chair"]', "'lead', 'cooperate' or 'implement'"),
    ],
)
def test_an_edition_that_contradicts_itself_is_refused(tmp_path: Path, change: str, fault: str) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    text = f'[[edition]]\nid = "own-dispatch"\nlike = "dispatch-monthly"\nreason = "r"\n{change}\n'
    (folder / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=fault):
        Rulebook.load([folder])


def test_a_step_stands_once_on_a_ladder(rulebook: Rulebook) -> None:
    said = rule(rulebook).model_dump()
    said["steps"] = [said["steps"][0], said["steps"][0]]
    with pytest.raises(ValidationError, match="stands once on the ladder"):
        DispatchRule.model_validate(said)
