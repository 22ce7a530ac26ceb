"""What a worker can do: every kind of run that may be asked for, and the function that does it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lantian.assembly import House
from lantian.desk.jobs import Run, words

Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of run."""

    name: str
    work: Callable[[House, Inputs, Run], None]
    alone: bool = True
    """Whether it waits until no other such run is at work."""

    @property
    def words(self) -> str:
        """Marked words."""
        return words.WORDS[self.name]


def _hour(house: House, _inputs: Inputs, run: Run) -> None:
    from lantian.gateway.kinds import file_door
    from lantian.loop import run_hour

    run_hour(house, run, file_door(house))


def _day(house: House, inputs: Inputs, run: Run) -> None:
    from lantian.loop import run_day

    run_day(house, run, *_days(inputs))


def _month(house: House, inputs: Inputs, run: Run) -> None:
    from lantian.loop import run_month

    run_month(house, run, *_days(inputs))


def _evaluate(house: House, inputs: Inputs, run: Run) -> None:
    from lantian.loop.evaluate.commands import evaluate

    first, last = (None if inputs.get(name) is None else _day_of(inputs, name) for name in ("first", "last"))
    evaluate(house.scene(), run, first, last)


def _recomputes(house: House, _inputs: Inputs, run: Run) -> None:
    from lantian.loop import run_recomputes

    _, ended = run_recomputes(house.scene(), house.jobs, house.ledger, house.now(), run.progress)
    run.result["requests"] = list(ended)


def _outlets(house: House, inputs: Inputs, run: Run) -> None:
    from lantian.loop import run_outlets

    first, last = _days(inputs)
    done = run_outlets(house.centre(), house.jobs, first, last, outlet=inputs.get("outlet"), progress=run.progress)
    run.result.update(outlets=done.outlets, days=done.days, findings=done.findings)


def _inventory(house: House, inputs: Inputs, run: Run) -> None:
    from lantian.loop.explain.running import compute

    done = compute(house.study(), house.jobs, str(inputs["edition"]), progress=run.progress)
    run.result.update(sources=done.sources, changed=done.changed, findings=len(done.findings))


def _compact(house: House, _inputs: Inputs, run: Run) -> None:
    from lantian.loop.rounds import compact_lake

    run.result.update(compact_lake(house, run.progress))


def _verify(house: House, _inputs: Inputs, run: Run) -> None:
    from lantian.loop.rounds import prove_decisions, prove_frames

    run.result["decisions"] = prove_decisions(house, lambda share, said: run.progress(share / 2, said))
    run.result["frames"] = prove_frames(house, lambda share, said: run.progress(0.5 + share / 2, said))


def _paper(house: House, inputs: Inputs, run: Run) -> None:
    from lantian.desk.language import translation
    from lantian.desk.paper.paper_files import FORMATS, TEMPLATES, write_paper
    from lantian.loop.paperwork import PaperOrder, paper_of

    paper = paper_of(
        house.scene(), house.office(), PaperOrder.of_inputs(inputs), translation(str(inputs["language"])),
        made_at=house.now().astimezone(house.city.zone), chain_head=house.chain_head(),
    )  # fmt: skip
    folder = house.folder / "exports" / "papers" / run.id
    files = write_paper(paper, folder, list(FORMATS), templates=house.folder / TEMPLATES, progress=run.progress)
    run.result.update(title=paper.title, draft=paper.draft, files=[file.name for file in files])


def _days(inputs: Inputs) -> tuple[date, date]:
    return _day_of(inputs, "first"), _day_of(inputs, "last")


def _day_of(inputs: Inputs, name: str) -> date:
    return date.fromisoformat(str(inputs[name]))


KINDS: dict[str, JobKind] = {
    kind.name: kind
    for kind in (
        JobKind(words.HOUR, _hour),
        JobKind(words.DAY, _day),
        JobKind(words.MONTH, _month),
        JobKind(words.EVALUATE, _evaluate),
        JobKind(words.RECOMPUTES, _recomputes),
        JobKind(words.OUTLETS, _outlets),
        JobKind(words.INVENTORY, _inventory),
        JobKind(words.COMPACT, _compact),
        JobKind(words.VERIFY, _verify, alone=False),
        JobKind(words.PAPER, _paper, alone=False),
    )
}
"""Kind → what it does."""
ALONE = frozenset(kind.name for kind in KINDS.values() if kind.alone)
