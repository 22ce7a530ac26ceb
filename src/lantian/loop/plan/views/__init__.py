"""How it stands, for one body, one county, one measure, the whole plan; and the papers that say so."""
