"""Encryption of the edition of 2025 (国密 SM4): the data area by whole groups, and the header of Annex H.

ECB gives equal cipher for equal groups and proves nothing about the sender; TLS or a tunnel belongs under it.
"""

import base64
import re

from lantian.terms.errors import CallerError, PeerError

GROUP = 16
"""Bytes of a group, and of a key."""

_OPEN = b"CP=&&"
_CLOSE = b"&&"
_PRINTED = re.compile(rb"\{(0[xX][0-9A-Fa-f]{2}(?:,\s*0[xX][0-9A-Fa-f]{2})*)\}")


def region_of(segment: bytes) -> tuple[int, int] | None:
    """Where the text between ``CP=&&`` and the closing ``&&`` stands, or None without both.

    The closing ``&&`` are the last two bytes of the segment, because the cipher between may hold any byte.

    Examples
    --------
    >>> region_of(b"CN=9014;CP=&&QnRtn=1&&")
    (13, 20)
    """
    start = segment.find(_OPEN)
    start += len(_OPEN)
    if start < len(_OPEN) or not segment.endswith(_CLOSE) or len(segment) - len(_CLOSE) < start:
        return None
    return start, len(segment) - len(_CLOSE)


def unprinted(segment: bytes) -> bytes:
    """Turn the way the standard prints cipher, ``{0xE4,0x3E}``, into the bytes it stands for.

    Examples
    --------
    >>> unprinted(b"CP=&&{0x41,0x42}g=N&&")
    b'CP=&&ABg=N&&'
    """
    if b"{0" not in segment:
        return segment
    return _PRINTED.sub(lambda found: bytes(int(byte, 16) for byte in found[1].split(b",")), segment)


def printed(cipher: bytes) -> bytes:
    """Write cipher as the standard prints it; what is left of fewer than 16 bytes stays as it is.

    Examples
    --------
    >>> printed(bytes(range(16)) + b"g=N")[:16], printed(bytes(range(16)) + b"g=N")[-8:]
    (b'{0x00,0x01,0x02,', b'0x0F}g=N')
    """
    whole = len(cipher) - len(cipher) % GROUP
    if not whole:
        return cipher
    return b"{%b}%b" % (",".join(f"0x{byte:02X}" for byte in cipher[:whole]).encode("ascii"), cipher[whole:])


def encrypt_region(text: bytes, key: bytes) -> bytes:
    """Encrypt every whole group of a data area; what is left of fewer than 16 bytes stays plain.

    Parameters
    ----------
    text : bytes
        What stands between ``CP=&&`` and ``&&``.
    key : bytes
        16 bytes.

    Raises
    ------
    CallerError
        When the key does not have 16 bytes.

    Examples
    --------
    >>> encrypt_region(b"QnRtn=1", b"0" * 16)
    b'QnRtn=1'
    """
    return _apply(text, key, encrypt=True)


def decrypt_region(cipher: bytes, key: bytes) -> bytes:
    """Undo `encrypt_region`.

    Examples
    --------
    >>> key = b"0" * 16
    >>> decrypt_region(encrypt_region(b"DataTime=20261123080000", key), key)
    b'DataTime=20261123080000'
    """
    return _apply(cipher, key, encrypt=False)


def authorization(user: str, password: str, key: bytes) -> str:
    """Value of the Authorization header that uploads of pictures and films carry (Annex H).

    Base64 of SM4-ECB with PKCS #7 padding over ``user:password``.

    Raises
    ------
    CallerError
        When the key does not have 16 bytes, or the name holds a colon.

    Examples
    --------
    >>> authorization("testuser", "AezF0nZRs4kypuGO", b"msbE74gsiSHSEh5e")
    'LG/m7lsFU/taig+vbQsDJXy4NGAaE2j2lplPwhZM7iM='
    """
    if ":" in user:
        raise CallerError(
            "The user name {user!r} holds a colon, which ends it in the header. Use another name.", user=user
        )
    text = f"{user}:{password}".encode()
    left = GROUP - len(text) % GROUP
    return base64.b64encode(_apply(text + bytes([left]) * left, key, encrypt=True)).decode("ascii")


def read_authorization(header: str, key: bytes) -> tuple[str, str]:
    """User and password of an Authorization header of Annex H.

    Raises
    ------
    PeerError
        When the header is not Base64, not whole groups, or the key is another one.

    Examples
    --------
    >>> read_authorization("LG/m7lsFU/taig+vbQsDJXy4NGAaE2j2lplPwhZM7iM=", b"msbE74gsiSHSEh5e")
    ('testuser', 'AezF0nZRs4kypuGO')
    """
    try:
        cipher = base64.b64decode(header, validate=True)
        padded = _apply(cipher, key, encrypt=False)
        user, colon, password = padded[: -padded[-1]].decode("utf-8").partition(":")
    except (ValueError, IndexError):
        cipher, padded, user, colon, password = b"", b"", "", "", ""
    if not colon or len(cipher) % GROUP or not _padded(padded):
        raise PeerError(
            "The Authorization header cannot be read with this key: it is damaged or was made with another. "
            "Compare the key with the registration."
        )
    return user, password


def _padded(text: bytes) -> bool:
    """Whether a text ends as PKCS #7 pads it."""
    left = text[-1]
    return 1 <= left <= GROUP and text.endswith(bytes([left]) * left)


def _apply(text: bytes, key: bytes, *, encrypt: bool) -> bytes:
    """Run SM4-ECB over the whole groups of a text and leave the rest as it is."""
    from cryptography.hazmat.primitives.ciphers import Cipher, modes
    from cryptography.hazmat.primitives.ciphers.algorithms import SM4

    if len(key) != GROUP:
        raise CallerError("An SM4 key has 16 bytes, this one {size}. Register the whole key.", size=len(key))
    cipher = Cipher(SM4(key), modes.ECB())  # noqa: S305  the standard demands ECB
    machine = cipher.encryptor() if encrypt else cipher.decryptor()
    whole = len(text) - len(text) % GROUP
    return machine.update(text[:whole]) + machine.finalize() + text[whole:]
