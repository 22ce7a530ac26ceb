"""The tables of source-receptor relations: what was computed with what, and the matrix itself."""

import polars as pl

from lantian.store.columns import Column, Table


def _text(name: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, pl.String(), "1", meaning, meaning_zh, nullable=False)


def _count(name: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, pl.Int64(), "1", meaning, meaning_zh, nullable=False)


_KEY = _text("run", "Hash over sources, receptors, weather, options, rule and code", "计算标识（输入散列值）")
_SIMULATED = Column(
    "simulated", pl.Boolean(), "1", "Whether sources or weather are simulated", "是否为模拟数据", nullable=False
)

TRANSFER_RUNS = Table(
    name="transfer_runs",
    title="Computations of source-receptor relations",
    title_zh="源-受体关系计算记录",
    columns=(
        _KEY,
        _text("title", "What it was made for", "用途"),
        _text("species", "Substances as a JSON list, in order", "物种（JSON）"),
        _text("groups", "Groups of sources as a JSON list, in order", "源组（JSON）"),
        _text("receptors", "Names of receptors as a JSON list, in order", "受体点（JSON）"),
        _text("periods", "Names of periods as a JSON list, in order", "时段（JSON）"),
        _text("options", "Options as JSON", "计算选项（JSON）"),
        _count("sources", "Number of sources", "污染源个数"),
        _count("pairs", "Pairs of a source and a receptor", "源-受体对数"),
        _count("near", "Pairs nearer than the range of the kernel", "小于适用距离的对数"),
        _count("far", "Pairs beyond the range of the kernel", "超出适用距离的对数"),
        _count("hours", "Hours of weather", "气象小时数"),
        _count("missing_hours", "Hours without a boundary layer", "缺测小时数"),
        _count("calm_hours", "Hours without wind", "静风小时数"),
        _count("weak_hours", "Hours with weak wind", "小风小时数"),
        _text("rule", "Edition of the rule", "所用参数版本"),
        _SIMULATED,
        _text("code_version", "Version of Lantian", "软件版本"),
    ),
    key=("run",),
    instant=None,
    day=None,
    partition=None,
    derived=True,
)
"""One row a computation; a computation of the same things has the same key and is not done twice."""

SOURCE_RECEPTOR = Table(
    name="source_receptor",
    title="Source-receptor relation: mean concentration per unit of emission",
    title_zh="源-受体关系矩阵",
    columns=(
        _KEY,
        _text("species", "Substance received; a product stands per unit of its parent", "物种"),
        _text("group", "Group of sources", "源组"),
        _text("receptor", "Receptor", "受体点"),
        _text("period", "Period", "时段"),
        Column(
            "value",
            pl.Float64(),
            "(µg/m³)/(g/s)",
            "Mean concentration per emission of the group; null where no hour could be computed",
            "单位排放浓度贡献",
        ),
        Column("hours", pl.Int64(), "h", "Hours in the mean", "参与平均的小时数", nullable=False),
        _SIMULATED,
        _text("code_version", "Version of Lantian", "软件版本"),
    ),
    key=("run", "species", "group", "receptor", "period"),
    instant=None,
    day=None,
    partition=None,
    derived=True,
)

RECEPTOR_TABLES: tuple[Table, ...] = (TRANSFER_RUNS, SOURCE_RECEPTOR)
