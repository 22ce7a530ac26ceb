"""Tables as the documentation prints them: a list, and a page of each with type, unit and meaning of columns."""

from collections.abc import Iterable

from lantian.store.columns import TYPE_NAMES, Table


def page_of(tables: Iterable[Table]) -> str:
    """Write the declarations as Markdown, one section a table."""
    return "\n".join(_section(table) for table in tables)


def list_of(tables: Iterable[Table]) -> str:
    """Write one line a table as Markdown: what it holds, whether it was derived, how long it is kept."""
    lines = ["| table | holds | 含义 | key | rows | kept |", "|---|---|---|---|---|---|"]
    for table in tables:
        kept = "for ever" if table.retention_days is None else f"{table.retention_days} days"
        key = ", ".join(f"`{name}`" for name in table.key)
        rows = "derived" if table.derived else "facts"
        lines.append(f"| `{table.name}` | {table.title} | {table.title_zh} | {key} | {rows} | {kept} |")
    return "\n".join(lines) + "\n"


def _section(table: Table) -> str:
    kept = "for ever" if table.retention_days is None else f"for {table.retention_days} days"
    key = ", ".join(f"`{name}`" for name in table.key)
    cut = f"`{table.partition}`" if table.partition else "none"
    kind = "derived rows" if table.derived else "facts"
    lines = [
        f"### `{table.name}`: {table.title} ({table.title_zh})",
        "",
        f"Key: {key}. Partition: {cut}. Holds {kind}, kept {kept}. Declaration version {table.version}.",
        "",
        "| column | type | unit | meaning | 含义 | null |",
        "|---|---|---|---|---|---|",
    ]
    for column in table.stored:
        values = f" ({', '.join(column.values)})" if column.values else ""
        null = "yes" if column.nullable else "no"
        lines.append(
            f"| `{column.name}` | {TYPE_NAMES[column.dtype]} | {column.unit} | {column.meaning}{values} "
            f"| {column.meaning_zh} | {null} |"
        )
    return "\n".join(lines) + "\n"
