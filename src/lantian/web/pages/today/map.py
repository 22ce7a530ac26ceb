"""The city on a map: counties and stations by AQI class, wind, fires of the last day."""

from datetime import timedelta
from typing import Any

from lantian.city.outlines import county_outlines, outline_source
from lantian.city.records import SubjectKind
from lantian.loop.sense.sightings import fires_seen, wind_now
from lantian.terms.words import mark
from lantian.web.maps import Kind, LegendEntry, MapData, MapFeature, MapLayer
from lantian.web.pages.today.air import AIR_TABLES, AirNow, air_now
from lantian.web.visiting import Visit

MAP_TABLES = (*AIR_TABLES, "weather_hours", "fires")


def city_map(visit: Visit) -> MapData:
    """Lay the city out as it is now."""
    key = ("today", "map", visit.language.name, visit.now)
    return visit.keeper.keep(key, MAP_TABLES, lambda: _made(visit, air_now(visit)))


def _made(visit: Visit, air: AirNow) -> MapData:
    city = visit.house.city
    outlines = county_outlines(city)
    layers = [
        MapLayer(Kind.COUNTIES, [_county(visit, air, code, outlines[code]) for code in outlines]),
        MapLayer(Kind.FIRES, _fires(visit)),
        MapLayer(Kind.STATIONS, _stations(visit, air)),
        MapLayer(Kind.WIND, _wind(visit)),
    ]
    boxes = [shape.bounds for shape in outlines.values()] or [
        (row.longitude, row.latitude, row.longitude, row.latitude) for row in city.stations
    ]
    west, south, east, north = zip(*boxes, strict=True)
    rules = visit.house.scene().rules(visit.today)
    legend = [
        LegendEntry(Kind.STATIONS, visit.named(each.name_zh, each.name), level=each)
        for each in rules.categories.categories
    ]
    if layers[1].features:
        legend.append(LegendEntry(Kind.FIRES, visit.say(mark("hot spot of the last day, seen from space"))))
    if layers[3].features:
        legend.append(LegendEntry(Kind.WIND, visit.say(mark("wind, blowing this way"))))
    source = visit.say(
        mark("Outlines: {name}, {datum}"), name=outline_source(city).name, datum=outline_source(city).datum
    )
    return MapData((min(west), min(south), max(east), max(north)), layers, legend, source)


def _what(visit: Visit, hour: Any) -> str:
    return visit.say(mark("hour from {hour}, as received"), hour=f"{hour:%H:%M}")


def _county(visit: Visit, air: AirNow, code: str, shape: Any) -> MapFeature:
    now = next((each for each in air.counties if each.code == code), None)
    name = visit.house.city.name_of(SubjectKind.COUNTY, code, visit.language.name)
    link = f"/air/places/{code}"
    if now is None or now.aqi is None:
        return MapFeature(name, shape, visit.say(mark("no new hour")), link=link)
    return MapFeature(name, shape, f"AQI {now.aqi}", _what(visit, now.hour), link, now.category)


def _stations(visit: Visit, air: AirNow) -> list[MapFeature]:
    known = {each.code: each for each in air.stations}
    found = []
    for row in visit.house.city.stations:
        if row.out_of_service is not None and row.out_of_service < visit.today:
            continue
        now, name = known.get(row.code), visit.named(row.name_zh, row.name_en)
        place, link = (row.longitude, row.latitude), f"/air/places/{row.code}"
        if now is None or now.aqi is None:
            found.append(MapFeature(name, place, visit.say(mark("no new hour")), link=link))
        else:
            found.append(MapFeature(name, place, f"AQI {now.aqi}", _what(visit, now.hour), link, now.category))
    return found


def _fires(visit: Visit) -> list[MapFeature]:
    rows = fires_seen(visit.house.centre(), visit.now - timedelta(days=1), visit.now)
    return [
        MapFeature(
            visit.say(mark("hot spot")),
            (row["longitude"], row["latitude"]),
            "" if row["frp"] is None else f"{row['frp']:.0f} MW",
            f"{row['satellite']} · {row['acquired_at']:%m-%d %H:%M}",
        )
        for row in rows.iter_rows(named=True)
    ]


def _wind(visit: Visit) -> list[MapFeature]:
    rows = wind_now(visit.house.centre(), visit.now)
    return [
        MapFeature(
            visit.say(mark("wind")),
            (row["longitude"], row["latitude"]),
            f"{row['wind_speed']:.1f} m/s",
            _what(visit, row["hour_start"]),
            toward=(row["wind_direction"] + 180) % 360,
        )
        for row in rows.iter_rows(named=True)
    ]
