"""`evalkit demo`: a project that can be checked at once; a folder with contents is left alone."""

import pytest

from evalkit.errors import InputError
from evalkit.project import suite
from evalkit.project.evaluation import load
from evalkit.publishing import preflight
from evalkit.scaffold import demonstration


def test_every_assessment_of_the_demonstration_has_no_mistakes(tmp_path):
    folder = tmp_path / "演示 project"
    assert demonstration.write(folder) == len(suite.demonstration())
    for path in sorted((folder / "params/assessments").glob("*.yml")):
        preflight.check(load(path.stem, project=folder))
    assert (folder / "notebooks/start_here.ipynb").is_file()


def test_a_folder_with_contents_stays_as_it_is(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is not empty"):
        demonstration.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        demonstration.write(tmp_path / "file")
