"""Lists of plants, stations and boilers: rows in and out, how far they are."""
