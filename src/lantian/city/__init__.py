"""What a city is: a folder of plain files, and its loader.

Question: which counties, bodies and stations are there, and who makes up whom on which day?
Reads: the packaged folders of ``lantian.cities``, or any folder of the same shape, and a workspace's overlay.
Writes: nothing.
"""

from lantian.city.bodies import body_named
from lantian.city.checks import check_city
from lantian.city.files import Limits
from lantian.city.loader import list_cities, load_city
from lantian.city.outlines import county_outlines, outline_source
from lantian.city.records import (
    Body,
    City,
    County,
    CountyGroup,
    EvaluationGroup,
    Level,
    OutlineSource,
    Station,
    SubjectKind,
)

__all__ = [
    "Body",
    "City",
    "County",
    "CountyGroup",
    "EvaluationGroup",
    "Level",
    "Limits",
    "OutlineSource",
    "Station",
    "SubjectKind",
    "body_named",
    "check_city",
    "county_outlines",
    "list_cities",
    "load_city",
    "outline_source",
]
