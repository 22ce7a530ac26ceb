"""Factor analysis beside ESAT and easy-pmf in one run: 20 starts, displacement, bootstrap on EPA's sample sets.

    python bench/pmf.py [--quick]

ESAT pins versions that clash with ours, so both rivals stand in an environment of their own under a cache folder,
made on the first run with pip; where that cannot be, the run says so and prints our figures alone. The sample sets
(Baton Rouge 307 x 41, St. Louis 418 x 13, Baltimore 630 x 26) come with easy-pmf. The same 20 starts are asked of
every tool, all species strong, no robust mode, each with its own way to stop; Q of every tool is computed from its
factors by the same line.
ESAT runs on as many processes as we run threads; of ours the best of three counts.
Prints one JSON line; --quick leaves ESAT's displacement out, which takes minutes.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numba
import numpy as np
import polars as pl

from lantian.rules import Rulebook
from lantian.rules.receptor_records import PmfConventions, ReceptorRule
from lantian.science.pmf import (
    BaseRuns,
    Dataset,
    Measured,
    Settings,
    base_runs,
    bootstrap,
    bootstrap_displacement,
    displacement,
    prepare,
)

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lantian-bench-pmf"
RIVALS = ("esat==2025.0.1", "easy-pmf==0.1.0")
SETS = {
    "baton_rouge": ("Dataset-BatonRouge-con.csv", "Dataset-BatonRouge-unc.csv", ","),
    "st_louis": ("Dataset-StLouis-con.csv", "Dataset-StLouis-unc.csv", ","),
    "baltimore": ("Dataset-Baltimore_con.txt", "Dataset-Baltimore_unc.txt", "\t"),
}
FACTORS, STARTS = 7, 20
DISPLACED, DISPLACED_FACTORS, RESAMPLES = "st_louis", 5, 100

T = TypeVar("T")

RIVAL = """
import json, sys, time, logging, os
import numpy as np
task, tool, path, k, starts, cores = sys.argv[1:7]
k, starts, cores = int(k), int(starts), int(cores)
data = np.load(path)
# ESAT reads memory by columns, whatever the array says; in C order its Q is nonsense
V, U = (np.asfortranarray(data[name]) for name in ("values", "uncertainty"))
logging.disable(logging.CRITICAL)
said = os.dup(1); os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
q = lambda W, H: float((((V - W @ H) / U) ** 2).sum())
begin = time.perf_counter()
if tool == "easy-pmf":
    import pandas as pd
    from easy_pmf import PMF
    found = []
    begin = time.perf_counter()
    for seed in range(starts):
        one = PMF(n_components=k, max_iter=5000, tol=1e-4, random_state=seed)
        one.fit(pd.DataFrame(V), pd.DataFrame(U))
        found.append(q(np.asarray(one.contributions_), np.asarray(one.profiles_)))
else:
    from esat.model.sa import SA
    from esat.model.batch_sa import BatchSA
    def batch(many):
        one = BatchSA(V=V, U=U, factors=k, models=many, method="ls-nmf", seed=42, max_iter=20000,
                      converge_delta=0.1, converge_n=100, parallel=cores > 1, cores=cores, verbose=False)
        one.train()
        return one
    begin = time.perf_counter()
    made = batch(starts)
    found = [q(m.W, m.H) for m in made.results if m is not None]
    if task == "disp":
        from esat.error.displacement import Displacement
        names = [str(j) for j in range(V.shape[1])]
        best = made.results[int(np.argmin(found))]
        disp = Displacement(sa=best, feature_labels=names, model_selected=0, parallel=cores > 1, cores=cores)
        begin = time.perf_counter()
        disp.run()
    if task == "bs":
        from esat.error.bootstrap import Bootstrap
        names = [str(j) for j in range(V.shape[1])]
        best = made.results[int(np.argmin(found))]
        bs = Bootstrap(sa=best, feature_labels=names, model_selected=0, bootstrap_n=20, seed=42,
                       parallel=cores > 1, cpus=cores)
        begin = time.perf_counter()
        bs.run()
