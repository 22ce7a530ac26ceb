import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from hypothesis import given
from hypothesis import strategies as st

from lantian.terms.errors import CallerError, PeerError
from lantian.wire.hj212.sm4 import (
    authorization,
    decrypt_region,
    encrypt_region,
    read_authorization,
    region_of,
    unprinted,
)

KEY = b"msbE74gsiSHSEh5e"


def test_the_example_of_the_national_standard():
    """GB/T 32907-2016 annex A.1: key and text are the same bytes."""
    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    assert encrypt_region(block, block) == bytes.fromhex("681edf34d206965e86b3e94f536e4246")


@given(st.binary(max_size=200), st.binary(min_size=16, max_size=16))
def test_decryption_undoes_encryption_and_keeps_length_and_rest(text: bytes, key: bytes):
    cipher = encrypt_region(text, key)
    whole = len(text) // 16 * 16
    assert len(cipher) == len(text)
    assert cipher[whole:] == text[whole:]
    assert decrypt_region(cipher, key) == text


def test_equal_groups_give_equal_cipher():
    """The weakness of ECB that the standard chose."""
    cipher = encrypt_region(b"a21026-Avg=12.34" * 2, KEY)
    assert cipher[:16] == cipher[16:32]


def test_authorization_is_read_back_and_the_cipher_is_that_of_an_independent_call():
    header = authorization("testuser", "AezF0nZRs4kypuGO", KEY)
    assert header == "LG/m7lsFU/taig+vbQsDJXy4NGAaE2j2lplPwhZM7iM="
    assert read_authorization(header, KEY) == ("testuser", "AezF0nZRs4kypuGO")
    machine = Cipher(SM4(KEY), modes.ECB()).encryptor()
    assert machine.update(b"testuser:AezF0nZ")[:2].hex() == "2c6f"


@pytest.mark.parametrize("header", ["", "!", "AAAA", "LG/m7lsFU/taig+vbQsDJXy4NGAaE2j2lplPwhZN7iM="])
def test_a_damaged_authorization_is_refused(header: str):
    with pytest.raises(PeerError, match="Authorization"):
        read_authorization(header, KEY)


def test_another_key_is_refused():
    with pytest.raises(PeerError, match="Authorization"):
        read_authorization(authorization("testuser", "x", KEY), b"0" * 16)


@pytest.mark.parametrize("key", [b"", b"0" * 15, b"0" * 17])
def test_a_key_has_16_bytes(key: bytes):
    with pytest.raises(CallerError, match=f"this one {len(key)}"):
        encrypt_region(b"", key)


def test_a_colon_cannot_stand_in_a_user_name():
    with pytest.raises(CallerError, match="a:b"):
        authorization("a:b", "c", KEY)


def test_the_printed_notation_becomes_bytes_wherever_it_stands():
    assert unprinted(b"CP=&&{0xE4,0x3E, 0x0a}x{0X00}&&") == b"CP=&&\xe4\x3e\x0ax\x00&&"
    assert unprinted(b"CP=&&{0x}&&") == b"CP=&&{0x}&&"


@pytest.mark.parametrize("segment", [b"", b"CP=&&", b"CP=&", b"CP=&&x", b"x&&"])
def test_a_segment_without_an_area_has_no_region(segment: bytes):
    assert region_of(segment) is None
