"""The checksum of HJ 212 (CRC16 校验): not Modbus, and weaker than its sixteen bits.

The standard shifts the register right by eight *before* it takes in a byte. So the register after a byte depends
on eight bits only: ``state = high(T[state ^ byte])``, and the checksum takes 256 different values. The step from
state to state is linear and, repeated eight times, changes nothing. A segment can therefore be folded: bytes whose
places differ by a multiple of eight are combined by XOR, and the step runs over the last eight bytes only. The
same fact means that two bytes which change places eight apart are never noticed.
"""


def _step(byte: int) -> int:
    """Shift a register that holds one byte right eight times, with the polynomial of the standard."""
    register = byte
    for _ in range(8):
        register = (register >> 1) ^ (0xA001 if register & 1 else 0)
    return register


_TABLE: tuple[int, ...] = tuple(_step(byte) for byte in range(256))
_NEXT: tuple[int, ...] = tuple(register >> 8 for register in _TABLE)


def _starts() -> tuple[int, ...]:
    """Return the state before the last eight bytes, by the number of bytes modulo eight."""
    states = [0xFF]
    for _ in range(7):
        states.append(_NEXT[states[-1]])
    return tuple(states)


_START: tuple[int, ...] = _starts()
_HALVES: dict[int, int] = {64 << power: (1 << (64 << power)) - 1 for power in range(11)}
"""Width of the lower half → its mask, for segments up to 16 kB; longer ones make their own."""

POSSIBLE: frozenset[int] = frozenset(_TABLE)
"""The 256 values that a checksum can take; any other proves a sender of Modbus, or damage."""

TEXT: dict[int, bytes] = {value: b"%04X" % value for value in (*_TABLE, 0xFFFF)}
"""Checksum → the four characters that a frame carries; 0xFFFF is the one of an empty segment."""


def crc16(data: bytes) -> int:
    """Checksum of a data segment as HJ 212 defines it (Annex A).

    Parameters
    ----------
    data : bytes
        The data segment alone, as plaintext: no header, no length, no tail.

    Examples
    --------
    >>> f"{crc16(b'QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&'):04X}"
    '2200'
    """
    size = len(data)
    if not size:
        return 0xFFFF
    word = int.from_bytes(data, "big")
    width = 64 * (1 << ((size - 1) >> 3).bit_length())
    while width > 64:
        width >>= 1
        word = (word >> width) ^ (word & (_HALVES.get(width) or (1 << width) - 1))
    a, b, c, d, e, f, g, h = word.to_bytes(8, "big")
    step = _NEXT
    state = step[step[step[step[_START[size & 7] ^ a] ^ b] ^ c] ^ d]
    return _TABLE[step[step[step[state ^ e] ^ f] ^ g] ^ h]


def modbus16(data: bytes) -> int:
    """Checksum of Modbus RTU, which many senders mistake for the one of HJ 212; to name them.

    Examples
    --------
    >>> f"{modbus16(b'QN=20170516010101001;ST=22;CN=2012;PW=123456;MN=ABCDEFG1234567;CP=&&&&'):04X}"
    'B388'
    """
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ _TABLE[(register ^ byte) & 0xFF]
    return register
