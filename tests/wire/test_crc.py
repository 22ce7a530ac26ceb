import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.wire.hj212.crc import POSSIBLE, TEXT, crc16, modbus16

ANNEX_A_2017 = (
    b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
)
ANNEX_A_2025 = b"QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&"


def as_the_standard_says(data: bytes) -> int:
    """Bit by bit, as Annex A describes it."""
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ byte
        for _ in range(8):
            lowest = register & 1
            register >>= 1
            if lowest:
                register ^= 0xA001
    return register


@pytest.mark.parametrize(("segment", "value"), [(ANNEX_A_2017, 0x1C80), (ANNEX_A_2025, 0x2200)])
def test_both_annexes_give_their_printed_value(segment: bytes, value: int):
    assert crc16(segment) == value


@given(st.binary(max_size=3000))
def test_folding_equals_the_bits_of_the_standard(data: bytes):
    assert crc16(data) == as_the_standard_says(data)


@pytest.mark.parametrize("size", [*range(33), 63, 64, 65, 127, 128, 129, 8191, 8192, 8193, 20_000])
def test_folding_equals_the_standard_at_every_edge_of_a_word(size: int):
    data = bytes((7 * at + size) % 256 for at in range(size))
    assert crc16(data) == as_the_standard_says(data)


def test_only_256_values_are_possible():
    assert len(POSSIBLE) == 256
    assert {as_the_standard_says(bytes([x])) for x in range(256)} == POSSIBLE
    assert {value & 0xFF for value in POSSIBLE} == {0x00, 0x01, 0x40, 0x41, 0x80, 0x81, 0xC0, 0xC1}
    assert {value >> 8 for value in POSSIBLE} == set(range(256))


@given(st.binary(min_size=1, max_size=200))
def test_every_checksum_is_one_of_them_and_has_its_text(data: bytes):
    assert crc16(data) in POSSIBLE
    assert TEXT[crc16(data)] == b"%04X" % crc16(data)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_one_changed_byte_is_always_seen(data: bytes, draw: st.DataObject):
    at = draw.draw(st.integers(0, len(data) - 1))
    other = draw.draw(st.integers(0, 255).filter(lambda byte: byte != data[at]))
    assert crc16(data) != crc16(data[:at] + bytes([other]) + data[at + 1 :])


@given(st.binary(min_size=9, max_size=200), st.data())
def test_two_bytes_that_change_places_eight_apart_are_never_seen(data: bytes, draw: st.DataObject):
    at = draw.draw(st.integers(0, len(data) - 9))
    swapped = bytearray(data)
    swapped[at], swapped[at + 8] = data[at + 8], data[at]
    assert crc16(bytes(swapped)) == crc16(data)


def test_a_swap_of_two_digits_passes_as_another_value():
    sent = b"a21026-Avg=12.34,a21004-Avg=56.78"
    seen = bytearray(sent)
    for at in range(len(sent) - 8):
        if sent[at] != sent[at + 8] and sent[at : at + 1].isdigit() and sent[at + 8 : at + 9].isdigit():
            seen[at], seen[at + 8] = sent[at + 8], sent[at]
            break
    assert bytes(seen) != sent
    assert crc16(bytes(seen)) == crc16(sent)


def test_one_random_pair_of_changes_in_256_passes():
    """Two changed bytes: of all 65,025 pairs of changes at two neighbouring places 255 are missed."""
    data = ANNEX_A_2025
    right = crc16(data)
    missed = 0
    for first in range(256):
        for second in range(256):
            if (first, second) != (data[40], data[41]):
                missed += crc16(data[:40] + bytes([first, second]) + data[42:]) == right
    assert missed == 255


def test_modbus_is_something_else():
    segment = b"QN=20170516010101001;ST=22;CN=2012;PW=123456;MN=ABCDEFG1234567;CP=&&&&"
    assert modbus16(segment) == 0xB388
    assert crc16(segment) == 0xFCC1
    assert modbus16(b"123456789") == 0x4B37
