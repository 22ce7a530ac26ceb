"""What do the instruments say, and may we believe them?

Reads the journal of the gateway, the register of devices, and the tables that it filled itself. It writes
`source_readings`, `power_readings` and `ambient_hours` into the lake, and into the ledger devices, quarantined
senders, settings of instruments, requests to them, and every decision about them with its entry in the chain.
"""
