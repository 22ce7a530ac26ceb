"""How good was the air under the law of that day, and who ranks where?

Reads ``ambient_hours``; writes ``hourly_index``, ``daily_index``, ``period_statistics``, ``period_summary`` and
``rankings``. Hours become station days, station days become county and city days, days become periods, periods
become ranks; every row names the edition that judged it.
"""
