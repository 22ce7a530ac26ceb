"""A unit stands twice, in the annotation and in the docstring's bracket, and the two agree."""

import importlib
import inspect
import pkgutil
import re
import typing

import pytest

import lantian.science


def functions() -> list[tuple[str, object]]:
    """Public functions of the science floor that are defined where they are found."""
    found = []
    for module in pkgutil.walk_packages(lantian.science.__path__, "lantian.science."):
        loaded = importlib.import_module(module.name)
        for name, item in vars(loaded).items():
            if inspect.isfunction(item) and item.__module__ == module.name and not name.startswith("_"):
                found.append((f"{module.name}.{name}", item))
    return found


FUNCTIONS = functions()


def unit_of(annotation: object) -> str | None:
    """Unit that an annotation carries."""
    marks = [mark for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, str)]
    return marks[0] if marks else None


def described(docstring: str, parameter: str) -> str | None:
    """Description of a parameter in a numpydoc docstring, also of several named in one line."""
    text = inspect.cleandoc(docstring)
    found = re.search(rf"^(?:\w+, )*{parameter}(?:, \w+)*(?: :.*)?\n((?:    .*\n?|\n)+)", text, re.MULTILINE)
    return found[1] if found else None


@pytest.mark.parametrize(("name", "function"), FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_arguments_with_a_unit_say_it_in_their_bracket(name: str, function: object):
    hints = typing.get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    for parameter, annotation in hints.items():
        unit = unit_of(annotation)
        if unit is None or unit == "1":
            continue
        said = described(inspect.getdoc(function) or "", parameter)
        assert said is not None, f"{name}: {parameter} is not described"
        if "As for" not in said and "As from" not in said:
            first = unit.split(",")[0]
            assert f"[{first}" in said, f"{name}: {parameter} is in {unit}, its description says: {said.strip()}"


def test_the_floor_has_functions_to_look_at():
    assert len(FUNCTIONS) > 50
    carrying = [
        n for n, f in FUNCTIONS for a in typing.get_type_hints(f, include_extras=True).values() if unit_of(a)
    ]
    assert len(carrying) > 20
