"""May a project of its kind be built, does its swap hold, how does it carry its goods? (产业与运输核查)."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from lantian.loop.plan.admission.outcome import Binding, Case, Figure, Found, Name, Said, figure, lacking, plain
from lantian.loop.plan.admission.records import Retired
from lantian.loop.plan.admission.words import CATALOGUE, INDUSTRIES, PERCENT, TEN_THOUSAND_TONNES, TONNES
from lantian.rules.records import CapacitySwap
from lantian.science.admission import required_retirement, share_of, supported_capacity
from lantian.terms.words import mark

_NO_CAPACITY = mark("The capacity that is built and retired is not given.")
_NO_HAULS = mark("It is not said what bulk goods are carried, how much and how.")
_NO_START = mark("The day on which the project is to run is not given.")


def documents(case: Case) -> Found | None:
    """Whether every paper was handed in (要件齐全)."""
    handed_in = set(case.application.documents)
    missing = [row for row in case.rule.documents if row.key not in handed_in]
    if not missing:
        return Found("pass", (Said(message=mark("All {n} papers were handed in."),
                                   values={"n": str(len(case.rule.documents))}),))  # fmt: skip
    said = tuple(
        Said(message=mark("Missing: {paper}."), names={"paper": Name(zh=row.title_zh, en=row.title)})
        for row in missing
    )
    return Found("needs_documents", said)


def catalogue(case: Case) -> Found | None:
    """Whether the industrial catalogue lets it (产业结构调整指导目录)."""
    named = case.application.catalogue
    if named is None:
        return lacking(mark("The class in the industrial catalogue is not given."))
    said = Said(message=mark("It is of the class: {named}."), words={"named": CATALOGUE[named]})
    return Found("fail" if named in {"restricted", "eliminated"} else "pass", (said,))


def no_new_capacity(case: Case) -> Found | None:
    """Whether the capacity of a closed industry grows (严禁新增产能)."""
    rule, application = case.rule, case.application
    closed = {*rule.no_new_capacity, *(rule.no_new_capacity_in_key_regions if case.key_region else ())}
    if application.built is None:
        return lacking(_NO_CAPACITY) if application.industry in closed else None
    said, figures, grows = [], [], False
    for product in sorted({row.product for row in application.built} & closed):
        built, gone = _built(case, product), sum((row.amount for row in _retired(case, product)), Decimal(0))
        more = built - gone
        grows = grows or more > 0
        message = mark("{product}: the capacity grows by {more}.") if more > 0 else mark(
            "{product}: the capacity does not grow."
        )  # fmt: skip
        said.append(Said(message=message, values={"more": plain(max(more, Decimal(0)))},
                         words={"product": INDUSTRIES[product]}))  # fmt: skip
        figures += [
            _of(product, mark("{product}: built"), built), _of(product, mark("{product}: retired"), gone),
        ]  # fmt: skip
    return Found("fail" if grows else "pass", tuple(said), tuple(figures)) if said else None


def capacity_swap(case: Case) -> Found | None:
    """Whether enough capacity retires for what is built (产能置换)."""
    rule, application = case.rule, case.application
    if application.built is None:
        return lacking(_NO_CAPACITY) if rule.swap(application.industry) is not None else None
    said: list[Said] = []
    figures: list[Figure] = []
    fails = False
    for product in sorted({row.product for row in application.built}):
        swap = rule.swap(product)
        if swap is None:
            continue
        found, numbers, short = _swap(case, product, swap)
        said += found
        figures += numbers
        fails = fails or short
    return Found("fail" if fails else "pass", tuple(said), tuple(figures)) if said else None


def _swap(case: Case, product: str, swap: CapacitySwap) -> tuple[list[Said], list[Figure], bool]:
    """Weigh one product: what is said, figures, and whether it falls short."""
    rule, words = case.rule, {"product": INDUSTRIES[product]}
    cases = {row.key for row in rule.equal_cases if row.industry == product}
    built, equal = _built(case, product), sum(
        (row.amount for row in case.application.built or () if row.product == product and row.equal_case in cases),
        Decimal(0),
    )  # fmt: skip
    if built == 0:
        return [], [], False
    pieces = _retired(case, product)
    usual = swap.ratio(key_region=case.key_region)
    ratios = [swap.ratio(key_region=case.key_region, merged=row.merged, inferior=row.inferior) for row in pieces]
    gone = sum((row.amount for row in pieces), Decimal(0))
    # what swaps one for one is served first, at its own ratio; the rest of the retired capacity serves the rest
    left = max(Fraction(gone) - Fraction(equal), Fraction(0))
    share = left / Fraction(gone) if gone else Fraction(0)
    supported = (
        min(Fraction(gone), Fraction(equal)) + supported_capacity([row.amount for row in pieces], ratios) * share
    )
    short = supported < Fraction(built)
    figures = [
        _of(product, mark("{product}: built"), built),
        _of(product, mark("{product}: ratio to 1"), usual if equal < built else Decimal(1), ""),
        _of(product, mark("{product}: to be retired at it"), required_retirement(built - equal, usual) + equal),
        _of(product, mark("{product}: retired"), gone),
        _of(product, mark("{product}: allowed by what retires"), supported),
    ]
    said = []
    if swap.paused:
        said.append(
            Said(message=mark("{product}: the swap is suspended ({source})."), values={"source": swap.source},
                 words=words)
        )  # fmt: skip
    if short:
        lack = (Fraction(built) - supported) * Fraction(usual)
        message = mark("{product}: {lack} (10,000 t/a) more must retire at {ratio} to 1.")
        values = {"lack": _up(lack), "ratio": plain(usual)}
        said.append(Said(message=message, values=values, words=words))
    elif not swap.paused:
        said.append(Said(message=mark("{product}: enough capacity retires."), words=words))
    unknown = mark("{product}: no equal swap is known as {case}; it was weighed at the usual ratio.")
    said += [
        Said(message=unknown, values={"case": row.equal_case}, words=words)
        for row in case.application.built or ()
        if row.product == product and row.equal_case and row.equal_case not in cases
    ]
    return said, figures, short or swap.paused


def shut_before_start(case: Case) -> Found | None:
    """Whether retired capacity closes before the new one runs (先关后投)."""
    application = case.application
    pieces = [row for row in application.retired or () if row.product not in case.rule.swap_exempt]
    if not pieces:
        return None
    start = application.starts_on
    if start is None:
        return lacking(_NO_START)
    open_ended = [row.name for row in pieces if row.shut_on is None]
    late = [row for row in pieces if row.shut_on is not None and row.shut_on >= start]
    said = [
        Said(message=mark("{name} closes on {day}, not before the project runs on {start}."),
             values={"name": row.name, "day": str(row.shut_on), "start": str(start)})
        for row in late
    ]  # fmt: skip
    said += [
        Said(message=mark("It is not given when {name} closes."), values={"name": name}) for name in open_ended
    ]
    if late:
        return Found("fail", tuple(said))
    if open_ended:
        return Found("needs_documents", tuple(said))
    values = {"n": str(len(pieces)), "start": str(start)}
    return Found("pass", (Said(message=mark("All {n} close before the project runs on {start}."), values=values),))


def energy_benchmark(case: Case) -> Found | None:
    """Whether it reaches the benchmark of energy use (能效标杆水平)."""
    if case.application.industry not in case.rule.benchmark_industries:
        return None
    level = case.application.energy_level
    if level is None:
        return lacking(mark("The level of energy use is not given."))
    if level == "benchmark":
        return Found("pass", (Said(message=mark("It reaches the benchmark of energy use.")),))
    return Found("fail", (Said(message=mark("It does not reach the benchmark of energy use.")),))


def clean_transport(case: Case) -> Found | None:
    """Whether bulk goods go a clean way (清洁运输)."""
    rule, check = case.rule, case.rule.check("clean_transport")
    if case.application.hauls is None:
        return lacking(_NO_HAULS)
    total, share = _transport(case)
    binding: Binding | None = None
    firm_from = rule.bulk_transport_from
    if check is not None and firm_from is not None:
        binding = rule.binding_of(check) if total >= firm_from else "principle"
    figures = [
        figure(mark("Bulk goods"), total, TONNES),
        figure(mark("Share of clean transport"), share, PERCENT),
        figure(mark("Share wanted"), rule.clean_transport_share, PERCENT),
    ]
    if firm_from is not None:
        figures.append(figure(mark("Clean transport binds from"), firm_from, TONNES))
    if share is None:
        return Found("pass", (Said(message=mark("No bulk goods are carried.")),), tuple(figures), binding)
    values = {"share": plain(share), "wanted": plain(rule.clean_transport_share)}
    if share >= Fraction(rule.clean_transport_share):
        said = Said(message=mark("{share} % of the bulk goods go a clean way."), values=values)
        return Found("pass", (said,), tuple(figures), binding)
    said = Said(
        message=mark("Only {share} % of the bulk goods go a clean way; {wanted} % are wanted."), values=values
    )
    return Found("fail", (said,), tuple(figures), binding)


def rail_connection(case: Case) -> Found | None:
    """Whether a large bulk site has a siding or a pipeline (铁路专用线)."""
    application, rule = case.application, case.rule
    if application.site not in rule.rail_sites or application.kind not in {"new", "relocated"}:
        return None
    if rule.rail_site_from is None:
        return None
    if application.hauls is None:
        return lacking(_NO_HAULS)
    total, _ = _transport(case)
    if total < rule.rail_site_from:
        return None
    figures = (figure(mark("Bulk goods"), total, TONNES), figure(mark("Binds from"), rule.rail_site_from, TONNES))
    piped = any(row.mode == "pipeline" and row.amount > 0 for row in application.hauls)
    if application.rail_siding or piped:
        return Found("pass", (Said(message=mark("It is joined to a siding or pipeline.")),), figures)
    if application.rail_siding is None:
        return Found(
            "needs_documents", (Said(message=mark("It is not said whether there is a siding.")),), figures
        )
    return Found("fail", (Said(message=mark("It has neither siding nor pipeline.")),), figures)


def voc_products(case: Case) -> Found | None:
    """Whether it makes or uses what holds much VOC (高VOCs含量产品)."""
    rows = case.application.voc_products
    if rows is None:
        return lacking(mark("It is not said whether coatings, inks, glues or cleaners are made or used."))
    if not rows:
        return None
    high = [Said(message=mark("{name} holds much VOC."), values={"name": row.name}) for row in rows if row.high]
    if high:
        return Found("fail", tuple(high))
    untested = [
        Said(message=mark("{name}: a test report of its VOC content is missing."), values={"name": row.name})
        for row in rows
        if row.high is None
    ]
    if untested:
        return Found("needs_documents", tuple(untested))
    return Found(
        "pass", (Said(message=mark("Every product ({n}) holds little VOC."), values={"n": str(len(rows))}),)
    )


def open_pit(case: Case) -> Found | None:
    """Whether it opens a mine to the sky (露天矿山)."""
    rows = case.application.mines
    if rows is None:
        return lacking(mark("It is not said which mines are opened.")) if _is_mining(case) else None
    pits = [row for row in rows if row.kind == "open_pit"]
    if not pits:
        return None
    refused = [row for row in pits if row.exception is None]
    if refused:
        return Found(
            "fail", tuple(Said(message=mark("{name} is an open pit without ground for an exception."),
                               values={"name": row.name}) for row in refused)
        )  # fmt: skip
    unproved = [row for row in pits if not row.proof]
    if unproved:
        return Found(
            "needs_documents",
            tuple(Said(message=mark("{name}: the paper for the exception is missing."), values={"name": row.name})
                  for row in unproved),
        )  # fmt: skip
    return Found("pass", (Said(message=mark("The exception is shown for every open pit.")),))


def mine_transport(case: Case) -> Found | None:
    """Whether a new mine builds a siding or carries otherwise clean (矿山清洁运输)."""
    application = case.application
    if not application.mines or application.kind != "new":
        return None
    if application.rail_siding:
        return Found("pass", (Said(message=mark("It is joined to a siding or pipeline.")),))
    if application.hauls is None:
        return lacking(_NO_HAULS)
    _, share = _transport(case)
    figures = (
        figure(mark("Share of clean transport"), share, PERCENT),
        figure(mark("Share wanted"), case.rule.clean_transport_share, PERCENT),
    )
    if share is None or share >= Fraction(case.rule.clean_transport_share):
        return Found("pass", (Said(message=mark("Its goods go a clean way.")),), figures)
    return Found("fail", (Said(message=mark("It has no siding, and its goods do not go a clean way.")),), figures)


def _of(product: str, label: str, value: Decimal | Fraction, unit: str = TEN_THOUSAND_TONNES) -> Figure:
    return Figure(label=Said(message=label, words={"product": INDUSTRIES[product]}), value=plain(value), unit=unit)


def _is_mining(case: Case) -> bool:
    return case.application.industry == "mining"


def _built(case: Case, product: str) -> Decimal:
    return sum((row.amount for row in case.application.built or () if row.product == product), Decimal(0))


def _retired(case: Case, product: str) -> Sequence[Retired]:
    return [row for row in case.application.retired or () if row.product == product]


def _transport(case: Case) -> tuple[Decimal, Fraction | None]:
    """All bulk goods [t/a] and the share of clean ways [%]."""
    amounts: dict[str, Decimal] = {}
    for row in case.application.hauls or ():
        amounts[row.mode] = amounts.get(row.mode, Decimal(0)) + row.amount
    return sum(amounts.values(), Decimal(0)), share_of(amounts, case.rule.clean_modes)


def _up(value: Fraction) -> str:
    """Write what is missing, never less than it is."""
    shown = plain(value)
    return shown if Fraction(shown) >= value else plain(Fraction(shown) + Fraction(1, 100))
