"""The counties of this hour as a table."""

from lantian.terms.pollutants import BASIC, NAMES
from lantian.terms.words import mark
from lantian.web.pages.today.air import AirNow
from lantian.web.tables import LEVEL, NUMBER, Cell, DataTable, TableColumn
from lantian.web.visiting import Visit


def county_table(visit: Visit, air: AirNow) -> DataTable:
    """List the counties by their newest hour, the worst first."""
    rules = visit.house.scene().rules(visit.today)
    decimals = {pollutant: rules.evaluation.decimals_day.of(pollutant) for pollutant in BASIC}
    columns = [
        TableColumn("county", visit.say(mark("County"))),
        TableColumn("aqi", "AQI", kind=NUMBER),
        TableColumn("level", visit.say(mark("Level")), kind=LEVEL),
        TableColumn("primary", visit.say(mark("Primary pollutant"))),
        *(TableColumn(p.value, NAMES[p].symbol, NAMES[p].unit, NUMBER, decimals[p]) for p in reversed(BASIC)),
    ]
    rows = [
        [
            Cell(place.name, link=place.link),
            Cell(place.aqi, why=f"/air/why/hours/{place.code}/{place.hour:%Y-%m-%dT%H}/aqi?stage=original"),
            Cell(None if place.category is None else place.category.level, level=place.category),
            place.primary,
            *(place.values[p] for p in reversed(BASIC)),
        ]
        for place in air.counties
    ]
    title = visit.say(mark("Which county has the worst air now?"))
    made = visit.how_made(
        title,
        period=f"{visit.now:%Y-%m-%d %H:%M}",
        tables=["hourly_index"],
        editions=[rules.aqi_hour, rules.categories],
    )
    return DataTable(
        "counties", title, columns, rows, made,
        note=visit.say(
            mark("Newest hour of each county, by its start; as received, not yet audited. {law}"), law=air.edition
        ),
        empty=visit.say(mark("No county has a new hour. Look at System › Health for what is silent.")),
        links=[place.link for place in air.counties],
    )  # fmt: skip
