"""Seals what the ledger must keep readable for itself alone: keys of devices (密钥封存).

Whoever has only the database, a copy of it or the chain cannot open them: that needs the secret of the workspace,
which stands beside the database in a file of its owner.
"""

import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_SECRET_BYTES = 32
_PURPOSE = b"lantian: keys of devices"


def new_secret() -> str:
    """Return a secret for a new workspace: 64 hexadecimal digits."""
    return secrets.token_hex(_SECRET_BYTES)


class Vault:
    """Seals and opens with one secret (AES-256-GCM).

    Parameters
    ----------
    secret
        Of the workspace; its own bytes encrypt nothing, a key is derived from them.

    Examples
    --------
    >>> vault = Vault(new_secret())
    >>> sealed = vault.seal(b"0123456789abcdef", about="device 1")
    >>> vault.opened(sealed, about="device 1"), vault.opened(sealed, about="device 2")
    (b'0123456789abcdef', None)
    """

    def __init__(self, secret: str) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode("utf-8"))
        self._cipher = AESGCM(key)

    def seal(self, data: bytes, *, about: str) -> bytes:
        """Encrypt; `about` says what it belongs to and has to be said again to open it."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, about.encode("utf-8"))

    def opened(self, sealed: bytes, *, about: str) -> bytes | None:
        """Decrypt; None where it was sealed with another secret, for something else, or was changed since."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode("utf-8"))
        except (InvalidTag, ValueError):
            return None