seconds = time.perf_counter() - begin
os.dup2(said, 1)
print(json.dumps({"seconds": seconds, "min": min(found), "median": float(np.median(found))}))
"""


def environment() -> Path | None:
    """Python of the rivals' own environment; None, with a word why, where it cannot be made."""
    program = CACHE / "bin" / "python"
    try:
        if not program.exists():
            venv.create(CACHE, with_pip=True)
        ready = subprocess.run([program, "-c", "import esat, easy_pmf"], check=False, capture_output=True)
        if ready.returncode:
            subprocess.run([program, "-m", "pip", "install", "-q", *RIVALS], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as fault:
        print(f"no rivals here: {CACHE} could not be filled with {', '.join(RIVALS)} ({fault})", file=sys.stderr)
        return None
    return program


def samples(folder: Path, name: str, rule: PmfConventions) -> Dataset:
    con, unc, cut = SETS[name]
    given = pl.read_csv(folder / con, separator=cut, infer_schema_length=None)
    spread = pl.read_csv(folder / unc, separator=cut, infer_schema_length=None)
    species = [column for column in given.columns if column in spread.columns and column != "Date"]
    numbers = [
        frame.select(pl.col(species).cast(pl.Float64, strict=False)).drop_nulls().to_numpy()
        for frame in (given, spread)
    ]
    return prepare(Measured(tuple(species), numbers[0], numbers[1][: len(numbers[0])]), rule)


def rival(
    program: Path, task: str, tool: str, data: Dataset, factors: int, starts: int
) -> dict[str, float] | None:
    path = CACHE / "samples.npz"
    np.savez(path, values=data.values, uncertainty=data.uncertainty)
    cores = str(numba.get_num_threads())
    words = [task, tool, path, str(factors), str(starts), cores]
    ran = subprocess.run([program, "-c", RIVAL, *words], check=False, capture_output=True, text=True)
    if ran.returncode:
        print(f"{tool} failed at {task}: {ran.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return dict(json.loads(ran.stdout.strip().splitlines()[-1]))


def timed(call: Callable[[], T], repeats: int = 1) -> tuple[float, T]:
    """Shortest time of some repeats, for other work on the machine only makes it longer."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        found = call()
        times.append(time.perf_counter() - begin)
    return min(times), found


def ours(data: Dataset, rule: PmfConventions, factors: int) -> tuple[float, BaseRuns]:
    """Best of three repeats; all of it takes less than a second."""
    settings = Settings(factors, STARTS, robust=False)
    base_runs(data, settings, rule)  # compiled or fetched
    return timed(lambda: base_runs(data, settings, rule), 3)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rule = Rulebook.packaged().by_id("receptor-models-epa")
    if not isinstance(rule, ReceptorRule):
        raise TypeError(rule)
    program = environment()
    if program is None:
        sys.exit("the sample sets come with the rivals: nothing to measure")
    folder = next(CACHE.glob("lib/python*/site-packages/easy_pmf/data"))
    figures: dict[str, object] = {"benchmark": "pmf", "threads": numba.get_num_threads(), "starts": STARTS}
    for name in SETS:
        data = samples(folder, name, rule.pmf)
        seconds, found = ours(data, rule.pmf, FACTORS)
        own = [run.q_true for run in found.runs]
        row: dict[str, object] = {
            "size": data.size,
            "seconds": round(seconds, 3),
            "min": round(min(own), 2),
            "median": round(float(np.median(own)), 2),
        }
        for tool in ("esat", "easy-pmf"):
            theirs = rival(program, "base", tool, data, FACTORS, STARTS)
            if theirs is not None:
                row[tool] = {key: round(value, 2) for key, value in theirs.items()}
                row[f"times_{tool}"] = round(theirs["seconds"] / seconds, 1)
        figures[name] = row
    data = samples(folder, DISPLACED, rule.pmf)
    base = base_runs(data, Settings(DISPLACED_FACTORS, 50, robust=False), rule.pmf).best
    displacement(base, rule.pmf, robust=False)
    figures["disp_seconds"] = round(timed(lambda: displacement(base, rule.pmf, robust=False), 3)[0], 2)
    figures["bs_100_seconds"] = round(
        timed(lambda: bootstrap(base, rule.pmf, many=RESAMPLES, robust=False), 3)[0], 2
    )
    figures["bs_disp_50_seconds"] = round(
        timed(lambda: bootstrap_displacement(base, rule.pmf, many=50, robust=False))[0], 1
    )
    bs = rival(program, "bs", "esat", data, DISPLACED_FACTORS, STARTS)
    if bs is not None:
        figures["esat_bs_20_seconds"] = round(bs["seconds"], 1)
    disp = None if quick else rival(program, "disp", "esat", data, DISPLACED_FACTORS, STARTS)
    if disp is not None:
        figures["esat_disp_seconds"] = round(disp["seconds"], 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
