import numpy as np
import pytest

from lantian.science.quality import source

SO2, NOX, PM, O2, FLOW = "a21026", "a21002", "a34013", "a19001", "a00000"


@pytest.fixture
def stack() -> np.ndarray:
    """Ten days of SO2, NOx and O2 of a stack at work."""
    rng = np.random.default_rng(5)
    hours = 240
    load = 1 + 0.1 * np.sin(np.arange(hours) / 9)
    return np.round(np.stack([20 * load, 35 * load, np.full(hours, 9.0)]) * rng.normal(1, 0.05, (3, hours)), 2)


FACTORS = (SO2, NOX, O2)


def test_a_running_stack_raises_no_doubt(stack, quality) -> None:
    runs = np.ones(stack.shape[1], dtype=bool)
    assert source.frozen(stack, FACTORS, runs, quality.stack) == []
    assert source.copied_channels(stack, FACTORS, quality.stack) == []
    assert source.repeated_stretches(stack, FACTORS, quality.stack) == []
    assert source.oxygen_near_air(stack[2], runs, quality.stack) == []


def test_a_frozen_analyser_is_named_while_gas_flows_and_not_while_it_stands(stack, quality) -> None:
    stack[0, 50:60] = 18.0
    flowing = np.ones(stack.shape[1], dtype=bool)
    [one] = source.frozen(stack, FACTORS, flowing, quality.stack)
    assert (one.channel, one.first, one.last, one.evidence["while_running"]) == (SO2, 50, 59, 10)
    standing = flowing.copy()
    standing[50:60] = False
    assert source.frozen(stack, FACTORS, standing, quality.stack) == []
    [unknown] = source.frozen(stack, FACTORS, None, quality.stack)
    assert unknown.evidence["while_running"] is None


def test_values_at_the_detection_limit_are_not_frozen(stack, quality) -> None:
    stack[0, 50:90] = 0.5
    assert source.frozen(stack, FACTORS, None, quality.stack) == []


def test_minutes_have_their_own_length(stack, quality) -> None:
    stack[0, 50:100] = 18.0
    assert source.frozen(stack, FACTORS, None, quality.stack, minutes=1) == []
    stack[0, 50:115] = 18.0
    assert source.frozen(stack, FACTORS, None, quality.stack, minutes=1)[0].length == 65
    assert source.frozen(stack[:, :57], FACTORS, None, quality.stack, minutes=10)[0].length == 7


def test_flow_decides_what_runs_by_its_own_height(quality) -> None:
    assert source.running(np.array([100.0, 10.0, 90.0, np.nan]), quality.stack).tolist() == [
        True,
        False,
        True,
        False,
    ]
    assert not source.running(np.array([np.nan, np.nan]), quality.stack).any()
    assert not source.running(np.zeros(3), quality.stack).any()


def test_air_in_the_probe_is_named_only_while_gas_flows(stack, quality) -> None:
    oxygen = stack[2].copy()
    oxygen[10:20] = 20.6
    runs = np.ones(len(oxygen), dtype=bool)
    runs[10:17] = False
    [one] = source.oxygen_near_air(oxygen, runs, quality.stack)
    assert (one.first, one.last, one.evidence["oxygen"]) == (17, 19, 20.6)


def test_flow_under_a_stop_is_named(quality) -> None:
    runs, stopped = np.array([True, True, False]), np.array([False, True, True])
    [one] = source.stopped_but_flowing(runs, stopped)
    assert (one.code, one.first, one.last) == ("stopped_but_flowing", 1, 1)


def test_a_channel_that_carries_another_s_signal_is_found_and_related_ones_are_not(stack, quality) -> None:
    swapped = stack.copy()
    swapped[0, 24:96] = 0.5 * swapped[2, 24:96] + 1
    [one] = source.copied_channels(swapped, FACTORS, quality.stack)
    assert (one.channel, one.evidence["other"], one.first, one.last) == (SO2, O2, 24, 95)
    related = np.stack([stack[1], 0.9 * stack[1]])
    assert source.copied_channels(related, (NOX, "a21003"), quality.stack) == []


def test_two_constant_channels_are_not_copies(quality) -> None:
    still = np.full((2, 48), 3.0)
    assert source.copied_channels(still, (SO2, O2), quality.stack) == []


def test_yesterday_sent_again_is_found(stack, quality) -> None:
    stack[1, 100:112] = stack[1, 76:88]
    [one] = source.repeated_stretches(stack, FACTORS, quality.stack)
    assert (one.channel, one.first, one.last, one.evidence["hours_before"]) == (NOX, 100, 111, 24)


def test_a_coarse_instrument_that_repeats_itself_is_not_doubted(quality) -> None:
    coarse = np.tile([3.0, 4.0], 120)[None]
    assert source.repeated_stretches(coarse, (SO2,), quality.stack) == []


def test_hours_that_come_together_late_are_one_delivery(quality) -> None:
    delay = np.full(48, 3.0)
    batch = np.arange(48.0)
    delay[10:20], batch[10:20] = np.arange(1000, 400, -60)[:10], 99.0
    [one] = source.deliveries(delay, batch, quality.stack)
    assert (one.code, one.first, one.last) == ("late_delivery", 10, 19)
    assert one.evidence["longest_delay_hours"] == pytest.approx(16.67)


def test_hours_that_arrive_before_they_are_over_show_a_fast_clock(quality) -> None:
    delay = np.array([3.0, -20.0, -22.0, 3.0])
    [one] = source.deliveries(delay, np.arange(4.0), quality.stack)
    assert (one.code, one.first, one.last, one.evidence["minutes"]) == ("clock_ahead", 1, 2, 22.0)
