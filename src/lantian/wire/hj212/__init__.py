"""HJ 212 (污染物在线监控数据传输): the editions of 2005, 2017 and 2025, read leniently and written strictly.

``crc`` the checksum, ``framing`` bytes to frames, ``frame`` frames to fields, ``messages`` fields to typed
messages, ``writing`` messages to bytes, ``exchanges`` who says what next, ``commands`` and ``factors`` the tables
of the standard, ``sm4`` the encryption of 2025. `docs/wire.md` shows all of it on one page.
"""
