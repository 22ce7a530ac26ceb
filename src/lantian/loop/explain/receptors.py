"""Source-receptor relations kept in the lake: computed once, read ever after (源-受体关系缓存)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from hashlib import sha256

import numpy as np
import polars as pl

import lantian
from lantian.loop.explain.receptor_tables import SOURCE_RECEPTOR, TRANSFER_RUNS
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary.records import Boundary
from lantian.science.plume.model import transfer
from lantian.science.plume.records import Groups, Options, Outside, Periods, Receptors, Sources, Transfer
from lantian.store.lake import Lake
from lantian.terms.errors import CallerError


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Everything that decides a source-receptor relation."""

    sources: Sources
    receptors: Receptors
    names: tuple[str, ...]
    """Of the receptors."""
    boundary: Boundary
    rule: PlumeRule
    periods: Periods
    groups: Groups
    species: tuple[str, ...]
    options: Options = field(default_factory=Options)

    def __post_init__(self) -> None:
        if len(self.names) != len(self.receptors) or len(set(self.names)) < len(self.names):
            raise CallerError(
                "{n} names for {receptors} receptors: each needs one of its own, or rows could not be told apart.",
                n=len(self.names),
                receptors=len(self.receptors),
            )

    @property
    def run(self) -> str:
        """Key of the relation: equal for equal questions to an equal version of the code and of the rule."""
        held = sha256()
        for part in (self.sources, self.receptors, self.boundary, self.periods, self.groups):
            for column in fields(part):
                value = getattr(part, column.name)
                held.update(f"{type(part).__name__}.{column.name}".encode())
                if isinstance(value, np.ndarray):
                    held.update(f"{value.dtype.str}{value.shape}".encode())
                    held.update(np.ascontiguousarray(value).tobytes())
                else:
                    held.update(json.dumps(value).encode())
        words = [
            self.names,
            self.species,
            self.options.identity(),
            self.rule.model_dump_json(),
            lantian.__version__,
        ]
        held.update(json.dumps(words).encode())
        return held.hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A relation and where it stands."""

    run: str
    transfer: Transfer
    computed: bool
    """False where the lake had it."""


def transfer_kept(lake: Lake, question: Question, *, title: str, simulated: bool) -> Kept:
    """Return a source-receptor relation from the lake, or compute it and keep it there.

    Parameters
    ----------
    lake : Lake
        Holds the tables of source-receptor relations.
    question : Question
        What decides it.
    title : str
        What it is made for; no part of its key.
    simulated : bool
        Whether sources or weather are simulated.

    Returns
    -------
    Kept
    """
    run = question.run
    held = find_transfer(lake, run)
    if held is not None:
        return Kept(run, held, computed=False)
    found = transfer(
        question.sources,
        question.receptors,
        question.boundary,
        question.rule,
        question.periods,
        question.groups,
        species=question.species,
        options=question.options,
    )
    said = {"simulated": simulated, "code_version": lantian.__version__}
    lake.append(
        SOURCE_RECEPTOR, _rows(run, found, question.names).with_columns(**{k: pl.lit(v) for k, v in said.items()})
    )
    words = {
        "species": found.species,
        "groups": found.groups,
        "receptors": question.names,
        "periods": found.periods,
        "options": dict(question.options.identity()),
    }
    row = {
        "run": run,
        "title": title,
        **{name: json.dumps(value, ensure_ascii=False) for name, value in words.items()},
        "sources": len(question.sources),
        **{each.name: getattr(found.outside, each.name) for each in fields(Outside)},
        "rule": question.rule.id,
        **said,
    }
    # last: a relation of which a part was written is not found, and computed anew
    lake.append(TRANSFER_RUNS, pl.DataFrame([row], schema={c.name: c.dtype for c in TRANSFER_RUNS.columns}))
    return Kept(run, found, computed=True)


def find_transfer(lake: Lake, run: str) -> Transfer | None:
    """Return a kept relation by its key, or None."""
    heads = lake.read(TRANSFER_RUNS, where=pl.col("run") == run).to_dicts()
    if not heads:
        return None
    head = heads[0]
    species, groups, receptors, periods = (
        tuple(json.loads(head[name])) for name in ("species", "groups", "receptors", "periods")
    )
    rows = lake.read(SOURCE_RECEPTOR, where=pl.col("run") == run)
    shape = tuple(len(names) for names in (species, groups, receptors, periods))
    places = [
        rows[column].replace_strict({name: n for n, name in enumerate(names)}, return_dtype=pl.Int64).to_numpy()
        for column, names in zip(
            ("species", "group", "receptor", "period"), (species, groups, receptors, periods), strict=True
        )
    ]
    values = np.full(shape, np.nan)
    values[tuple(places)] = rows["value"].fill_null(np.nan).to_numpy()
    hours = np.zeros(len(periods), dtype=np.int64)
    hours[places[3]] = rows["hours"].to_numpy()
    return Transfer(
        species, groups, periods, values, hours, Outside(**{f.name: head[f.name] for f in fields(Outside)})
    )


def _rows(run: str, found: Transfer, names: Sequence[str]) -> pl.DataFrame:
    """One row a number of the matrix."""
    shape = found.values.shape
    axes = [
        np.asarray(words, dtype=object) for words in (found.species, found.groups, tuple(names), found.periods)
    ]
    places = np.indices(shape).reshape(4, -1)
    columns = {
        name: pl.Series(axis[place].tolist(), dtype=pl.String())
        for name, axis, place in zip(("species", "group", "receptor", "period"), axes, places, strict=True)
    }
    values = pl.Series(found.values.astype(np.float64).ravel()).fill_nan(None)
    return pl.DataFrame({**columns, "value": values, "hours": found.hours[places[3]]}).with_columns(
        pl.lit(run).alias("run")
    )
