"""What is sealed opens with the same secret and for the same thing only."""

import pytest

from lantian.ledger.vault import Vault, new_secret


def test_a_seal_opens_with_its_secret():
    sealed = Vault("secret").seal(b"0123456789abcdef", about="a")
    assert Vault("secret").opened(sealed, about="a") == b"0123456789abcdef"
    assert b"0123456789abcdef" not in sealed


def test_the_same_thing_is_never_sealed_alike():
    vault = Vault("secret")
    assert vault.seal(b"x", about="a") != vault.seal(b"x", about="a")


@pytest.mark.parametrize(("secret", "about"), [("another", "a"), ("secret", "b")])
def test_another_secret_or_another_thing_does_not_open_it(secret: str, about: str):
    assert Vault(secret).opened(Vault("secret").seal(b"x", about="a"), about=about) is None


def test_a_changed_seal_does_not_open():
    vault = Vault("secret")
    sealed = bytearray(vault.seal(b"x", about="a"))
    sealed[-1] ^= 1
    assert vault.opened(bytes(sealed), about="a") is None
    assert vault.opened(b"", about="a") is None


def test_secrets_differ():
    assert len({new_secret() for _ in range(20)}) == 20
