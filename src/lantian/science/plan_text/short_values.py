"""What a reading says, as one short line that two editions can be compared by."""

from decimal import Decimal

from lantian.science.plan_text.records import Comparator, Deadline, Indicator, Target

ASPIRED = "力争"


def time_value(row: Deadline) -> str:
    """Return a deadline as kind, day or rhythm, and whether it is only aspired to (力争).

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.science.plan_text.records import Span, When
    >>> time_value(Deadline("2024年底前", Span(0, 7), When.BY, date(2024, 12, 31), firm=False))
    'by 2024-12-31 力争'
    """
    day = row.start or row.day
    words = (row.kind.value, day.isoformat() if day else row.every or row.text, "" if row.firm else ASPIRED)
    return " ".join(word for word in words if word)


def indicator_value(row: Indicator) -> str:
    """Return an indicator as scope, comparator, number and unit, and what it is held against.

    Examples
    --------
    >>> from lantian.science.plan_text.records import IndicatorKind, Span
    >>> words = ("占比", Span(0, 2), "占比", IndicatorKind.GOAL, Comparator.AT_LEAST)
    >>> indicator_value(Indicator(*words, value=Decimal("5.0"), unit="%", firm=False))
    '>= 5 % 力争'
    """
    words = (
        row.scope,
        _number(row.comparator, row.value, row.value_to),
        row.unit,
        _against(row.baseline, row.change),
        row.direction if row.value is not None else "",
        f"by {row.by.isoformat()}" if row.by else "",
        "" if row.firm else ASPIRED,
    )
    return " ".join(word for word in words if word)


def target_value(row: Target) -> str:
    """Return a target as how hard it binds, whom and what it is about, its value and its years.

    Examples
    --------
    >>> from lantian.science.plan_text.records import Span, TargetKind
    >>> target_value(Target("", Span(0, 0), TargetKind.BINDING, ("市区",), "pm25", years=(2025,)))
    'binding 市区 pm25 2025'
    """
    words = (
        row.kind.value,
        "、".join(row.subjects),
        f"except {'、'.join(row.except_subjects)}" if row.except_subjects else "",
        row.metric or row.metric_written,
        row.direction,
        _number(row.comparator, row.value, None),
        row.unit,
        _against(row.baseline, row.change),
        "、".join(str(year) for year in row.years),
    )
    return " ".join(word for word in words if word)


def _number(comparator: Comparator | None, value: Decimal | None, upper: Decimal | None) -> str:
    """Return comparator and number; equal numbers are written alike (5 and 5.0)."""
    sign = comparator.value if comparator else ""
    if value is None:
        return sign
    number = f"{value.normalize():f}" + (f"–{upper.normalize():f}" if upper is not None else "")
    return f"{sign} {number}".strip()


def _against(baseline: int | None, change: bool) -> str:
    if baseline is not None:
        return f"against {baseline}"
    return "change" if change else ""
