"""The round of a month: lights, sheets out and back, review, ladder, letters, minutes."""
