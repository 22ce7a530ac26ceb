"""The lake: what instruments and models said, as Delta tables that are appended to and never overwritten.

Here alone instants are turned into legal days. A correction is a new row; a read takes the latest version of each
key, or the one known on an earlier instant.
"""

from lantian.store.columns import Column, Partition, Table
from lantian.store.device_tables import DEVICE_EVENTS
from lantian.store.doorway import legal_day
from lantian.store.lake import Lake
from lantian.store.locks import Holder
from lantian.store.pages import page_of
from lantian.store.records import Appended, Commit, Compacted, Taken
from lantian.store.source_tables import POWER_READINGS, SOURCE_READINGS
from lantian.store.tables import AMBIENT_HOURS, FACT_TABLES, PUBLISHED_HOURS
from lantian.store.weather_tables import FIRES, WEATHER_FORECASTS, WEATHER_HOURS

__all__ = [
    "AMBIENT_HOURS",
    "DEVICE_EVENTS",
    "FACT_TABLES",
    "FIRES",
    "POWER_READINGS",
    "PUBLISHED_HOURS",
    "SOURCE_READINGS",
    "WEATHER_FORECASTS",
    "WEATHER_HOURS",
    "Appended",
    "Column",
    "Commit",
    "Compacted",
    "Holder",
    "Lake",
    "Partition",
    "Table",
    "Taken",
    "legal_day",
    "page_of",
]
