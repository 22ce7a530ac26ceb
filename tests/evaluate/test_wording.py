from lantian.desk.language import translation
from lantian.loop.evaluate.days import REASONS
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.wording import WORDS, worded
from lantian.science.ranking import RankReason
from lantian.science.statistics.period import PeriodReason


def test_every_reason_and_stage_that_is_stored_has_words() -> None:
    stored = {reason for reason in REASONS if reason is not None}
    stored |= {reason.name.lower() for reason in PeriodReason}
    stored |= {reason.name.lower() for reason in RankReason if reason is not RankReason.RANKED}
    stored |= {stage.value for stage in Stage}
    assert stored <= set(WORDS)


def test_unknown_code_is_still_readable() -> None:
    assert worded("brand_new_reason") == "brand new reason"
    assert translation("en").gettext(worded("too_few_sites")) == "too few sites with a value"
