"""How a key stands in a frame or a file (密钥)."""

from lantian.wire.hj212.sm4 import GROUP


def read_key(text: str) -> bytes | None:
    """Read a key as it stands in a frame or a file: 16 signs, or 32 hexadecimal digits; None for anything else.

    Examples
    --------
    >>> read_key("msbE74gsiSHSEh5e"), read_key("00" * 16) == bytes(16), read_key("short")
    (b'msbE74gsiSHSEh5e', True, None)
    """
    if len(text) == 2 * GROUP:
        try:
            return bytes.fromhex(text)
        except ValueError:
            return None
    return text.encode("ascii") if len(text) == GROUP and text.isascii() else None
