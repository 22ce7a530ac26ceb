"""Statistics of the air by the evaluation rule: hours to days, days to periods, practice of the feed (统计)."""
