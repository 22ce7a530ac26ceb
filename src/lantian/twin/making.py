"""A simulated city over a stretch of days: sources, weather, what goes wrong, and the air (模拟城市总装)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from lantian.city import City, Level, Station
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary
from lantian.terms.errors import CallerError
from lantian.twin.catalogue import Catalogue, CityBook, build_catalogue
from lantian.twin.field import (
    Air,
    beyond_particles,
    boundary_of,
    finish_air,
    formed_particles,
    metres_of,
    plumes,
    receptors_of,
)
from lantian.twin.incidents import Incident, in_order, plan_incidents
from lantian.twin.sky import Sky, make_sky
from lantian.twin.sources import FIELD, Emitters, Works, gather_emitters, run_plants
from lantian.twin.weather import Event, list_events, shared_weather, shifted

_SAMPLE = 6 * 24
"""Of the year's hours, how many days apart those are from which the level is set, and … [h]"""
_SAMPLE_YEAR = 2025
_LEAD = 240
"""Hours before a stretch that the particles of the basin remember, so that it begins as a longer one would. [h]"""
_LEAST_BEYOND = 4.0
"""Fine particles that always come from beyond the city, whatever level is asked for. [ug m-3]"""


@dataclass(frozen=True)
class Making:
    """A simulated city; every part is made when it is first asked for, the same for the same seed."""

    city: City
    book: CityBook
    rule: PlumeRule
    first: date
    last: date
    seed: int
    level_pm25: float = 36.0
    """Mean PM2.5 of the national stations over a usual year. [ug m-3]"""
    stopped: tuple[str, ...] = ()
    """Kinds of plants or surfaces that give off nothing: what if?"""
    events_given: tuple[Event, ...] | None = None
    """Episodes and dust of a scenario, in order; None: as they are drawn."""
    shift: Mapping[str, float] = field(default_factory=dict)
    """By how much indices of the weather lie higher in the stretch, see `lantian.twin.weather.INDICES`. [1]"""
    extra: tuple[Incident, ...] = ()
    """What goes wrong besides what is drawn."""
    beyond_given: float | None = None
    """Particles from beyond that a scenario takes over instead of those that bring the level about. [ug m-3]"""

    @cached_property
    def catalogue(self) -> Catalogue:
        """Plants, stacks, cells, surfaces."""
        return build_catalogue(self.city, self.book, self.seed)

    @cached_property
    def sky(self) -> Sky:
        """Weather of whole calendar years, from the one before the first day."""
        first = min(self.first, date(_SAMPLE_YEAR, 1, 1))
        weather = shared_weather(self.city, first, self.last, self.seed, self.events_given)
        weather = shifted(weather, self.shift, self.first, self.last)
        return make_sky(self.city, weather, self.seed, valley_axis=self.book.city.valley_axis_deg)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Episodes and dust, of every year of the sky."""
        if self.events_given is not None:
            return self.events_given
        return tuple(
            event for year, _ in self.sky.weather.years for event in list_events(self.city, year, self.seed)
        )

    @cached_property
    def incidents(self) -> tuple[Incident, ...]:
        """What goes wrong, in order of time."""
        drawn = plan_incidents(self.city, self.catalogue, self.sky, self.events, self.seed)
        return in_order((*drawn, *self.extra)) if self.extra else drawn

    @cached_property
    def works(self) -> Works:
        """Plants at work."""
        return run_plants(self.catalogue, self.sky, self.events, self.incidents, self.seed)

    @cached_property
    def boundary(self) -> Boundary:
        """Boundary layer of every hour of the sky."""
        return boundary_of(self.city, self.sky, self.rule)

    @cached_property
    def hours(self) -> slice:
        """Hours of the stretch within the sky."""
        days = self.sky.weather.axis.dt.date()
        inside = np.flatnonzero(((days >= self.first) & (days <= self.last)).to_numpy())
        return slice(int(inside[0]), int(inside[-1]) + 1)

    @cached_property
    def beyond(self) -> float:
        """Mean of the fine particles from beyond the city that brings the level about. [ug m-3]

        Raises
        ------
        CallerError
            The city's own sources bring more than the level already.
        """
        if self.beyond_given is not None:
            return self.beyond_given
        stations = tuple(one for one in self.city.stations if one.level is Level.NATIONAL) or self.city.stations
        own = self._own_level(stations)
        wanted = self.level_pm25 - own
        if wanted < _LEAST_BEYOND:
            raise CallerError(
                "A level of {level} µg/m³ is below what the simulated city's own sources bring, {own:.1f} µg/m³, "
                "and air from beyond. Ask for a higher level, or for fewer sources.",
                level=self.level_pm25,
                own=own,
            )
        return wanted

    def _own_level(self, stations: Sequence[Station]) -> float:
        """Mean of what the city itself adds at some stations, from one day in six of a usual year [ug m-3]."""
        usual = Making(self.city, self.book, self.rule, self.first, self.last, self.seed, self.level_pm25)
        for name in ("catalogue", "sky", "events", "incidents", "works", "boundary"):
            usual.__dict__[name] = getattr(self, name)
        years = usual.sky.weather.year
        begin, end = np.flatnonzero(years == _SAMPLE_YEAR)[[0, -1]]
        receptors = receptors_of(stations, metres_of(self.city))
        total: list[float] = []
        formed = usual.formed(slice(int(begin), int(end) + 1)).sum(axis=0)
        for day in range(int(begin), int(end) - 23, _SAMPLE):
            piece = slice(day, day + 24)
            hours, _ = plumes(usual.emitters(piece), receptors, usual.boundary, self.rule, piece)
            total.append(float(hours["pm25"].mean()) + float(formed[day - begin : day - begin + 24].mean()))
        return float(np.mean(total))

    def emitters(self, hours: slice) -> Emitters:
        """Return sources and emission of some hours."""
        chosen = np.zeros(len(self.sky.temperature), dtype=np.bool_)
        chosen[hours] = True
        return gather_emitters(self.catalogue, self.works, self.sky, metres_of(self.city), chosen, self.stopped)

    def formed(self, hours: slice) -> np.ndarray:
        """Return particles that form, (groups, hours). [ug m-3]"""
        return formed_particles(self.emitters(hours), self.sky, self.boundary, hours)

    def air(
        self, stations: Sequence[Station] | None = None, progress: Callable[[float], None] = lambda _share: None
    ) -> Air:
        """Return the true air at some stations, by default at all, and what it is made of."""
        chosen = tuple(self.city.stations if stations is None else stations)
        lead = min(self.hours.start, _LEAD)
        whole = slice(self.hours.start - lead, self.hours.stop)
        emitters = self.emitters(whole)
        formed = formed_particles(emitters, self.sky, self.boundary, whole)[:, lead:]
        emitters = emitters.after(lead)
        hours, days = plumes(
            emitters, receptors_of(chosen, metres_of(self.city)), self.boundary, self.rule, self.hours, progress
        )
        value = np.stack(
            list(finish_air(chosen, self.sky, self.hours, hours, formed.sum(axis=0), self.beyond, self.seed))
        )
        count = value.shape[2] // 24
        groups = (*emitters.groups, *(f"formed:{name}" for name in emitters.groups), "beyond")
        daily = formed.reshape(len(formed), count, 24).mean(axis=2)
        outer = (self.beyond * beyond_particles(self.sky)[self.hours]).reshape(count, 24).mean(axis=1)
        spread = (len(groups) - len(emitters.groups), len(chosen), count)
        made = np.broadcast_to(np.vstack([daily, outer])[:, None, :].astype(np.float32), spread)
        contributions = {
            key: np.concatenate([days[key], made]) if key in {"pm25", "pm10"} else days[key] for key in FIELD
        }
        codes = tuple(one.code for one in chosen)
        return Air(codes, self.hours.start, value, hours["voc"], groups, contributions)
