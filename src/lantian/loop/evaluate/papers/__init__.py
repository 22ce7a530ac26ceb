"""Papers of this room: the day's brief, the bulletin of ranks, a station's month (日报、通报、月报).

Each has two steps: a record of what it says (`daily_brief`, `ranking_bulletin`, `station_month`), and files of it.
"""
