"""Words for what the tables of this room store as codes: reasons, sides, stages, metrics and columns."""

from lantian.desk.language import mark

WORDS: dict[str, str] = {
    "not_monitored": mark("not monitored"),
    "too_few_hours": mark("too few valid hours"),
    "too_few_windows": mark("too few valid 8 h windows"),
    "short_but_above_limit": mark("too few windows, yet above the limit"),
    "no_data": mark("no data"),
    "too_few_sites": mark("too few sites with a value"),
    "dust_deducted": mark("dust deducted"),
    "measured": mark("measured"),
    "valid": mark("valid"),
    "too_few_days": mark("too few valid days"),
    "too_few_in_a_month": mark("too few valid days in a month"),
    "month_below_minimum": mark("too few valid days, yet reported"),
    "no_value": mark("no figure in this period"),
    "no_base": mark("no figure in the same period of last year"),
    "exempt": mark("all six pollutants attain, so it is left off this list"),
    "original": mark("original data"),
    "audited": mark("audited data"),
    "mixed": mark("audited data where there is any"),
    "ascending": mark("smallest first"),
    "descending": mark("largest first"),
    "rank": mark("rank"),
    "improved": mark("most improved"),
    "deteriorated": mark("most deteriorated"),
    "indicator": mark("indicator"),
    "value": mark("value"),
    "iaqi": mark("sub-index"),
    "line": mark("on its segment"),
    "reason": mark("reason"),
    "hour_start": mark("start of the hour"),
    "flags": mark("flags"),
    "used": mark("used"),
    "window_end": mark("window ends at"),
    "hours": mark("hours"),
    "mean": mark("mean"),
    "station": mark("monitoring station"),
    "name": mark("name"),
    "pollutant": mark("pollutant"),
    "headline": mark("figure"),
    "limit": mark("limit"),
    "weight": mark("weight"),
    "single_index": mark("single index"),
    "legal_day": mark("legal day"),
    "code": mark("code"),
    "base_value": mark("last year"),
    "change": mark("change on last year"),
    "not_ranked": mark("why not ranked"),
    "stage": mark("stage"),
}
"""Code → message id; translate it with the reader's catalogue."""


def worded(code: str) -> str:
    """Return the message id for a code; an unknown one is written with spaces.

    Examples
    --------
    >>> worded("too_few_sites"), worded("something_new")
    ('too few sites with a value', 'something new')
    """
    return WORDS.get(code, code.replace("_", " "))
