"""Every public docstring behind `import evalkit as ek` has an example, and every example runs."""

import doctest
import inspect
import re
import shutil
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import seaborn as sns

import evalkit as ek
from evalkit.analysis.results import Result, Withheld
from evalkit.reporting.report import Report

ROOT = Path(__file__).parents[1]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def documented(thing: Any) -> Any:
    """What carries the docstring of a member of a class."""
    if isinstance(thing, property):
        return thing.fget
    return thing.func if isinstance(thing, cached_property) else thing


def members(name: str, kind: type) -> Iterator[tuple[str, Any]]:
    """A class, its own methods and those that it inherits from classes of ours."""
    yield name, kind
    ours = [base for base in kind.__mro__ if base.__module__.startswith("evalkit")]
    for member in sorted({member for base in ours for member in vars(base) if not member.startswith("_")}):
        found = documented(inspect.getattr_static(kind, member))
        if inspect.isfunction(found):
            yield f"{name}.{member}", found


def public() -> Iterator[tuple[str, Any]]:
    """Everything that `ek` offers, by the name under which a user finds it."""
    for name in dir(ek):
        offered = getattr(ek, name)
        if inspect.ismodule(offered):
            for each in offered.__all__:
                thing = getattr(offered, each)
                if inspect.isclass(thing):
                    yield from members(f"ek.{name}.{each}", thing)
                elif callable(thing):
                    yield f"ek.{name}.{each}", thing
        elif callable(offered):
            yield f"ek.{name}", offered
    for kind in (Report, Result, Withheld):
        yield from members(kind.__name__, kind)


@pytest.fixture
def names(tmp_path, monkeypatch) -> dict[str, Any]:
    """The demonstration with two indicators only, so that its examples take seconds."""
    for name in ("params/regions", "data/demonstration"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "params/indicators.yml", tmp_path / "params")
    text = (ROOT / "params/assessments/demo-final-2022.yml").read_text(encoding="utf-8")
    fewer = {"primary": "[county_visit_rate]", "exploratory": "[primary_visits]", "previous": "", "state": "draft"}
    for key, value in fewer.items():
        text = re.sub(rf"\b{key}: .*", f"{key}: {value}" if value else "", text)
    (tmp_path / "params/assessments").mkdir()
    (tmp_path / "params/assessments/demo-final-2022.yml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("EVALKIT_PROJECT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    report = ek.report("demo-final-2022", "demo-city-b", "en")
    finding = report.finding("county_visit_rate")
    known = {"finding": finding, "design": finding.design, "panel": report.panel}
    return {"ek": ek, "sns": sns, "report": report, **known}


def test_every_public_docstring_has_an_example_that_runs(names):
    failed, run = [], 0
    runner = doctest.DocTestRunner(verbose=False, optionflags=OPTIONS)
    parser, seen = doctest.DocTestParser(), set()
    for name, thing in public():
        text = inspect.getdoc(thing) or ""
        if thing in seen:
            continue
        seen.add(thing)
        examples = parser.get_doctest(text, dict(names), name, None, None)
        run += len(examples.examples)
        said: list[str] = []
        runner.run(examples, out=said.append)
        if not examples.examples:
            failed.append(f"{name}: no example")
        failed += said
    assert failed == [], "\n".join(failed)
    assert run > 100
