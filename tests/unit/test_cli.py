"""The command: exit status 0, 1 or 2; a user's mistake is a message on stderr, never a traceback."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest

from evalkit import cli, terminal
from evalkit.errors import InputError, Mistake

ROOT = Path(__file__).parents[2]
PANEL = "unit | period | indicator | value\na | 2019Q1 | rate | 1\nb | 2019Q1 | rate | 2\n"


@pytest.fixture
def evalkit(project, monkeypatch, capsys):
    """Runs the command in the project; its exit status and what it said."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["evalkit", *arguments, "--project", str(project.root)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


def base(**changed):
    keys = {"dataset": "d", "regions": "[a]", "indicators": "{primary: [rate]}"} | changed
    return "".join(f"{key}: {value}\n" for key, value in keys.items())


WRONG = {
    "no such region": (base(regions="[aa]"), {}, "there is no unit 'aa'"),
    "unknown key": (base() + "langauges: [en]\n", {}, 'unknown key `langauges`\n    Did you mean "languages"?'),
    "unknown indicator": (base(indicators="{primary: [rtae]}"), {}, 'Did you mean "rate"?'),
    "no such dataset": (base(dataset="dd"), {}, "there is no folder data/dd"),
    "no such notebook": (base() + "notebooks: [regon_report]\n", {}, 'Did you mean "region_report"?'),
    "unknown column": (base() + "design: {comparison: {same: [provinc]}}\n", {}, 'Did you mean "province"?'),
    "before the data": (base() + "as_of: 2010-01-01\n", {}, "nothing of dataset `d` was observed and released"),
    "not YAML": ("dataset: [d\n", {}, "params/assessments/a.yml"),
    "a row twice": (base(), {"panel": PANEL + "a | 2019Q1 | rate | 3"}, "duplicate row"),
    "no number": (base(), {"panel": PANEL + "c | 2019Q1 | rate | many"}, "`value` 'many' is not a number"),
    "no period": (base(), {"panel": PANEL + "c | 2019Q5 | rate | 3"}, "'2019Q5' is not a period"),
    "unknown unit": (base(), {"panel": PANEL + "z | 2019Q1 | rate | 3"}, "the unit 'z' is not in units.csv"),
    "lost zero": (base(regions="['8001']"), {"units": "unit\n08001"}, "keep the leading zero"),
    "no units": (base(), {"units": "untis | name_zh\na | 甲"}, "the column `unit` is missing"),
    "no source": (base(), {"targets": "unit | indicator | operator | phrase\na | rate | increase | …"}, "`source`"),
    "no folder": (base(regions="['../a']"), {"units": "unit\n../a"}, "cannot be the folder of a report"),
}


def test_a_name_that_is_not_utf_8_is_a_mistake_wherever_it_is_met(evalkit, monkeypatch):
    monkeypatch.setattr(cli, "app", lambda: "reports/\udcbc\udcd7/a.html 378 1796".encode())
    status, _, said = evalkit()
    assert status == 2
    assert said.startswith("reports/\\udcbc\\udcd7/a.html: its name is not UTF-8 text\n    Rename it")


def test_mistakes_that_one_answer_mends_are_told_up_to_a_number_and_counted(evalkit, monkeypatch):
    alike = [Mistake(f"B{row}", "is no whole number", "Name the unit.") for row in range(terminal.MOST_ALIKE + 5)]

    def fail():
        raise InputError([*alike, Mistake("C1", "is empty", "Fill it in.")])

    monkeypatch.setattr(cli, "app", fail)
    status, _, err = evalkit("check", "a")
    assert status == 2
    assert err.count("is no whole number") == terminal.MOST_ALIKE
    assert "… and 5 more of this kind: Name the unit.\nC1: is empty" in err


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize("fault", WRONG)
def test_wrong_input_is_a_message_and_starts_nothing(project, evalkit, command, fault):
    assessment, tables, message = WRONG[fault]
    project.write("params/assessments/a.yml", assessment)
    for name, table in ({"panel": PANEL} | tables).items():
        project.table(name, table)
    status, out, err = evalkit(command, "a")
    assert status == 2
    assert out == ""
    assert message in err
    assert "Traceback" not in err
    assert not (project.root / "reports").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "aa"], "there is no assessment 'aa'\n    Did you mean \"a\"?"),
        (["run", "a", "aa"], "assessment a: has no region 'aa'\n    Did you mean \"a\"?"),
        (["run", "a", "--lang", "fr"], "--lang: 'fr' is not a language of this assessment\n    Known: en, zh."),
        (["status", "aa"], "there is no assessment 'aa'"),
        (["simulate", "dd"], "holds no simulation.yml"),
        (["run", "a", "--jobs", "0"], "Invalid value"),
        (["run", "a", "--jbos", "2"], "No such option"),
    ],
)
def test_a_mistyped_command_is_a_message(project, evalkit, arguments, message):
    project.table("panel", PANEL)
    status, _, err = evalkit(*arguments)
    assert status == 2
    assert message in err
    assert "Traceback" not in err
    assert not (project.root / "reports").exists()


