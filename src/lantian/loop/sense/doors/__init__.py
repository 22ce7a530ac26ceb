"""How does a file that somebody brings, drops or sends become rows of the lake, once and whole?

Reads files that were made durable first; writes the fact table of their kind, and beside it each row that could
not be taken, with its reason. What no kind recognises is kept and shown, never lost.
"""
