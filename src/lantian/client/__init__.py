"""A client of the interface for programs (接口客户端): typed rows, pages that follow each other, patience.

It imports nothing else of Lantian, so that it says only what the interface says.
"""

from lantian.client.faults import ApiError, Unreachable
from lantian.client.rows import City, County, Day, Hour, Ranked, Station
from lantian.client.session import Lantian, Patience

__all__ = ["ApiError", "City", "County", "Day", "Hour", "Lantian", "Patience", "Ranked", "Station", "Unreachable"]
