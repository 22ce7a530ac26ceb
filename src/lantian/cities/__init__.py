"""The packaged cities: one folder of plain files each, and no code."""
