"""Every stored name that a page of the plan shows has a word, in both languages."""

from lantian.cli import plan_words
from lantian.cli.plan_words import word_of
from lantian.desk.language import translation
from lantian.loop.plan.dispatch.sheet_layout import CLAIMS, ROLES
from lantian.loop.plan.views.light_looks import STEPS
from lantian.science.plan_text.difference import ChangeKind
from lantian.science.plan_text.records import TargetKind, Use


def test_every_name_that_the_reader_gives_has_a_word():
    assert set(plan_words.CHANGES) == {row.value for row in ChangeKind}
    assert set(plan_words.USES) == {row.value for row in Use}
    assert set(plan_words.TARGET_KINDS) == {row.value for row in TargetKind}


def test_terminal_and_papers_call_roles_claims_and_steps_alike():
    assert plan_words.ROLES == ROLES
    assert plan_words.CLAIMS == CLAIMS
    assert plan_words.STEPS == STEPS


def test_a_name_without_a_word_stays_and_nothing_gives_nothing():
    assert word_of(plan_words.STEPS, "shout", translation("en")) == "shout"
    assert word_of(plan_words.STEPS, None, translation("zh")) == ""
