"""From a reading or the city's own file to an edition in the ledger, its doubts, and how it comes into force."""
