"""Tables of the ledger as the documentation prints them."""

import inspect

from lantian.ledger.models import Row


def list_of_models() -> str:
    """Write one line a table as Markdown, by the module of its model: what a row of it is."""
    mappers = sorted(Row.registry.mappers, key=lambda each: (each.class_.__module__, str(each.local_table)))
    lines = ["| table | module | one row is |", "|---|---|---|"]
    for mapper in mappers:
        said = (inspect.getdoc(mapper.class_) or "").splitlines()[0]
        module = mapper.class_.__module__.rpartition(".")[2]
        lines.append(f"| `{mapper.local_table}` | `{module}` | {said} |")
    return "\n".join(lines) + "\n"
