"""How much does one unit of an activity give off before control, kind of source by kind of source?

Each module takes a `Work` and gives a `Made` for each pollutant; `lantian.science.inventory.calculating` chooses
the module by the category's rule.
"""
