"""Which edition of which rule judges a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from lantian.rules.choice import Choice
from lantian.rules.edition import Edition
from lantian.rules.loader import PACKAGED, RawEdition, build, read_folder
from lantian.rules.records import (
    FACTS_OF_DATA,
    SUBJECTS,
    AmbientLimits,
    AqiCategories,
    AqiRule,
    CompositeRule,
    DustRule,
    EvaluationRule,
    FlagRule,
    LowValueRule,
    RankingRule,
    StateRule,
    TrendRule,
)
from lantian.rules.rule_set import RuleSet
from lantian.terms.errors import RuleError

E = TypeVar("E", bound=Edition)
Key = tuple[str, str, str]
"""Subject, jurisdiction, one name of a variant."""


class Rulebook:
    """The law, searchable by subject, date and choice (规则库); built by `packaged` or `load`, never changed."""

    def __init__(self, layers: Sequence[Sequence[Edition]]) -> None:
        self._layers = tuple(tuple(layer) for layer in layers)
        self._by_id = {edition.id: edition for layer in self._layers for edition in layer}
        self._by_key: dict[Key, list[tuple[Edition, ...]]] = {}
        for number, layer in enumerate(self._layers):
            for key, editions in _keyed(layer).items():
                held = self._by_key.setdefault(key, [() for _ in self._layers])
                held[number] = _apart(key, editions)

    @classmethod
    def packaged(cls) -> "Rulebook":
        """Return the packaged law; read once in a process."""
        return _packaged()[0]

    @classmethod
    def load(cls, overlays: Sequence[Path] = ()) -> "Rulebook":
        """Return the packaged law with folders of a city's rules laid over it; the later folder wins.

        Parameters
        ----------
        overlays : sequence of Path
            Folders of ``*.toml`` rule files. Each edition there must say its `reason`; it overrides, for its own
            dates, the edition of the same subject, jurisdiction and variant below it.

        Raises
        ------
        RuleError
            If a folder or file cannot be read, an edition is faulty or gives no reason, or two in it overlap.
        """
        packaged, tables = _packaged()
        if not overlays:
            return packaged
        layers: list[Sequence[Edition]] = list(packaged._layers)
        known: Mapping[str, RawEdition] = tables
        for folder in overlays:
            raws = read_folder(folder)
            editions, known = build(raws, known)
            for edition in editions:
                if not (edition.reason or "").strip():
                    raise RuleError(
                        "{known}: edition {id!r} departs from the packaged law and does not say why; add reason "
                        '= "…" so that every page that uses it can print it',
                        known=known[edition.id]["_file"],
                        id=edition.id,
                    )
            layers.append(editions)
        return cls(layers)

    # ------------------------------------------------------------------------------------------ what there is

    def subjects(self) -> tuple[str, ...]:
        """Return the subjects that have any edition, in the order of documents."""
        held = {edition.subject for edition in self._by_id.values()}
        return tuple(subject for subject in SUBJECTS if subject in held)

    def editions(self, subject: str | None = None) -> tuple[Edition, ...]:
        """Return all editions, or those of one subject, in the order of `SUBJECTS`, the packaged ones first."""
        if subject is not None:
            self._known_subject(subject)
        order = list(SUBJECTS)
        found = [edition for edition in self._by_id.values() if subject in (None, edition.subject)]
        return tuple(sorted(found, key=lambda edition: order.index(edition.subject)))

    def by_id(self, id: str) -> Edition:  # noqa: A002 - the field of the record has this name
        """Return the edition with this id."""
        try:
            return self._by_id[id]
        except KeyError:
            near = get_close_matches(id, self._by_id, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}? " if near else ""
            raise RuleError(
                "no edition has the id {id!r}; {hint}`lantian rules list` names them all",
                id=id,
                hint=hint,
            ) from None

    # ------------------------------------------------------------------------------------------ which one holds

    def edition(self, kind: type[E], subject: str, on: date, choice: Choice | None = None) -> E:
        """Return the one edition of a subject that judges the observation date `on` under a choice.

        A forced id wins over everything; `Choice.law_of` replaces the date, except for facts about the data
        (`FACTS_OF_DATA`); then the first jurisdiction that has the wanted variant on that day decides, and in it
        the latest overlay.

        Raises
        ------
        RuleError
            If no edition holds, or what was forced is of another subject.

        Examples
        --------
        >>> book = Rulebook.packaged()
        >>> book.edition(AqiRule, "aqi_day", date(2026, 2, 28)).id
        'hj633-2012-day'
        """
        choice = choice or Choice()
        self._known_subject(subject)
        self._known_subject(*choice.variants, *choice.editions)
        if subject in choice.editions:
            return self._typed(kind, subject, self.by_id(choice.editions[subject]))
        day = on if choice.law_of is None or subject in FACTS_OF_DATA else choice.law_of
        variant = choice.variant(subject)
        for jurisdiction in choice.jurisdictions:
            for layer in reversed(self._by_key.get((subject, jurisdiction, variant), ())):
                for found in layer:
                    if found.holds_on(day):
                        return self._typed(kind, subject, found)
        raise self._none_holds(subject, day, variant, choice)

    def limits(self, on: date, choice: Choice | None = None) -> AmbientLimits:
        """Return the concentration limits that judge a day."""
        return self.edition(AmbientLimits, "ambient_limits", on, choice)

    def aqi_day(self, on: date, choice: Choice | None = None) -> AqiRule:
        """Return the index rule of a day."""
        return self.edition(AqiRule, "aqi_day", on, choice)

    def aqi_hour(self, on: date, choice: Choice | None = None) -> AqiRule:
        """Return the index rule of the hours of a day."""
        return self.edition(AqiRule, "aqi_hour", on, choice)

    def categories(self, on: date, choice: Choice | None = None) -> AqiCategories:
        """Return the levels and colours of the index."""
        return self.edition(AqiCategories, "aqi_categories", on, choice)

    def evaluation(self, on: date, choice: Choice | None = None) -> EvaluationRule:
        """Return how hours become days, periods and verdicts."""
        return self.edition(EvaluationRule, "evaluation", on, choice)

    def composite(self, on: date, choice: Choice | None = None) -> CompositeRule:
        """Return the limits, weights and rounding of the composite index."""
        return self.edition(CompositeRule, "composite_index", on, choice)

    def ranking(self, on: date, choice: Choice | None = None) -> RankingRule:
        """Return the lists, ties and change of a ranking."""
        return self.edition(RankingRule, "ranking", on, choice)

    def dust(self, on: date, choice: Choice | None = None) -> DustRule:
        """Return how dust is proposed and deducted."""
        return self.edition(DustRule, "dust", on, choice)

    def trend(self, on: date, choice: Choice | None = None) -> TrendRule:
        """Return the critical values of the trend test."""
        return self.edition(TrendRule, "trend", on, choice)

    def gas_state(self, on: date, choice: Choice | None = None) -> StateRule:
        """Return the state at which the concentrations of a day are given."""
        return self.edition(StateRule, "gas_state", on, choice)

    def low_values(self, on: date, choice: Choice | None = None) -> LowValueRule:
        """Return what replaces zero, negative and undetectable values."""
        return self.edition(LowValueRule, "low_values", on, choice)

    def flags(self, on: date, choice: Choice | None = None) -> FlagRule:
        """Return the vocabulary of data flags."""
        return self.edition(FlagRule, "data_flags", on, choice)

    def rule_set(self, on: date, choice: Choice | None = None) -> RuleSet:
        """Return every rule that judges a day, together."""
        return RuleSet(
            limits=self.limits(on, choice),
            aqi_day=self.aqi_day(on, choice),
            aqi_hour=self.aqi_hour(on, choice),
            categories=self.categories(on, choice),
            evaluation=self.evaluation(on, choice),
            composite=self.composite(on, choice),
            ranking=self.ranking(on, choice),
            dust=self.dust(on, choice),
            low_values=self.low_values(on, choice),
            flags=self.flags(on, choice),
        )

    def spans(self, first: date, last: date, choice: Choice | None = None) -> list[tuple[date, date, RuleSet]]:
        """Split the days from `first` to `last` into stretches, each judged by one and the same rule set.

        Examples
        --------
        >>> spans = Rulebook.packaged().spans(date(2026, 1, 1), date(2026, 12, 31))
        >>> [(str(first), str(last), rules.aqi_day.name) for first, last, rules in spans]
        [('2026-01-01', '2026-02-28', 'HJ 633-2012'), ('2026-03-01', '2026-12-31', 'HJ 633-2026')]
        """
        if last < first:
            raise RuleError(
                "a stretch of days must not end ({last}) before it begins ({first}); exchange the two dates",
                last=last,
                first=first,
            )
        cuts = {first} | {cut for cut in self._changes() if first < cut <= last}
        found: list[tuple[date, date, RuleSet]] = []
        starts = sorted(cuts)
        for start, following in zip(starts, [*starts[1:], last + timedelta(days=1)], strict=True):
            end, rules = following - timedelta(days=1), self.rule_set(start, choice)
            if found and found[-1][2].ids == rules.ids:
                found[-1] = (found[-1][0], end, found[-1][2])
            else:
                found.append((start, end, rules))
        return found

    # ------------------------------------------------------------------------------------------ inside

    def _changes(self) -> set[date]:
        """Every day on which any edition begins, or the day after one ended."""
        begins = {edition.in_force for edition in self._by_id.values()}
        return begins | {edition.until + timedelta(days=1) for edition in self._by_id.values() if edition.until}

    def _known_subject(self, *subjects: str) -> None:
        for subject in subjects:
            if subject not in SUBJECTS:
                near = get_close_matches(subject, SUBJECTS, n=1) or [", ".join(SUBJECTS)]
                raise RuleError(
                    "no rule has the subject {subject!r}; use {near}",
                    subject=subject,
                    near=near[0],
                )

    @staticmethod
    def _typed(kind: type[E], subject: str, found: Edition) -> E:
        if found.subject != subject or not isinstance(found, kind):
            raise RuleError(
                "edition {id!r} is about {subject}, not about {subject_2}, so it cannot judge it; name "
                "an edition of {subject_2} (`lantian rules list`)",
                id=found.id,
                subject=found.subject,
                subject_2=subject,
            )
        return found

    def _none_holds(self, subject: str, day: date, variant: str, choice: Choice) -> RuleError:
        where = " / ".join(choice.jurisdictions) or "—"
        held = [edition for edition in self._by_id.values() if edition.subject == subject]
        near = [
            edition
            for edition in held
            if variant in edition.variant and edition.jurisdiction in choice.jurisdictions
        ]
        if near:
            return RuleError(
                "no edition of {subject}, variant {variant!r}, in {where}, holds on {day}, so that day cannot be "
                "judged; it has {dates}: ask for a day in these, or force one with its id",
                subject=subject,
                variant=variant,
                where=where,
                day=day,
                dates="; ".join(f"{edition.id} {edition.in_force} … {edition.until or ''}" for edition in near),
            )
        names = sorted({f"{name} ({edition.jurisdiction})" for edition in held for name in edition.variant})
        return RuleError(
            "no edition of {subject}, variant {variant!r}, in {where}, holds on {day}, so that day cannot be "
            "judged; its variants are {names}: choose one, or add an edition (see docs/rules.md)",
            subject=subject,
            variant=variant,
            where=where,
            day=day,
            names=", ".join(names),
        )


def _keyed(layer: Iterable[Edition]) -> dict[Key, list[Edition]]:
    """Group the editions of a layer by each key they answer to."""
    grouped: dict[Key, list[Edition]] = {}
    for edition in layer:
        for name in edition.variant:
            grouped.setdefault((edition.subject, edition.jurisdiction, name), []).append(edition)
    return grouped


def _apart(key: Key, editions: Iterable[Edition]) -> tuple[Edition, ...]:
    """Order the editions of one key by date, or refuse two that share a day."""
    ordered = sorted(editions, key=lambda edition: edition.in_force)
    for before, after in pairwise(ordered):
        if before.until is None or before.until >= after.in_force:
            raise RuleError(
                "two editions of {key} ({key_2}, variant {key_3!r}) hold on {in_force}: {id} and {id_2}; "
                "a day must have one law: end the first before it or give one another variant",
                key=key[0],
                key_2=key[1],
                key_3=key[2],
                in_force=after.in_force,
                id=before.id,
                id_2=after.id,
            )
    return tuple(ordered)


@lru_cache(maxsize=1)
def _packaged() -> tuple[Rulebook, dict[str, RawEdition]]:
    editions, tables = build(read_folder(PACKAGED), {})
    return Rulebook([editions]), tables