def test_every_mistake_is_told_at_once(project, evalkit):
    project.table("panel", PANEL + "z | 2019Q1 | rate | many")
    project.assessment("notebooks: [nothing]\n")
    _, _, err = evalkit("check", "a")
    assert [line.split(":")[0] for line in err.splitlines()[::2]] == [
        "data/d/panel.csv, line 4", "data/d/panel.csv, line 4", "notebooks",
    ]  # fmt: skip


def test_a_folder_that_is_no_project(project, evalkit):
    (project.root / "params").rename(project.root / "parms")
    status, _, err = evalkit("check", "a")
    assert (status, "holds no folder params/" in err) == (2, True)


@pytest.mark.parametrize(
    ("line", "typo", "message"),
    [
        ("seed:", "sead:", 'line 9: unknown key `sead`\n    Did you mean "seed"?'),
        ("median: ", "median: [", "not readable as YAML"),
        ("province: ", "province: no_such_", "simulation.yml: demo-city-a: unknown province no_such_"),
    ],
)
def test_a_typo_in_a_simulation_is_a_message(project, evalkit, line, typo, message):
    text = (ROOT / "data/demonstration/simulation.yml").read_text(encoding="utf-8").replace(line, typo, 1)
    project.write("data/x/simulation.yml", text)
    status, _, err = evalkit("simulate", "x")
    assert status == 2
    assert message in err
    assert "Traceback" not in err


def test_check_says_that_nothing_is_wrong_and_starts_nothing(project, evalkit):
    project.table("panel", PANEL)
    status, said, wrong = evalkit("check", "a")
    assert (status, said.splitlines()[0], wrong) == (0, "a: 1 regions, no mistakes found.", "")
    assert "forecast of rate: 0 of 1 regions will get a judgement\n" in said
    assert not (project.root / "reports").exists()


FAILS = 'if region == "b":\n    raise ValueError("[bold]broken")'
TWO = {"regions": "[a, b]", "languages": "[en]", "notebooks": "[small]"}


@pytest.mark.usefixtures("warm")
def test_a_region_that_fails_is_exit_status_one_and_the_others_are_published(project, evalkit, notebook):
    notebook("ek.prose.title(evaluation)", FAILS)
    project.write("params/assessments/a.yml", base(**TWO))
    status, out, err = evalkit("run", "a", "--jobs", "2")
    assert status == 1
    assert out == "a: 1 made, 0 up to date, 1 failed. Open reports/a/site/index.html\n"
    assert "failed b: small (en): ValueError: [bold]broken (cell" in err
    assert "Traceback" not in err
    pages = sorted(path.parent.name for path in (project.root / "reports/a/site").glob("*/small.en.html"))
    assert pages == ["a"]
    assert evalkit("status", "a")[1].startswith("a: up to date\nb: failed: small (en): ValueError: [bold]broken")

    notebook("ek.prose.title(evaluation)")
    project.write("params/assessments/a.yml", base(**TWO))
    status, out, _ = evalkit("run", "a", "--retry-failed", "--jobs", "1")
    assert (status, out.split(".")[0]) == (0, "a: 1 made, 0 up to date, 0 failed")
    assert evalkit("run", "a", "--retry-failed", "--force")[1].startswith("a: 0 made, 0 up to date, 0 failed.")


@pytest.mark.usefixtures("warm")
def test_several_assessments_are_one_run_and_the_worst_of_them_is_the_exit_status(project, evalkit, notebook):
    notebook("ek.prose.title(evaluation)", 'if assessment == "c":\n    raise ValueError("broken")')
    for name, changed in {"a": TWO, "c": TWO | {"regions": "[b]"}, "wrong": TWO | {"regions": "[z]"}}.items():
        project.write(f"params/assessments/{name}.yml", base(**changed))
    status, out, err = evalkit("run", "a", "--also", "c", "--jobs", "2")
    assert (status, out.splitlines()) == (
        1,
        [
            "a: 2 made, 0 up to date, 0 failed. Open reports/a/site/index.html",
            "c: 0 made, 0 up to date, 1 failed. Open reports/c/site/index.html",
        ],
    )
    assert "failed b: small (en): ValueError: broken" in err
    assert '"../../c/site/index.en.html"' in (project.root / "reports/a/site/index.html").read_text(encoding="utf-8")

    status, out, err = evalkit("run", "wrong", "--also", "a", "--also", "a")
    assert (status, out) == (2, "a: 0 made, 2 up to date, 0 failed. Open reports/a/site/index.html\n")
    assert "there is no unit 'z'" in err
    assert evalkit("status", "a")[1] == "a: up to date\nb: up to date\n"
    status, _, err = evalkit("run", "a", "b", "--also", "c")
    assert (status, "regions are of one assessment" in err) == (2, True)


def test_ctrl_c_is_a_word_and_no_traceback(evalkit, monkeypatch):
    monkeypatch.setattr(cli, "app", Mock(side_effect=KeyboardInterrupt))
    assert evalkit("check", "a") == (130, "", "Stopped.\n")


@pytest.mark.parametrize("command", ["check a | true", "check a >&-", "status a | head -c 1", "check a >&- 2>&-"])
def test_a_reader_that_has_gone_is_no_traceback(project, command):
    start = f"{sys.executable} -P -m evalkit"
    words, _, rest = command.partition(" a")
    told = subprocess.run(
        ["bash", "-c", f"{start} {words} a --project {project.root}{rest}"], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in told.stderr
    assert "Exception" not in told.stderr
