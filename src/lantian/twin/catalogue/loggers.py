"""Who speaks for a simulated stack or meter: an MN that nobody else has, an edition, factors (数采仪编码)."""

from collections.abc import Collection

import numpy as np

from lantian.twin.catalogue.records import Logger, Meter
from lantian.wire.hj212.crc import crc16

PREFIX = "51D00000"
"""First digits of every invented MN, so that it is known at sight."""
_EDITIONS, _WEIGHTS = ("2005", "2017", "2025"), (0.05, 0.75, 0.20)
_GAS = {"so2": "a21026", "nox": "a21002", "pm": "a34013", "voc": "a24088"}
_STATE = ("a19001", "a01011", "a01012", "a01013", "a01014", "a00000")
"""Oxygen, velocity, temperature, pressure, humidity, flow."""


_DIGITS = {"2005": 14}
"""How long an MN is by the edition; 24 where it is not named."""


def mn_of(code: str, edition: str = "2017") -> str:
    """Return the MN of an invented code: hexadecimal digits, as many as the edition wants, the same every time.

    Examples
    --------
    >>> len(mn_of("SIM-POWER-140406-01-BOI")), mn_of("a") != mn_of("b"), len(mn_of("a", "2005"))
    (24, True, 14)
    """
    from hashlib import sha256

    return (PREFIX + sha256(code.encode()).hexdigest().upper())[: _DIGITS.get(edition, 24)]


def stack_logger(code: str, limits: Collection[str], rng: np.random.Generator) -> Logger:
    """Return the logger of a stack: what is limited, and the state of the gas."""
    edition = str(rng.choice(_EDITIONS, p=_WEIGHTS))
    factors = tuple(_GAS[key] for key in ("so2", "nox", "pm", "voc") if key in limits)
    return Logger(mn_of(code, edition), edition, "31", _password(code), factors + _STATE)


def station_logger(code: str, factors: tuple[str, ...]) -> Logger:
    """Return the logger of an air station."""
    return Logger(mn_of(f"station:{code}"), "2017", "22", _password(code), factors)


def meter_of(plant: str, rng: np.random.Generator) -> Meter:
    """Return the electricity meters of a plant, one for its production and one for its treatment facility.

    Only the edition of 2025 has a system code for electricity.
    """
    production, treatment = "P1", "T1"
    logger = Logger(mn_of(f"meter:{plant}"), "2025", "44", _password(plant), (production, treatment))
    size = float(rng.uniform(150.0, 2_500.0))
    return Meter(logger, production, treatment, round(size, 0), round(size * rng.uniform(0.08, 0.2), 0))


def _password(code: str) -> str:
    """Six digits that belong to a made-up device; no secret."""
    return f"{crc16(code.encode()) % 1_000_000:06d}"
