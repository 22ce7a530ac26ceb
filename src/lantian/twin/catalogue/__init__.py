"""What is a simulated city made of: plants, stacks, meters, homes, roads, fields (模拟城市的污染源)?

Reads ``twin.toml`` in a city's folder. Counts and named plants are the plan document's; everything else is
invented and says so. The same seed always gives the same city.
"""

from lantian.twin.catalogue.building import build_catalogue
from lantian.twin.catalogue.reading import CityBook, read_book
from lantian.twin.catalogue.records import (
    POLLUTANTS,
    Catalogue,
    Cell,
    Logger,
    Meter,
    Plant,
    Stack,
    Surface,
)

__all__ = [
    "POLLUTANTS",
    "Catalogue",
    "Cell",
    "CityBook",
    "Logger",
    "Meter",
    "Plant",
    "Stack",
    "Surface",
    "build_catalogue",
    "read_book",
]
