"""The suite's notebooks and demonstration: all of them are found, and a copy differs in its defaults only."""

import json
import subprocess
from pathlib import Path

import pytest

from evalkit.project import suite

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", suite.notebooks())
def test_without_new_defaults_a_copy_is_the_notebook_to_the_byte(name):
    path = suite.notebooks()[name]
    assert suite.with_parameters(path) == path.read_text(encoding="utf-8")


def test_a_copy_has_the_defaults_asked_for_and_all_else_as_before(tmp_path):
    copy = tmp_path / "region_report.ipynb"
    copy.write_text(suite.with_parameters(suite.notebooks()["region_report"], assessment="a", region='x"y'), "utf-8")
    (parameters,) = (
        "".join(cell["source"])
        for cell in json.loads(copy.read_text("utf-8"))["cells"]
        if "parameters" in cell["metadata"].get("tags", ())
    )
    values: dict[str, str] = {}
    exec(parameters, values)
    assert (values["assessment"], values["region"], values["lang"]) == ("a", 'x"y', "zh")
    assert not suite.differs(copy)
    copy.write_text(
        copy.read_text("utf-8").replace('report.section(\\"goals\\")', 'report.section(\\"effects\\")'), "utf-8"
    )
    assert suite.differs(copy)


def test_the_demonstration_has_every_committed_file_but_the_nation():
    committed = subprocess.run(
        ["git", "ls-files", "params", "data", "notebooks"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(suite.demonstration()) == {path for path in committed if "national" not in path}


def test_the_wheel_takes_along_what_the_demonstration_has():
    wheel = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for dataset in suite.DATASETS:
        assert f'"data/{dataset}" = "evalkit/demonstration/data/{dataset}"' in wheel
