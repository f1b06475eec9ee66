"""Input that got further than it should: each case folder gets a short answer with place and cure, or is read rightly.

More inputs of each kind: test_any_text.py, test_damaged_tables.py, and the tests of `workbooks` and `ingest`.
"""

import csv
import shutil
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from evalkit import cli

CASES = Path(__file__).parents[1] / "cases"
LONGEST = 2000  # characters of an answer
SECONDS = 10


@pytest.fixture
def case(tmp_path, monkeypatch, capsys):
    """Copies a case, and runs the command in it: exit status, and what it said, within limits."""

    def open_case(name):
        root = tmp_path / name
        shutil.copytree(CASES / name, root)

        def run(*arguments):
            monkeypatch.setattr(sys, "argv", ["evalkit", *arguments, "--project", str(root)])
            started = time.process_time()
            with pytest.raises(SystemExit) as left:
                cli.main()
            assert time.process_time() - started < SECONDS
            said = capsys.readouterr()
            assert "Traceback" not in said.err
            assert len(said.err) < LONGEST
            return left.value.code, said.out + said.err

        return root, run

    return open_case


def write(root, file, text):
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, encoding="utf-8")


ASSESSMENT = "params/assessments/a.yml"


@pytest.mark.parametrize("command", ["check", "run", "status"])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("control-character-in-a-name", "data/d/units.csv, line 2: holds a soft line break"),
        ("exec-notebook-outside-notebooks", f"{ASSESSMENT}, line 6: `notebooks.0`: '../data/raw/county/evil'"),
        ("narrative-gbk", "params/narrative/a/a.en.md: is not UTF-8 text\n    Save the file as UTF-8."),
        ("parquet-damaged", "data/d/panel.parquet: is damaged"),
        ("region-id-too-long", "longer than 120 bytes"),
        ("region-ids-windows", "data/d/units.csv: the unit 'CON' cannot be the folder of a report"),
        ("region-ids-windows", "data/d/units.csv: the unit 'b.' cannot be the folder of a report"),
        ("region-ids-windows", "are one folder on Windows and macOS"),
        ("yaml-alias-bomb", "its aliases stand for far more than is written"),
        ("yaml-key-that-is-a-list", "a key must be a text, not a list or a mapping"),
    ],
)
def test_a_project_that_cannot_be_read_is_refused_by_every_command(case, name, told, command):
    root, run = case(name)
    status, said = run(command, "a")
    assert status == 2
    assert told in said
    assert not list(root.rglob("EXECUTED*"))
    assert not (root / "reports/a/site").exists()


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (ASSESSMENT, f"dataset: d\ntitle: {'[' * 200_000}\n", "nested too deeply"),
        (ASSESSMENT, f"dataset: d\ndesign: {{minimum_post_periods: {'9' * 100_000}}}\n", "minimum_post_periods"),
        ("data/d/panel.csv", f"unit,period,indicator,value{',' * 2_000_000}\n", "data/d/panel.csv"),
        ("data/d/units.csv", f"unit{',' * 2_000_000}\n", "data/d/units.csv"),
    ],
    ids=["200,000 brackets", "100,000 digits", "columns of the panel", "columns of units"],
)
def test_what_is_absurdly_long_is_refused_in_a_few_words(case, file, text, told):
    root, run = case("csv-two-million-columns")
    write(root, file, text)
    status, said = run("check", "a")
    assert status == 2
    assert told in said


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("emoji-in-messages", "12:100:30"),
        ("terminal-escapes", "\\x1b"),
        ("personal-data-spaced-numbers", "personal data"),
        ("xlsx-case-twin", "it holds a part twice"),
        ("regex-brackets-unguarded", "x.xlsx"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused_as_it_is(case, name, told):
    root, run = case(name)
    status, said = run("ingest", "d")
    assert status == 2
    assert told in said
    assert not {sign for sign in said if sign < " "} - {"\n"}
    assert not (root / "data/d/panel.csv").exists()


@pytest.mark.parametrize("name", ["personal-data-spaced-numbers", "regex-brackets-unguarded"])
def test_a_draft_of_it_is_answered_in_time(case, name):
    root, run = case(name)
    status, said = run("ingest", "--draft", str(root / "data/raw/county/x.xlsx"))
    assert status in (0, 2)
    assert (status == 2) == (name == "personal-data-spaced-numbers"), said


def test_values_in_cdata_and_references_are_read(case):
    root, run = case("xlsx-cdata-charref")
    status, said = run("ingest", "d")
    panel = pd.read_csv(root / "data/d/panel.csv") if status == 0 else pd.DataFrame({"value": []})
    assert status == 2 or {61.25, 63.5} <= set(panel["value"]), said


def test_no_cell_of_the_files_for_evaluators_is_a_formula(case):
    root, run = case("ingest-csv-formulas")
    status, said = run("ingest", "d")
    assert status == 0, said
    texts = [path.read_text(encoding="utf-8-sig") for path in (root / "data/d").rglob("*.csv")]
    cells = [cell for text in texts for row in csv.reader(text.splitlines()) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))] == []
    assert [cell for cell in cells if "calc" in cell] != []
