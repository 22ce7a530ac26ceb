import numpy as np

from lantian.science.quality.drift import drifts
from lantian.science.quality.neighbours import peer_median

PM25 = 5


def by_day(hours: np.ndarray) -> np.ndarray:
    return hours.reshape(len(hours), -1, 24, 6)


def test_steady_stations_do_not_drift(air, everyone, quality) -> None:
    hours = air()
    peers = peer_median(hours, everyone(6), 2)
    assert drifts(by_day(hours), by_day(peers), quality.drift, quality.neighbours) == []


def test_a_slow_loss_of_sensitivity_is_named_with_its_size(air, everyone, quality) -> None:
    hours = air()
    hours[1, :, PM25] *= np.linspace(1.0, 0.4, hours.shape[1])
    peers = peer_median(hours, everyone(6), 2)
    [one] = drifts(by_day(hours), by_day(peers), quality.drift, quality.neighbours)
    assert (one.code, one.place, one.channel) == ("drift", 1, "pm25")
    assert -0.65 < one.evidence["change"] < -0.35
    assert one.evidence["low"] < one.evidence["change"] < one.evidence["high"] < 0


def test_too_few_days_say_nothing(air, everyone, quality) -> None:
    hours = air(days=10)
    hours[1, :, PM25] *= np.linspace(1.0, 0.2, hours.shape[1])
    peers = peer_median(hours, everyone(6), 2)
    assert drifts(by_day(hours), by_day(peers), quality.drift, quality.neighbours) == []
