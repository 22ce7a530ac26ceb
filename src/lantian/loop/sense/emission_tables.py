"""The derived tables of outlets and instruments: recomputed beside sent, by hour and day, and the rates."""

import polars as pl

from lantian.store.columns import TIMESTAMP, Column, Table

PROVENANCE = ("run_id", "code_version")


def _text(
    name: str, meaning: str, meaning_zh: str, *, nullable: bool = True, values: tuple[str, ...] = ()
) -> Column:
    return Column(name, pl.String(), "1", meaning, meaning_zh, nullable=nullable, values=values)


def _number(name: str, unit: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, pl.Float64(), unit, meaning, meaning_zh)


def _count(name: str, unit: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, pl.Int32(), unit, meaning, meaning_zh)


def _yes(name: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, pl.Boolean(), "1", meaning, meaning_zh, nullable=False)


def _day() -> Column:
    return Column("legal_day", pl.Date(), "d", "Legal day", "自然日", nullable=False)


def _outlet() -> tuple[Column, ...]:
    return (
        _text("outlet", "Code of the outlet", "排放口编码", nullable=False),
        _text("factor", "Factor code", "监测因子编码", nullable=False),
    )


def _differences() -> tuple[Column, ...]:
    """Sent minus recomputed, as it is and over the recomputed value."""
    names = {"mean": ("mg/m³", "均值"), "converted": ("mg/m³", "折算值"), "amount": ("kg", "排放量")}
    return tuple(
        column
        for name, (unit, zh) in names.items()
        for column in (
            _number(f"{name}_difference", unit, f"Sent {name} minus the recomputed one", f"上报{zh}与复算值之差"),
            _number(
                f"{name}_difference_share",
                "1",
                f"Sent {name} minus the recomputed one, over the recomputed one",
                f"上报{zh}与复算值的相对差",
            ),
        )
    )


def _sent(period: str, period_zh: str) -> tuple[Column, ...]:
    return (
        _number("sent_mean", "mg/m³", f"Mean of the {period} that the logger sent", f"上报{period_zh}均值"),
        _number(
            "sent_converted",
            "mg/m³",
            f"Converted mean of the {period} that the logger sent",
            f"上报{period_zh}折算值",
        ),
        _number("sent_amount", "kg", f"Amount of the {period} that the logger sent", f"上报{period_zh}排放量"),
    )


def _made() -> tuple[Column, ...]:
    return (
        _text("reasons", "Why values are missing, doubtful or differ, comma-joined", "原因码"),
        _text("rules", "Editions and records by which it was made, comma-joined", "所用规则版本", nullable=False),
        _yes("simulated", "Whether it was made from simulated readings", "是否由模拟数据得出"),
        _yes("withdrawn", "Whether the row no longer holds", "该行已撤销"),
        _text("run_id", "Run that wrote the row", "写入该行的运行编号", nullable=False),
        _text("code_version", "Version of Lantian", "软件版本", nullable=False),
    )


ORIGINS = ("measured", "substituted", "stopped", "capture_too_low", "nothing_to_take_from")
"""Names of `lantian.science.emission.amounts.HourOrigin`, in its order."""
VALIDITIES = ("valid", "doubtful", "invalid", "stopped", "missing")
BASES = ("minutes", "hour_sent", "none")

OUTLET_HOURS = Table(
    name="outlet_hours",
    title="Hourly emission of outlets recomputed, beside what the logger sent",
    title_zh="排放口小时排放复算数据（与数采仪上报值对照）",
    columns=(
        *_outlet(),
        Column("hour_start", TIMESTAMP, "instant", "Start of the hour", "小时起始时刻", nullable=False),
        _number("mean", "mg/m³", "Mean of dry gas at the standard state; null if not valid", "标干浓度均值"),
        _number("converted", "mg/m³", "Mean at the legal reference oxygen", "折算浓度均值"),
        _number("oxygen", "%", "Mean oxygen of the dry gas", "氧含量均值"),
        _number(
            "reference_oxygen", "%", "Reference oxygen by law on that day; null where there is none", "基准氧含量"
        ),
        _number("flow", "m³/h", "Flow of dry gas at the standard state", "标干烟气流量"),
        _number("amount", "kg", "Amount from measured mean and flow; null where either is missing", "实测排放量"),
        _number("amount_used", "kg", "Amount that counts: measured or substituted", "核算排放量（含替代）"),
        _text(
            "amount_origin", "Where the amount that counts comes from, or why there is none", "核算排放量来源",
            values=ORIGINS,
        ),
        _text("basis", "What the mean was made of", "均值依据", nullable=False, values=BASES),
        _count("valid_minutes", "min", "Minutes of the mean", "有效分钟数"),
        _count("received_minutes", "min", "Minutes for which anything came", "收到分钟数"),
        _text("validity", "Whether the hour is valid", "小时数据有效性", nullable=False, values=VALIDITIES),
        _text("flag", "Data flag of the hour as sent", "上报小时数据标记"),
        _text("cause", "Most frequent flag of its abnormal minutes; null where it is normal", "异常原因标记"),
        _text("marks", "Marks that stand over any minute of the hour, comma-joined", "所涉标记"),
        _count("excluded_minutes", "min", "Minutes that marks keep out of a judgement", "标记排除分钟数"),
        _yes("excluded", "Whether the hour is left out of a judgement of limits", "是否不作为超标判定依据"),
        _text("review", "Decision that stands over the hour", "审核决定编号"),
        _yes("signed", "Whether the hour is signed off", "是否已签发"),
        *_sent("hour", "小时"),
        *_differences(),
        _number("implied_oxygen", "%", "Reference oxygen that the logger must have taken", "反推基准氧含量"),
        *_made(),
    ),
    key=("outlet", "factor", "hour_start"),
    sort=("outlet", "factor", "hour_start"),
    provenance=PROVENANCE,
    derived=True,
)  # fmt: skip
"""One row per outlet, factor and hour; concentrations in mg/m³ whatever unit the logger uses (小时排放复算)."""

