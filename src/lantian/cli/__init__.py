"""The terminal: one command per question, Chinese first, errors that say what to do next."""

from lantian.cli.frame import main

__all__ = ["main"]
