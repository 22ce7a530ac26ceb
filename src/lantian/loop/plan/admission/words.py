"""Words of an application: every choice and every unit as message id (申请表用词)."""

from collections.abc import Mapping

from lantian.terms.words import mark

INDUSTRIES: Mapping[str, str] = {
    "steel": mark("Steel"),
    "coking": mark("Coking"),
    "cement_clinker": mark("Cement clinker"),
    "flat_glass": mark("Flat glass"),
    "coal_power": mark("Coal-fired power"),
    "coal_chemical": mark("Coal chemistry"),
    "coal_washing": mark("Coal washing"),
    "electrolytic_aluminium": mark("Electrolytic aluminium"),
    "alumina": mark("Alumina"),
    "nonferrous": mark("Non-ferrous metals"),
    "petrochemical": mark("Petrochemistry"),
    "building_materials": mark("Building materials"),
    "mining": mark("Mining"),
    "logistics": mark("Logistics"),
    "heating": mark("Heat supply"),
    "other": mark("Other"),
}
KINDS: Mapping[str, str] = {
    "new": mark("New project"),
    "rebuilt": mark("Rebuilt project"),
    "extended": mark("Extended project"),
    "relocated": mark("Relocated project"),
}
SITES: Mapping[str, str] = {
    "logistics_park": mark("Logistics park"),
    "industrial_mining": mark("Industrial or mining enterprise"),
    "coal_storage": mark("Coal storage base"),
    "other": mark("Other"),
}
CATALOGUE: Mapping[str, str] = {
    "encouraged": mark("Encouraged class"),
    "allowed": mark("Allowed class"),
    "restricted": mark("Restricted class"),
    "eliminated": mark("Obsolete class"),
}
ENERGY_LEVELS: Mapping[str, str] = {
    "benchmark": mark("At the benchmark of energy use"),
    "between": mark("Between benchmark and baseline"),
    "below_baseline": mark("Below the baseline"),
}
MODES: Mapping[str, str] = {
    "rail": mark("Rail"),
    "pipeline": mark("Pipeline"),
    "conveyor": mark("Closed conveyor"),
    "new_energy_truck": mark("New energy vehicles"),
    "waterway": mark("Waterway"),
    "diesel_truck": mark("Diesel lorries"),
    "gas_truck": mark("Gas lorries"),
}
EMITTED: Mapping[str, str] = {
    "so2": mark("Sulphur dioxide"),
    "nox": mark("Nitrogen oxides"),
    "pm": mark("Particulate matter"),
    "voc": mark("Volatile organic compounds"),
}
AIR: Mapping[str, str] = {
    "so2": "SO₂", "no2": "NO₂", "co": "CO", "o3": "O₃", "pm10": "PM₁₀", "pm25": "PM₂.₅",
}  # fmt: skip
COAL_USES: Mapping[str, str] = {"fuel": mark("As fuel"), "raw_material": mark("As raw material")}
BOILER_FUELS: Mapping[str, str] = {
    "coal": mark("Coal"),
    "gas": mark("Gas"),
    "electricity": mark("Electricity"),
    "biomass": mark("Biomass"),
    "oil": mark("Oil"),
    "other": mark("Other"),
}
PURPOSES: Mapping[str, str] = {
    "central_heating": mark("Central heating"),
    "industrial": mark("Industrial steam and heat"),
    "power": mark("Power generation"),
}
BOILER_KINDS: Mapping[str, str] = {
    "storage_electric": mark("Storage electric boiler"),
    "condensing_gas": mark("Condensing gas boiler"),
    "other": mark("Other"),
}
FURNACES: Mapping[str, str] = {
    "heating": mark("Heating furnace"),
    "heat_treating": mark("Heat treating furnace"),
    "drying": mark("Drying furnace"),
    "melting": mark("Melting furnace"),
    "other": mark("Other"),
}
ENERGIES: Mapping[str, str] = {
    "electricity": mark("Electricity"),
    "natural_gas": mark("Natural gas"),
    "coalbed_methane": mark("Coalbed methane"),
    "desulphurised_coke_oven_gas": mark("Desulphurised coke oven gas"),
    "waste_heat": mark("Industrial waste heat"),
    "plant_heat": mark("Heat of a power plant"),
    "renewable": mark("Renewable energy"),
    "coal": mark("Coal"),
    "producer_gas": mark("Gas of a producer"),
    "petroleum_coke": mark("Petroleum coke"),
    "heavy_oil": mark("Heavy oil"),
    "other": mark("Other"),
}
VOC_KINDS: Mapping[str, str] = {
    "coating": mark("Coating"),
    "ink": mark("Ink"),
    "adhesive": mark("Adhesive"),
    "cleaner": mark("Cleaner"),
}
MINES: Mapping[str, str] = {"open_pit": mark("Open pit"), "underground": mark("Underground")}
MINE_EXCEPTIONS: Mapping[str, str] = {
    "planned_area": mark("In a planned mining area"),
    "unsafe_underground": mark("Underground working shown to be unsafe"),
}
YES_NO: Mapping[str, str] = {"yes": mark("yes"), "no": mark("no")}
SOME: Mapping[str, str] = {"yes": mark("some"), "no": mark("none")}
"""Whether a table of the form has anything."""
STATES: Mapping[str, str] = {
    "open": mark("under examination"),
    "passed": mark("admitted"),
    "refused": mark("not admitted"),
    "withdrawn": mark("withdrawn"),
}
TONNES = mark("t/a")
TEN_THOUSAND_TONNES = mark("×10,000 t/a")
STANDARD_COAL = mark("t of standard coal a year")
STEAM = mark("t/h")
MEGAWATTS = mark("MW")
KILOMETRES = mark("km")
PERCENT = "%"