OUTLET_DAYS = Table(
    name="outlet_days",
    instant=None,
    title="Daily emission of outlets recomputed, beside what the logger sent",
    title_zh="排放口日排放复算数据（与数采仪上报值对照）",
    columns=(
        *_outlet(),
        _day(),
        _number("mean", "mg/m³", "Mean of the valid hours; null with too few", "标干浓度日均值"),
        _number("converted", "mg/m³", "Mean of the converted valid hours; null with too few", "折算浓度日均值"),
        _number("flow", "m³", "Dry gas at the standard state of the valid hours", "标干烟气日排放量"),
        _number("amount", "kg", "Sum of the measured hours; null where there is none", "实测日排放量"),
        _number("amount_substituted", "kg", "Sum of the substituted hours", "替代排放量"),
        _number("amount_used", "kg", "Sum of measured and substituted hours", "核算日排放量（含替代）"),
        _count("hours", "h", "Hours of the day that are over", "已过小时数"),
        _count("valid_hours", "h", "Hours with a valid mean", "有效小时数"),
        _count("stopped_hours", "h", "Hours in which the source stood", "停运小时数"),
        _count("excluded_hours", "h", "Hours left out of a judgement of limits", "排除小时数"),
        _count("substituted_hours", "h", "Hours whose amount was substituted", "替代小时数"),
        _count("open_hours", "h", "Hours without an amount, neither measured nor substituted", "缺失小时数"),
        _text("flag", "Data flag of the day by the share of normal hours", "日数据标记"),
        _number("capture_rate", "1", "Capture rate of its quarter as far as it is known", "季度有效数据捕集率"),
        *_sent("day", "日"),
        *_differences(),
        _text("inputs", "Digest of everything that the measured part was made of", "输入摘要", nullable=False),
        *_made(),
    ),
    key=("outlet", "factor", "legal_day"),
    day="legal_day",
    partition="legal_year",
    sort=("outlet", "factor", "legal_day"),
    provenance=PROVENANCE,
    derived=True,
)
"""One row per outlet, factor and legal day (日排放复算)."""

INSTRUMENT_KINDS = ("station", "outlet", "micro", "weather", "camera")

INSTRUMENT_DAYS = Table(
    name="instrument_days",
    instant=None,
    title="How each instrument stood on a day: online, transmission and validity rates",
    title_zh="监测设备每日在线率、传输率与有效率",
    columns=(
        _text("kind", "What is judged", "设备类别", nullable=False, values=INSTRUMENT_KINDS),
        _text("code", "Code of station, outlet, device or camera", "编码", nullable=False),
        _day(),
        _text("state", "State at the end of the day", "在线状态", nullable=False),
        _count("expected", "1", "Hours of the day; of a camera its looks", "应在线次数（小时）"),
        _count(
            "received", "1", "Of these, hours with a value; of a camera looks that it answered", "在线次数（小时）"
        ),
        _number("online_rate", "1", "Received over expected; null where nothing was expected", "在线率"),
        _number("late_share", "1", "Share of hours off a line that came too late", "迟到率"),
        _text("drifting", "Pollutants that leave the neighbours slowly, comma-joined", "漂移因子"),
        _count("due", "1", "Of an outlet: hourly values that were due, stopped hours left out", "应传输数"),
        _count("transmitted", "1", "Of an outlet: values that came of those", "实传输数"),
        _count("valid", "1", "Of an outlet: values that came and are valid", "有效数"),
        _number("transmission", "1", "Transmission rate, what the rule spares counted in", "传输率"),
        _number("validity", "1", "Validity rate", "有效率"),
        _number("valid_transmission", "1", "Valid transmission rate", "传输有效率"),
        _text("rules", "Editions by which it was judged, comma-joined", "所用规则版本", nullable=False),
        _yes("simulated", "Whether it was made from simulated data", "是否由模拟数据得出"),
        _text("run_id", "Run that wrote the row", "写入该行的运行编号", nullable=False),
        _text("code_version", "Version of Lantian", "软件版本", nullable=False),
    ),
    key=("kind", "code", "legal_day"),
    day="legal_day",
    partition="legal_year",
    sort=("kind", "code", "legal_day"),
    provenance=PROVENANCE,
    derived=True,
)
"""One row per instrument and legal day (设备健康日报)."""

EMISSION_TABLES: tuple[Table, ...] = (OUTLET_HOURS, OUTLET_DAYS, INSTRUMENT_DAYS)
"""Tables that this module declares."""
