from lantian.desk.jobs.words import ASKABLE, WORDS
from lantian.serving.kinds import ALONE, KINDS


def test_every_kind_that_may_be_asked_for_has_words_and_somebody_who_does_it():
    assert set(KINDS) == ASKABLE
    assert set(WORDS) >= ASKABLE
    assert ALONE < ASKABLE
    assert all(kind.words == WORDS[name] for name, kind in KINDS.items())
