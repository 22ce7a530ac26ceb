"""Why an inventory differs from last year's: activity, factor, devices, new and closed (清单变化归因)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

EFFECTS = ("activity", "factor", "control", "new", "closed")


@dataclass(frozen=True, slots=True)
class Made:
    """What one row of an inventory was made of."""

    source: str
    process: str
    pollutant: str
    category: str
    amount: float
    """[t]"""
    activity: float | None
    """In `unit`; None where a measurement stands for a whole source."""
    unit: str
    left: float
    """Share that devices leave. [1]"""


@dataclass(frozen=True, slots=True)
class Change:
    """How far one row moved, and why; the five effects add up to the difference (变化分解)."""

    source: str
    process: str
    pollutant: str
    before: float
    """[t]"""
    after: float
    """[t]"""
    activity: float = 0.0
    """More or less was done. [t]"""
    factor: float = 0.0
    """Another factor, method, fuel quality or category. [t]"""
    control: float = 0.0
    """Devices leave another share. [t]"""
    new: float = 0.0
    """[t]"""
    closed: float = 0.0
    """[t]"""

    @property
    def difference(self) -> float:
        """[t]."""
        return self.after - self.before

    @property
    def effects(self) -> float:
        """Sum of the five. [t]."""
        return self.activity + self.factor + self.control + self.new + self.closed


def differences(before: Iterable[Made], after: Iterable[Made]) -> tuple[Change, ...]:
    """Explain the difference of two inventories row by row.

    An amount is activity × factor × what devices leave; each of the three gets the mean of what its change brings
    in every order in which the three can change (Shapley), so that nothing is left over and zeros do no
    harm. A measured amount has the factor that it implies, so that a change of method counts as one of the factor.
    A process that is counted in another unit or category has changed its factor as a whole.

    Parameters
    ----------
    before, after : iterable of Made
        Rows of the two inventories.

    Returns
    -------
    tuple of Change
        One for each row of either, in the order of sources, processes and pollutants.

    Examples
    --------
    >>> old = Made("kiln", "1", "so2", "brick", 100.0, 10.0, "t", 0.5)
    >>> new = Made("kiln", "1", "so2", "brick", 60.0, 12.0, "t", 0.25)
    >>> [change] = differences([old], [new])
    >>> round(change.activity, 6), round(change.factor, 6), round(change.control, 6)
    (15.0, 0.0, -55.0)
    """
    old, new = _keyed(before), _keyed(after)
    _as_wholes(old, new)
    known = {key[:2] for key in old}, {key[:2] for key in new}
    return tuple(
        _change(key, old.get(key), new.get(key), stays=key[:2] in known[0] and key[:2] in known[1])
        for key in sorted({*old, *new})
    )


_Key = tuple[str, str, str]


def _keyed(rows: Iterable[Made]) -> dict[_Key, Made]:
    return {(row.source, row.process, row.pollutant): row for row in rows}


def _as_wholes(old: dict[_Key, Made], new: dict[_Key, Made]) -> None:
    """Join the processes of a source and pollutant where the other inventory knows only the source as a whole."""
    whole = [{(row.source, row.pollutant) for row in each.values() if not row.process} for each in (old, new)]
    for subject in whole[0] ^ whole[1]:
        for each in (old, new):
            mine = [key for key, row in each.items() if (row.source, row.pollutant) == subject]
            rows = [each.pop(key) for key in mine]
            if rows:
                joined = replace(rows[0], process="", amount=sum(row.amount for row in rows), activity=None)
                each[subject[0], "", subject[1]] = joined


def _change(key: _Key, old: Made | None, new: Made | None, *, stays: bool) -> Change:
    """Explain one row; where its process stays and it alone comes or goes, a factor came or went."""
    if old is None and new is not None:
        came = Change(*key, before=0.0, after=new.amount)
        return replace(came, factor=new.amount) if stays else replace(came, new=new.amount)
    if new is None and old is not None:
        went = Change(*key, before=old.amount, after=0.0)
        return replace(went, factor=-old.amount) if stays else replace(went, closed=-old.amount)
    if old is None or new is None:
        msg = "a key stands in one of the two inventories"
        raise ValueError(msg)
    parts_old, parts_new = _parts(old), _parts(new)
    if parts_old is None or parts_new is None or (old.category, old.unit) != (new.category, new.unit):
        return Change(*key, before=old.amount, after=new.amount, factor=new.amount - old.amount)
    factor_old = parts_old[1] if parts_old[1] is not None else parts_new[1] or 0.0  # unknown: taken as it is now
    factor_new = parts_new[1] if parts_new[1] is not None else factor_old
    activity, factor, control = _shapley(
        (parts_old[0], factor_old, parts_old[2]), (parts_new[0], factor_new, parts_new[2])
    )
    rest = (new.amount - old.amount) - (activity + factor + control)  # of rounding, in the last digits
    return Change(
        *key, before=old.amount, after=new.amount, activity=activity, factor=factor + rest, control=control
    )


def _parts(row: Made) -> tuple[float, float | None, float] | None:
    """Return activity, implied factor and what devices leave; None where the three do not make the amount.

    Where nothing was done, or devices leave nothing, the factor is not known.
    """
    if row.activity is None:
        return None
    done = row.activity * row.left
    if done > 0:
        return row.activity, row.amount / done, row.left
    return None if row.amount > 0 else (row.activity, None, row.left)


def _shapley(old: tuple[float, float, float], new: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return the mean contribution of each of three factors over all orders of change."""
    found = []
    for place in range(3):
        b, c = (each for each in range(3) if each != place)
        step = new[place] - old[place]
        both = old[b] * old[c] / 3 + new[b] * new[c] / 3 + (old[b] * new[c] + new[b] * old[c]) / 6
        found.append(step * both)
    return found[0], found[1], found[2]
