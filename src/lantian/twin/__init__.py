"""A simulated city for demonstration, training, tests and load (模拟城市); only its own command imports it.

Question: what would a plausible year of station hours look like in this city?
Reads: a city's folder, with the invented factors of ``twin.csv`` where there are any.
Writes: nothing; it hands out frames whose every row says ``simulated``.

The numbers are statistics, not physics: season, hour, weekday, a shared weather and noise, drawn so that means,
ratios and persistence look right. No emission, wind or chemistry stands behind them, so nothing may be concluded
from them about sources or effects; they are to give way to a twin driven by dispersion. Stations that exist get
simulated hours too, always marked; no event here is anybody's breach.
"""

from lantian.twin.hours import simulate_hours
from lantian.twin.weather import Event, list_events

__all__ = ["Event", "list_events", "simulate_hours"]
