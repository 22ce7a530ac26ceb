"""What do the instruments say, and may we believe them?

Reads the journal of the gateway, the register of devices, and the tables that it filled itself. It writes
`source_readings`, `power_readings` and `ambient_hours` into the lake, and into the ledger devices, quarantined
senders, settings of instruments, requests to them, and every decision about them with its entry in the chain.

What data are worth: it reads `ambient_hours`, `source_readings`, `micro_hours` and `weather_hours`, and writes
`quality_findings`, `micro_calibrated`, audited rows of `ambient_hours`, the recomputed emission of outlets
(`outlet_hours`, `outlet_days`) and how each instrument stood (`instrument_days`). Reviews, marks, what outlets are
by law, calibrations, the list of key units and cameras stand in the ledger, with a request to `evaluate` for every
stretch of days that a review of stations changed.
"""
