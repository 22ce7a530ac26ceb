"""Air of one hour, made to order."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary
from lantian.science.boundary.surface_layer import GRAVITY, friction_velocity, golder_class

MakeAir = Callable[..., Boundary]


@pytest.fixture(scope="session")
def plume_rule() -> PlumeRule:
    return Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))


@pytest.fixture(scope="session")
def make_air(plume_rule: PlumeRule) -> MakeAir:
    def make(
        wind: float | np.ndarray = 5.0,
        direction: float | np.ndarray = 270.0,
        length: float = np.inf,
        layer: float = 800.0,
        roughness: float = 0.1,
        rain: float = 0.0,
        sun: float = 30.0,
    ) -> Boundary:
        """Hours of one stability; `length` is the Obukhov length, negative by day."""
        speed = np.atleast_1d(np.asarray(wind, dtype=float))
        same = np.ones(len(speed))
        inverse, rough = same / length, roughness * same
        surface = plume_rule.surface
        ustar = friction_velocity(np.maximum(speed, 0.3), 10.0, rough, inverse, surface)
        kinematic = np.maximum(-inverse, 0) * ustar**3 * 283.0 / (float(surface.karman) * GRAVITY)
        return Boundary(
            hour_start=np.datetime64("2025-01-01T00", "h") + np.arange(len(speed)),
            wind_speed=speed,
            wind_direction=np.where(speed > 0, direction, np.nan),
            temperature=283.0 * same,
            sun=sun * same,
            heat_flux=kinematic * 1.25 * 1004,
            friction_velocity=ustar,
            inverse_length=inverse,
            convective_velocity=np.cbrt(GRAVITY / 283.0 * kinematic * layer),
            mixing_height=layer * same,
            mechanical_height=layer * same,
            roughness=rough,
            stability=golder_class(inverse, rough, plume_rule),
            calm=speed == 0,
            rain=rain * same,
        )

    return make
