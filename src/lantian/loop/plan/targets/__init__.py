"""Targets that judge themselves, and the indicators that bodies report."""
