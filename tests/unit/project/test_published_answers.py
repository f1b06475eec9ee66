"""published_answers.csv: read as written, every mistake with its line, and part of what a page rests on."""

import pytest

from evalkit.errors import InputError
from evalkit.project import published_answers
from evalkit.project.published_answers import PublishedAnswer
from evalkit.publishing import preflight
from evalkit.publishing.run.run_keys import run_keys

HEAD = "region,indicator,method,term,value,source\n"
PATH = f"data/d/{published_answers.FILE}"


def test_a_dataset_need_not_have_any(project):
    assert published_answers.read(project.load()) == ()


def test_an_answer_keeps_how_exactly_it_was_published(project):
    project.write(PATH, HEAD + "a,rate,did_mean,att,-27.30,Someone (2021)\n_programme,rate,twfe,att,3,Other\n")
    assert published_answers.read(project.load()) == (
        PublishedAnswer("a", "rate", "did_mean", "att", -27.3, 2, "Someone (2021)"),
        PublishedAnswer("_programme", "rate", "twfe", "att", 3.0, 0, "Other"),
    )


def test_every_mistake_is_told_at_once_with_its_line_before_a_run(project):
    rows = [
        "x,rate,did_mean,att,1,S",
        "a,rat,did_mean,att,one,S",
        "a,rate,,att,,",
        "a,rate,m,att,1,S",
        "a,rate,m,att,1,S",
    ]
    project.write(PATH, HEAD + "\n".join(rows) + "\n")
    with pytest.raises(InputError) as caught:
        preflight.check(project.load())
    assert sorted((one.where.rpartition(" ")[2], one.what) for one in caught.value.mistakes) == [
        ("2", "there is no region 'x'"),
        ("3", "`value` 'one' is not a number"),
        ("3", "there is no indicator 'rat'"),
        ("4", "`method` is empty"),
        ("4", "`source` is empty"),
        ("4", "`value` is empty"),
        ("6", "the same answer is given twice"),
    ]


def test_a_missing_column_is_a_mistake(project):
    project.write(PATH, "region,indicator\na,rate\n")
    with pytest.raises(InputError, match="the column `source` is missing"):
        published_answers.read(project.load())


def test_pages_are_made_again_when_an_answer_changes(project):
    keys = []
    for value in ("1", "2"):
        project.write(PATH, HEAD + f"a,rate,did_mean,att,{value},S\n")
        keys.append(run_keys(project.load(), ["a"])["a"].whole)
    assert keys[0] != keys[1]
