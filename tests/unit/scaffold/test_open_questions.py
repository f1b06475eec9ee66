"""What `evalkit check` asks about an assessment whose files have no mistake."""

import pandas as pd

from evalkit.scaffold import open_questions

SAME = "design: {comparison: {same: [province]}}\n"


def asked(project):
    return list(open_questions.of_data(project.load()))


def test_a_region_without_what_others_must_share_is_asked_about(project):
    project.table("units", "unit | adoption | province\na | 2019Q1 | x\nb | | x\nc | |\n")
    project.assessment(SAME)
    assert asked(project) == [
        "data/d/units.csv: the `province` of 1 other regions is unknown; they agree with no region"
    ]
    project.table("units", "unit | adoption | province\na | 2019Q1 | x\nb | | x\nc | | y\n")
    assert asked(project) == []


def test_starts_after_the_last_period_of_the_data_are_asked_about(project):
    project.table("units", "unit | adoption\na | 2019Q1\nb | 2030\nc | 2024-05\n")
    project.assessment()
    assert asked(project) == []
    project.values(pd.DataFrame([[1.0, 2.0]] * 3, index=list("abc"), columns=["2018Q4", "2019Q1"]))
    assert asked(project) == [
        "data/d/units.csv: 2 regions start after the last period of the data (b, c); "
        "leave `adoption` empty where the reform never begins"
    ]
