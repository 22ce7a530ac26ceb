"""The fact table of composition: what air and fine particles consist of, sample by sample."""

import polars as pl

from lantian.store.columns import TIMESTAMP, Column, Table


def _text(name: str, meaning: str, meaning_zh: str, *, key: bool = False, values: tuple[str, ...] = ()) -> Column:
    return Column(name, pl.String(), "1", meaning, meaning_zh, nullable=not key, values=values)


def _number(name: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, pl.Float64(), "unit of the row", meaning, meaning_zh)


KINDS = ("voc", "voc_sum", "gas", "pm_mass", "pm_ion", "pm_carbon", "pm_element", "optical")
"""Kinds of species, as the rule about species has them."""
UNITS = ("nmol/mol", "µg/m³", "Mm⁻¹")
"""Units of a row: mixing ratio of VOC and gases, mass of particles and of sums, optics."""

SPECIES_HOURS = Table(
    name="species_hours",
    title="Composition of air and fine particles: VOC, inorganic gases, ions, carbon, elements, optics",
    title_zh="大气与细颗粒物组分数据",
    columns=(
        _text("station", "Station code, or code of a registered composition site", "点位编码", key=True),
        _text("species", "Key of the species in the rule about species", "组分代码", key=True),
        _text("instrument", "Name of the instrument; empty where none was said", "仪器名称，未说明为空", key=True),
        Column("hour_start", TIMESTAMP, "instant", "Start of the sample", "采样起始时刻", nullable=False),
        Column("period_hours", pl.Int64(), "h", "Length of the sample", "采样时长", nullable=False),
        Column(
            "kind",
            pl.String(),
            "1",
            "Kind of species, which settles the unit",
            "组分类别",
            nullable=False,
            values=KINDS,
        ),
        _number("value", "Mean of the sample; below the detection limit as it was sent", "采样时段均值"),
        Column("unit", pl.String(), "1", "Unit of this row", "计量单位", nullable=False, values=UNITS),
        _number("uncertainty", "Uncertainty of the value as it was sent; null where none was", "不确定度"),
        _number("mdl", "Method detection limit as it was sent; null where none was", "方法检出限"),
        Column(
            "below_mdl", pl.Boolean(), "1", "Whether it is below the limit; null: no limit known", "是否低于检出限"
        ),
        _text("flags", "Flags as sent: sorted, joined by commas; null is normal", "数据标记"),
        Column(
            "value_sent",
            pl.Float64(),
            "unit_sent of the row",
            "Value as it was sent, before any conversion",
            "原始上传值",
        ),
        _text("unit_sent", "Unit in which it was sent", "上传计量单位"),
        _text(
            "state",
            "Temperature and pressure of the gas by which a mass became a mixing ratio; null: none was needed",
            "质量浓度换算所用温度与气压",
        ),
        _text("source", "Importer or device that brought it", "数据来源", key=True),
        _text("origin", "Document that it came from: its name and hash", "来源文件"),
        Column(
            "simulated", pl.Boolean(), "1", "Whether it was made by the twin", "是否为模拟数据", nullable=False
        ),
    ),
    key=("station", "species", "instrument", "hour_start", "period_hours"),
    sort=("station", "species", "instrument", "hour_start", "period_hours"),
    provenance=("source", "origin"),
)
"""One row per site, species, instrument, start and length of the sample (组分小时数据)."""
