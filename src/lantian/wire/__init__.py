"""Protocols of instruments: bytes to messages and back, with no socket, no clock and no disk."""
