"""The examples in docstrings show what the code does, and everything behind `import evalkit as ek` has one."""

import doctest
import importlib
import inspect
import pkgutil
import re
import shutil
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import seaborn as sns

import evalkit as ek
from evalkit.analysis.results import Result, Withheld
from evalkit.reporting.report import Report

ROOT = Path(__file__).parents[2]
LEFT_OUT = {"evalkit.__main__"}  # importing it runs the command
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FEWER = {"primary": "[county_visit_rate]", "exploratory": "[primary_visits]", "state": "draft", "previous": None}


@pytest.fixture
def names(tmp_path, monkeypatch) -> dict[str, Any]:
    """What examples use: the demonstration, with two indicators only, so that all of them take seconds."""
    for name in ("params/regions", "data/demonstration"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "params/indicators.yml", tmp_path / "params")
    text = (ROOT / "params/assessments/demo-final-2022.yml").read_text(encoding="utf-8")
    for key, value in FEWER.items():
        text = re.sub(rf"\b{key}: .*", f"{key}: {value}" if value else "", text)
    (tmp_path / "params/assessments").mkdir()
    (tmp_path / "params/assessments/demo-final-2022.yml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("EVALKIT_PROJECT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    report = ek.report("demo-final-2022", "demo-city-b", "en")
    finding = report.finding("county_visit_rate")
    known = {"report": report, "finding": finding, "design": finding.design, "panel": report.panel}
    return {"ek": ek, "sns": sns, **known}


def found(module: ModuleType, names: dict[str, Any]) -> Iterator[doctest.DocTest]:
    """The examples of a module; doctest itself finds no cached properties."""
    yield from doctest.DocTestFinder().find(module, extraglobs=names)
    kinds = [kind for kind in vars(module).values() if inspect.isclass(kind) and kind.__module__ == module.__name__]
    for kind in kinds:
        for name, member in vars(kind).items():
            if isinstance(member, cached_property):
                about = (f"{module.__name__}.{kind.__name__}.{name}", module.__file__, None)
                yield doctest.DocTestParser().get_doctest(inspect.getdoc(member) or "", dict(names), *about)


def test_examples_in_docstrings_are_true(names):
    modules = {module.name for module in pkgutil.walk_packages(ek.__path__, "evalkit.")} - LEFT_OUT
    runner, said = doctest.DocTestRunner(verbose=False, optionflags=OPTIONS), []
    for module in sorted(modules):
        for examples in found(importlib.import_module(module), names):
            runner.run(examples, out=said.append)
    assert said == [], "\n".join(said)
    assert runner.tries > 180


def members(name: str, kind: type) -> Iterator[tuple[str, Any]]:
    """A class, and what it offers itself or inherits from classes of ours."""
    yield name, kind
    ours = [base for base in kind.__mro__ if base.__module__.startswith("evalkit")]
    for member in sorted({member for base in ours for member in vars(base) if not member.startswith("_")}):
        offered = inspect.getattr_static(kind, member)
        if inspect.isfunction(offered) or isinstance(offered, property | cached_property):
            yield f"{name}.{member}", offered


def public() -> Iterator[tuple[str, Any]]:
    """Everything that a user finds behind the door, by its name there."""
    for name in dir(ek):
        offered = getattr(ek, name)
        homes = {name: offered}
        if isinstance(offered, ModuleType):
            homes = {f"{name}.{each}": getattr(offered, each) for each in offered.__all__}
        for place, thing in homes.items():
            if inspect.isclass(thing):
                yield from members(f"ek.{place}", thing)
            elif callable(thing):
                yield f"ek.{place}", thing
    for kind in (Report, Result, Withheld):
        yield from members(kind.__name__, kind)


def test_everything_behind_the_door_has_an_example():
    assert [name for name, thing in public() if ">>> " not in (inspect.getdoc(thing) or "")] == []
    assert len(list(public())) > 100
