import pytest

from lantian.ledger.accounts import AccountRules
from lantian.ledger.accounts.passwords import check_password, hashed, is_outdated, is_right, random_password
from lantian.terms.errors import CallerError


@pytest.mark.parametrize("password", ["four quiet chimneys", "山高月小水落石出清风徐来"])
def test_a_sentence_is_taken(password: str) -> None:
    check_password(password, "desk")


def test_a_random_one_is_taken() -> None:
    check_password(random_password(), "desk")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("elevenchars", "12 to 200"),
        ("x" * 201, "12 to 200"),
        ("my desk is tidy", "contain the login"),
        ("my DESK is tidy", "contain the login"),
        ("my ｄｅｓｋ is tidy", "contain the login"),
        ("Password2026!", "first that anybody"),
        ("123456789012", "first that anybody"),
        ("qwertyuiopas", "first that anybody"),
        ("abababababab", "first that anybody"),
    ],
)
def test_what_is_easily_guessed_is_refused_without_repeating_it(password: str, said: str) -> None:
    with pytest.raises(CallerError, match=said) as refused:
        check_password(password, "desk")
    assert password not in str(refused.value)


def test_a_login_of_a_few_letters_may_stand_within_a_word() -> None:
    check_password("four quiet chimneys", "ch")


def test_a_password_is_kept_as_argon2id_with_a_salt_of_its_own(cheap: AccountRules) -> None:
    one, two = hashed("four quiet chimneys", cheap), hashed("four quiet chimneys", cheap)
    assert one.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert one != two
    assert is_right(one, "four quiet chimneys", cheap)
    assert not is_right(one, "four quiet chimney", cheap)
    assert not is_right("nonsense", "four quiet chimneys", cheap)


def test_the_same_characters_of_another_keyboard_are_the_same_password(cheap: AccountRules) -> None:
    assert is_right(hashed("ｆour quiet chimneys", cheap), "four quiet chimneys", cheap)


def test_where_no_password_is_kept_none_is_right(cheap: AccountRules) -> None:
    assert not is_right(None, "", cheap)
    assert not is_right(None, "four quiet chimneys", cheap)


def test_stricter_parameters_make_what_is_kept_outdated(cheap: AccountRules) -> None:
    stricter = AccountRules(time_cost=2, memory_kib=16, parallelism=1)
    kept = hashed("four quiet chimneys", cheap)
    assert not is_outdated(kept, cheap)
    assert is_outdated(kept, stricter)
    assert is_right(kept, "four quiet chimneys", stricter)
