"""The documentation against the code: reference pages, quoted commands, links."""

import importlib.util
import itertools
import re
import shlex
import sys
import textwrap
import typing
from pathlib import Path
from types import ModuleType

import numpy as np
import openpyxl
import pytest
import typer.main

import evalkit as ek
from evalkit.analysis import results
from evalkit.analysis.effects import checks, did
from evalkit.cli import app, main
from evalkit.files import yaml_file
from evalkit.project import params, region_file

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    found = importlib.util.spec_from_file_location("write_reference", ROOT / "docs/write_reference.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_code_gives(script):
    stale = [name for name, text in script.written().items() if (ROOT / "docs" / name).read_text("utf-8") != text]
    assert stale == [], "run `make docs`"


def test_no_word_of_the_reference_is_left_over(script):
    known = script.words()
    models = {one.__name__: one for _, _, model in script.FILES for one in script.models(model)}
    models |= {
        base.__name__: base for one in [*models.values()] for base in one.__mro__ if hasattr(base, "model_fields")
    }
    keys = {f"{name}.{field}" for name, one in models.items() for field in one.model_fields}
    assert sorted(set(known["keys"]) - keys) == []
    assert sorted(set(known["columns"]) - set(results.COLUMNS)) == []
    assert sorted(set(known["analyses"]) - set(typing.get_args(results.Analysis))) == []


def test_every_code_of_a_run_is_documented():
    """One region and the programme of the demonstration, on an indicator each: what stands in results.csv."""
    page = (ROOT / "docs/reference/results.md").read_text("utf-8")
    evaluation = ek.load("demo-final-2022", "demo-city-b", ROOT)
    panel = ek.panel.read(evaluation)
    found = [*ek.findings.find(panel, evaluation, "county_visit_rate").results]
    found += ek.programme.evaluate(panel, evaluation)[0].results
    judged = ek.attainment.judge(panel, evaluation)
    codes = {one.method.removeprefix("controlled_") for one in [*found, *judged]} | {one.inference for one in found}
    terms = {re.sub(r"=.*", "=…", one.term) for result in found for one in result.estimates}
    assert sorted(code for code in codes | terms if f"| `{code}` |" not in page) == []


def quoted() -> list[tuple[str, str]]:
    """Every `evalkit …` and `make …` in a page, whether in a line of its own or inside a sentence."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fences = re.findall(r"^ *```[^\n]*\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE)
        lines = [line.strip() for fence in fences for line in fence.splitlines()]
        inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
        found += [(page.relative_to(ROOT).as_posix(), one) for one in (*lines, *inline) if COMMAND.match(one)]
    return sorted(set(found))


COMMAND = re.compile(r"(evalkit|make) [a-z-]")
IN_RECIPES = re.compile(r"\b(evalkit (?:check|run|status|ingest|freeze|new|template|simulate)\b[^\"'`\n&|;]*)")


def unknown(command: str) -> list[str]:
    """What a quoted command names that is not there: its target or itself, its variables or options."""
    tool, name, *rest = shlex.split(command, comments=True)
    if tool == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        target = [] if re.search(rf"^{re.escape(name)}:", makefile, re.MULTILINE) else [name]
        return target + [word for word in rest if "=" in word and word.split("=")[0] not in makefile]
    if name not in COMMANDS:
        return [] if name == "--version" else [name]
    options = {flag for option in COMMANDS[name].params for flag in option.opts} | {"--help"}
    return sorted({word.split("=")[0] for word in rest if word.startswith("--")} - options)


def test_quoted_commands_exist():
    assert len(quoted()) > 50
    assert {(page, command): wrong for page, command in quoted() if (wrong := unknown(command))} == {}


@pytest.mark.parametrize("command", ["make nothing", "evalkit nothing", "evalkit run --nothing", "make test NOTHING=1"])
def test_a_quoted_command_that_does_not_exist_is_found(command):
    assert unknown(command)


def test_commands_inside_recipes_exist():
    """Workflow recipes hold commands in strings; their names and options are ours as well."""
    for page in PAGES:
        for command in IN_RECIPES.findall(page.read_text(encoding="utf-8")):
            _, name, *_ = command.split()
            known = {flag for one in getattr(COMMANDS.get(name), "params", []) for flag in one.opts} | {"--help"}
            given = set(re.findall(r"--[a-z-]+", command))
            assert name in COMMANDS, page
            assert sorted(given - known) == [], page


@pytest.mark.parametrize(
    ("page", "model"), [("add-an-indicator", params.Indicator), ("add-a-region", region_file.Region)]
)
def test_parameters_in_how_to_pages_are_valid(page, model):
    text = (ROOT / f"docs/howto/{page}.md").read_text(encoding="utf-8")
    block = textwrap.dedent(re.findall(r"^ *```yaml\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)[0])
    content, _ = yaml_file.parse(block, page)
    if model is params.Indicator:
        ((name, entry),) = content.items()
        content = {**entry, "id": name}
    assert model.model_validate(content)


def test_the_worked_example_of_contributing_works_and_is_short(design_of, make_values):
    example = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## A worked example")[2]
    blocks = re.findall(r"^```\w*\n(.*?)^```", example, re.DOTALL | re.MULTILINE)
    assert sum(len(block.splitlines()) for block in blocks) < 40
    room = dict(vars(checks))
    exec(next(block for block in blocks if "-> Check" in block), room)  # as if it stood in checks.py
    values = make_values(effect=8)
    turned = values.copy()
    turned.iloc[0, -4:] -= 20
    found = [room["post_halves"](design, did.att(design)) for design in map(design_of, (values, turned))]
    assert [one.passed for one in found] == [True, False]
    short = design_of(make_values(post=1))
    assert room["post_halves"](short, did.att(short)) is None


def test_links_between_pages_lead_somewhere():
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    links = [(page, target) for page in PAGES for target in link.findall(page.read_text(encoding="utf-8"))]
    assert len(links) > 30
    dead = [(page, target) for page, target in links if not (page.parent / target).exists()]
    assert [(page.relative_to(ROOT).as_posix(), target) for page, target in dead] == []


COUNTIES = [f"清河{sign}县" for sign in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地"]
#: What the pages call by names of their own.
OURS = {"mine": "first", "030512": COUNTIES[0]} | dict.fromkeys(
    ["visits.xlsx", "../visits.xlsx", "../my-workbook.xlsx", "data/raw/sample.xlsx"], "visits.xlsx"
)
ORDER = ["new", "check", "ingest", "template", "freeze", "run", "status", "publish", "schema", "demo"]
#: Followed by other tests: on the committed assessments, on a cluster, on a simulated nation.
ELSEWHERE = re.compile(r"demo-|demonstration|national|final-2022|--scheduler")


def followed(book: Path) -> list[list[str]]:
    """The arguments of every quoted `evalkit` command, in the order in which somebody gives them."""
    given = [shlex.split(one, comments=True)[1:] for _, one in quoted() if one.startswith("evalkit")]
    whole = [one for one in given if one[1:] or one[0] == "schema"]  # others only name a command
    named = [[OURS.get(word, word).replace("visits.xlsx", str(book)) for word in one] for one in whole]
    ours = {
        tuple(one)
        for one in named
        if not ELSEWHERE.search(" ".join(one)) and not re.search(r"[A-Z]{3}|[\[…]", " ".join(one))
    }
    return [list(one) for one in sorted(ours, key=lambda one: (ORDER.index(one[0]), len(one), one))]


def visits(folder: Path) -> Path:
    """A workbook as somebody may have it: a sheet per indicator, counties in rows, quarters in columns."""
    random, book = np.random.default_rng(3), openpyxl.Workbook()
    book.active.title = "基层就诊率"
    book.active.append(["地区", *(f"{year}年{quarter}季度" for year in range(2017, 2022) for quarter in range(1, 5))])
    for county in COUNTIES:
        book.active.append([county, *(random.normal(55, 2, 20).round(2).tolist())])
    book.save(folder / "visits.xlsx")
    return folder / "visits.xlsx"


def answer(folder: Path) -> None:
    """Every question answered, and the marks taken away."""
    for path in folder.glob("params/**/*.yml"):
        path.write_text(re.sub(r" *# \?.*", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in folder.glob("data/*/*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("?", "2019Q2"), encoding="utf-8")


def test_whoever_follows_the_pages_gets_a_report(tmp_path, monkeypatch, capsys):
    book, folder = visits(tmp_path), tmp_path / "my-evaluation"
    folder.mkdir()
    monkeypatch.chdir(folder)
    given = followed(book)
    assert [name for name, _ in itertools.groupby(given, key=lambda one: one[0])] == ORDER
    for arguments in given:
        monkeypatch.setattr(sys, "argv", ["evalkit", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 0, (arguments, capsys.readouterr().err)
        if arguments[0] == "new":
            answer(folder)
    assert (folder / "reports/first/site/index.html").is_file()
    assert "up to date" in capsys.readouterr().out
