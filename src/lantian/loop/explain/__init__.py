"""Where does the pollution come from: which sources, which compounds, weather or effort?

Reads ``inventory_sources``, ``inventory_processes``, ``inventory_controls``, ``inventory_measured``,
``inventory_statistics`` and ``outlet_days``; writes these five of the inventory's book, and derived from them
``inventory_emissions`` and ``inventory_totals``. Ozone days and the control list also read ``species_hours``,
``ambient_hours`` and ``weather_hours``. Editions of the book are decisions and stand in the ledger.
"""
