"""Pictures for files: calendar heat map of the daily AQI, time series, ranking bars. No screen is needed.

Every picture carries its own caption, the mark of simulated data, and Chinese letters from a packaged font.
"""

from lantian.desk.paper.calendar_map import CalendarDay, calendar_days, calendar_heat_map
from lantian.desk.paper.charts import Bar, LimitLine, Line, ranking_bars, time_series
from lantian.desk.paper.drawing import Caption, picture, save

__all__ = [
    "Bar",
    "CalendarDay",
    "Caption",
    "LimitLine",
    "Line",
    "calendar_days",
    "calendar_heat_map",
    "picture",
    "ranking_bars",
    "save",
    "time_series",
]
