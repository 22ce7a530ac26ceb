"""What does the project emit and burn, and what must go for it? (排放、用煤与锅炉核查)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from lantian.loop.plan.admission.outcome import Case, Figure, Found, Name, Said, figure, lacking, plain
from lantian.loop.plan.admission.records import Boiler, HeatSource, PowerUnit
from lantian.loop.plan.admission.words import (
    AIR,
    BOILER_KINDS,
    EMITTED,
    ENERGIES,
    KILOMETRES,
    MEGAWATTS,
    STANDARD_COAL,
    STEAM,
    TONNES,
)
from lantian.rules.records import EmissionDriver
from lantian.science.admission import CoalItem, coal_balance, required_reduction, within_heat_radius
from lantian.terms.words import mark

_NO_BOILERS = mark("It is not said whether boilers are built.")


# ---------------------------------------------------------------------------------------------- emissions


def regional_reduction(case: Case) -> Found | None:
    """Whether what is emitted is set off in the area (区域削减)."""
    if case.application.emissions is None:
        return lacking(mark("The yearly emissions are not given; write 0 where there are none."))
    verdicts: list[str] = []
    said: list[Said] = []
    figures: list[Figure] = []
    for driver in case.rule.reductions:
        verdict, words, numbers = _reduction(case, driver)
        verdicts.append(verdict)
        said += words
        figures += numbers
    if "fail" in verdicts:
        return Found("fail", tuple(said), tuple(figures))
    return Found("needs_documents" if "needs_documents" in verdicts else "pass", tuple(said), tuple(figures))


def _reduction(case: Case, driver: EmissionDriver) -> tuple[str, list[Said], list[Figure]]:
    """Weigh one pollutant; where its state is not known, both ratios are tried."""
    pollutant, rule = driver.pollutant, case.rule
    named = {"pollutant": EMITTED[pollutant]}
    rows = [row.amount for row in case.application.emissions or () if row.pollutant == pollutant]
    if not rows:
        return "needs_documents", [Said(message=mark("{pollutant}: the emission is not given."), words=named)], []
    emitted = sum(rows, Decimal(0))
    if emitted == 0:
        return "pass", [], []
    over = [one for one in driver.driven_by if case.air.get(one) is False]
    unknown = [one for one in driver.driven_by if one not in case.air]
    offered, late = _offered(case, pollutant)
    least = required_reduction(emitted, rule.reduction_exceeding if over else rule.reduction_attaining)
    most = required_reduction(emitted, rule.reduction_exceeding if over or unknown else rule.reduction_attaining)
    said = list(late)
    if over:
        message = mark("{pollutant}: {drivers} exceed their limits, so it is set off {ratio} to 1.")
        ratio, drivers = rule.reduction_exceeding, over
    elif unknown:
        message = mark("{pollutant}: whether {drivers} attain is not known.")
        ratio, drivers = rule.reduction_exceeding, unknown
    else:
        message = mark("{pollutant}: {drivers} attain, so it is set off {ratio} to 1.")
        ratio, drivers = rule.reduction_attaining, list(driver.driven_by)
    values = {"drivers": ", ".join(AIR[one] for one in drivers), "ratio": plain(ratio)}
    said.append(Said(message=message, values=values, words=named))
    label = {"pollutant": EMITTED[pollutant]}
    figures = [
        _labelled(mark("{pollutant}: emission"), label, emitted),
        _labelled(mark("{pollutant}: to be set off"), label, most),
        _labelled(mark("{pollutant}: set off"), label, offered),
    ]
    if offered < least:
        short = Said(message=mark("{pollutant}: {short} t/a are not set off."), words=named,
                     values={"short": plain(least - offered)})  # fmt: skip
        return "fail", [*said, short], figures
    return ("pass" if offered >= most else "needs_documents"), said, figures


def _offered(case: Case, pollutant: str) -> tuple[Decimal, list[Said]]:
    """Return what is set off in time [t/a], and say what comes too late."""
    start, total, late = case.application.starts_on, Decimal(0), []
    for row in case.application.reductions or ():
        if row.pollutant != pollutant:
            continue
        if start is not None and row.done_on is not None and row.done_on >= start:
            late.append(
                Said(message=mark("{source}: done on {day}, not before the project runs; it does not count."),
                     values={"source": row.source, "day": str(row.done_on)})
            )  # fmt: skip
            continue
        total += row.amount
    return total, late


def _labelled(message: str, words: dict[str, str], value: Decimal) -> Figure:
    return Figure(label=Said(message=message, words=words), value=plain(value), unit=TONNES)


# ---------------------------------------------------------------------------------------------- coal


def coal_replacement(case: Case) -> Found | None:
    """Whether the coal that it burns is saved elsewhere (煤炭减量替代)."""
    application, rule = case.application, case.rule
    if application.coal is None:
        return lacking(mark("It is not said whether coal is used."))
    if not application.coal:
        return None
    named = [row.fuel for row in application.coal] + [row.fuel for row in application.coal_savings or ()]
    strange = sorted({fuel for fuel in named if rule.fuel(fuel) is None})
    if strange:
        return lacking(mark("No factor for {fuels} is known: name a coal of the rule."), fuels=", ".join(strange))
    used, saved, refused = _coal(case)
    strictly = rule.coal_more_in_key_regions and case.key_region
    balance = coal_balance(used, saved, rule.coal_ratio, strictly=strictly)
    figures = (
        figure(mark("Coal newly used"), balance.used, STANDARD_COAL),
        figure(mark("Not counted (gangue, raw material)"), balance.uncounted, STANDARD_COAL),
        figure(mark("At least to be saved"), balance.required, STANDARD_COAL),
        figure(mark("Coal saved"), balance.saved, STANDARD_COAL),
        figure(mark("Saved in ways that do not count"), balance.refused, STANDARD_COAL),
    )
    if balance.holds:
        return Found("pass", (*refused, Said(message=mark("Enough coal is saved."))), figures)
    if application.industry in rule.coal_guaranteed:
        if application.coal_guaranteed:
            said = Said(message=mark("The energy authority guarantees its coal; no more has to be saved."))
            return Found("pass", (*refused, said), figures)
        if application.coal_guaranteed is None:
            said = Said(message=mark("Too little coal is saved; is its coal guaranteed by the energy authority?"))
            return Found("needs_documents", (*refused, said), figures)
    message = (
        mark("More than {required} t of standard coal must be saved; {saved} t are.")
        if strictly
        else mark("{required} t of standard coal must be saved; {saved} t are.")
    )
    values = {"required": plain(balance.required), "saved": plain(balance.saved)}
    return Found("fail", (*refused, Said(message=message, values=values)), figures)


def _coal(case: Case) -> tuple[list[CoalItem], list[CoalItem], list[Said]]:
    """Coal used, coal saved, and what is said of savings that do not count."""
    rule, application = case.rule, case.application
    allowed = {row.key for row in rule.substitutes if row.allowed}
    named = {row.key: Name(zh=row.title_zh, en=row.title) for row in rule.substitutes}
    fuels = {row.key: row for row in rule.fuels}
    used = [
        CoalItem(row.amount, fuels[row.fuel].factor, fuels[row.fuel].counted and row.use == "fuel")
        for row in application.coal or ()
    ]
    saved, refused = [], []
    for row in application.coal_savings or ():
        fuel = fuels[row.fuel]
        saved.append(CoalItem(row.amount, fuel.factor, row.by in allowed and fuel.counted))
        if row.by not in allowed:
            by = named.get(row.by, Name(zh=row.by, en=row.by))
            message = mark("{source}: burning {by} instead is no way to save coal.")
            refused.append(Said(message=message, values={"source": row.source}, names={"by": by}))
        elif not fuel.counted:
            message = mark("{source}: {fuel} does not count as coal, so that saving it does not either.")
            name = Name(zh=fuel.name_zh, en=fuel.name)
            refused.append(Said(message=message, values={"source": row.source}, names={"fuel": name}))
    return used, saved, refused


def own_coal_unit(case: Case) -> Found | None:
    """Whether it builds a coal unit of its own (自备燃煤机组)."""
    units = case.application.power_units
    if units is None:
        return lacking(mark("It is not said whether power units are built."))
    if not units:
        return None
    own = [row for row in units if row.self_owned and row.fuel == "coal"]
    if not own:
        return Found("pass", (Said(message=mark("No self-owned coal unit is built.")),))
    said = tuple(Said(message=mark("{name} is a self-owned coal unit."), values={"name": row.name}) for row in own)
    return Found("fail", said, tuple(figure("{name}", row.capacity, MEGAWATTS, name=row.name) for row in own))


# ---------------------------------------------------------------------------------------------- boilers


def small_coal_boiler(case: Case) -> Found | None:
    """Whether a small coal boiler is built (35蒸吨及以下)."""
    if case.application.boilers is None:
        return lacking(_NO_BOILERS)
    burning = _burning(case)
    if not burning:
        return None
    limit = case.rule.small_boiler_up_to
    figures = (*_sizes(burning), figure(mark("Kept at zero up to"), limit, STEAM))
    small = [row for row in burning if row.capacity is not None and row.capacity <= limit]
    if small:
        said = tuple(
            Said(message=mark("{name} burns coal and is not above {limit} t/h."),
                 values={"name": row.name, "limit": plain(limit)})
            for row in small
        )  # fmt: skip
        return Found("fail", said, figures)
    return _sized(burning) or Found("pass", (Said(message=mark("Every coal boiler is larger.")),), figures)


def coal_boiler(case: Case) -> Found | None:
    """Whether a coal boiler is built for anything but central heating (除集中供暖外)."""
    if case.application.boilers is None:
        return lacking(_NO_BOILERS)
    burning = _burning(case)
    if not burning:
        return None
    others = [row for row in burning if row.purpose != "central_heating"]
    if not others:
        return Found("pass", (Said(message=mark("Coal is burnt for central heating only.")),), _sizes(burning))
    said = tuple(
        Said(message=mark("{name} burns coal and is not for central heating."), values={"name": row.name})
        for row in others
    )
    return Found("fail", said, _sizes(others))


def boiler_kind(case: Case) -> Found | None:
    """Whether a small industrial boiler is of the kind that is preferred (优先选用)."""
    limit = case.rule.electric_boiler_up_to
    if case.application.boilers is None:
        return lacking(_NO_BOILERS)
    small = [
        row
        for row in case.application.boilers
        if row.purpose == "industrial" and row.capacity is not None and row.capacity <= limit
    ]
    if not small:
        return None
    others = [row for row in small if row.kind not in case.rule.electric_boilers]
    if not others:
        return Found("pass", (Said(message=mark("Small boilers are of the preferred kinds.")),), _sizes(small))
    said = tuple(
        Said(message=mark("{name}: {kinds} are preferred up to {limit} t/h."),
             values={"name": row.name, "limit": plain(limit)}, words=_preferred(case))
        for row in others
    )  # fmt: skip
    return Found("fail", said, _sizes(others))


def _preferred(case: Case) -> dict[str, str]:
    kinds = [BOILER_KINDS[key] for key in case.rule.electric_boilers]
    both = mark("storage electric or condensing gas boilers")
    return {"kinds": both if set(case.rule.electric_boilers) == _PREFERRED or len(kinds) != 1 else kinds[0]}


_PREFERRED = {"storage_electric", "condensing_gas"}


def heat_radius(case: Case) -> Found | None:
    """Whether a coal boiler or set would stand within reach of a large heat and power plant (供热半径)."""
    application, rule = case.application, case.rule
    if application.boilers is None:
        return lacking(_NO_BOILERS)
    burning: list[Boiler | PowerUnit] = [*_burning(case), *_small_sets(case)]
    if not burning:
        return None
    if application.heat_sources is None:
        return lacking(
            mark("Heat and power plants from {capacity} MW around are not named; write none where there is none."),
            capacity=plain(rule.heat_plant_from),
        )
    places = [_place(case, row) for row in burning]
    unknown = [row.name for row, place in zip(burning, places, strict=True) if place is None]
    if unknown:
        return lacking(mark("The place of {names} is not given."), names=", ".join(unknown))
    known = [place for place in places if place is not None]
    return _reach(case, burning, known, application.heat_sources)


def _reach(
    case: Case,
    burning: Sequence[Boiler | PowerUnit],
    places: Sequence[tuple[float, float]],
    plants: Sequence[HeatSource],
) -> Found:
    rule = case.rule
    reach = within_heat_radius(
        ([place[0] for place in places], [place[1] for place in places]),
        ([row.longitude for row in plants], [row.latitude for row in plants]),
        [float(row.capacity) for row in plants],
        least_capacity=float(rule.heat_plant_from),
        radius=float(rule.heat_radius),
    )
    figures = [figure(mark("Heat radius"), rule.heat_radius, KILOMETRES)]
    said = []
    for row, nearest, away, inside in zip(burning, reach.nearest, reach.distance, reach.inside, strict=True):
        if nearest < 0:
            continue
        plant = plants[int(nearest)]
        label = Said(message=mark("{name} to {plant}"), values={"name": row.name, "plant": plant.name})
        figures.append(Figure(label=label, value=plain(float(away)), unit=KILOMETRES))
        if inside:
            values = {"name": row.name, "plant": plant.name, "km": plain(float(away)), "mw": plain(plant.capacity)}
            said.append(
                Said(message=mark("{name} would stand {km} km from {plant} ({mw} MW): its heat is to be used."),
                     values=values)
            )  # fmt: skip
    if said:
        return Found("fail", tuple(said), tuple(figures))
    message = mark("No heat and power plant from {mw} MW lies within {km} km.")
    values = {"mw": plain(rule.heat_plant_from), "km": plain(rule.heat_radius)}
    return Found("pass", (Said(message=message, values=values),), tuple(figures))


def _place(case: Case, row: Boiler | PowerUnit) -> tuple[float, float] | None:
    """Place of a boiler, or that of the project."""
    if isinstance(row, Boiler) and row.longitude is not None and row.latitude is not None:
        return row.longitude, row.latitude
    application = case.application
    if application.longitude is None or application.latitude is None:
        return None
    return application.longitude, application.latitude


def _burning(case: Case) -> list[Boiler]:
    return [row for row in case.application.boilers or () if row.fuel == "coal"]


def _small_sets(case: Case) -> Iterator[PowerUnit]:
    """Coal-fired sets below the size of a plant that others are to be joined to."""
    for row in case.application.power_units or ():
        if row.fuel == "coal" and row.capacity < case.rule.heat_plant_from:
            yield row


def _sizes(rows: Sequence[Boiler]) -> tuple[Figure, ...]:
    return tuple(figure("{name}", row.capacity, STEAM, name=row.name) for row in rows)


def _sized(rows: Sequence[Boiler]) -> Found | None:
    """Ask for sizes that are not given."""
    unknown = [row.name for row in rows if row.capacity is None]
    return lacking(mark("The capacity of {names} is not given."), names=", ".join(unknown)) if unknown else None


# ---------------------------------------------------------------------------------------------- furnaces


def gas_producer(case: Case) -> Found | None:
    """Whether a producer of fuel gas is built (燃料类煤气发生炉)."""
    number = case.application.gas_producers
    if number is None:
        return lacking(mark("It is not said whether gas producers are built."))
    if number == 0:
        return None
    said = Said(message=mark("New gas producers for fuel that are planned: {n}."), values={"n": str(number)})
    return Found("fail", (said,), (figure(mark("New gas producers"), Decimal(number), ""),))


def furnace_energy(case: Case) -> Found | None:
    """Whether furnaces use clean energy (清洁低碳能源)."""
    rows = case.application.furnaces
    if rows is None:
        return lacking(mark("It is not said whether industrial furnaces are built."))
    meant = [row for row in rows if row.kind != "other"]
    if not meant:
        return None
    dirty = [row for row in meant if row.energy not in case.rule.clean_furnace_energies]
    if not dirty:
        values = {"n": str(len(meant))}
        return Found("pass", (Said(message=mark("Every furnace ({n}) uses clean energy."), values=values),))
    said = tuple(
        Said(message=mark("{name} uses no clean energy: {energy}."), values={"name": row.name},
             words={"energy": ENERGIES[row.energy]})
        for row in dirty
    )  # fmt: skip
    return Found("fail", said)
