"""Columns that the design names: missing, empty; and starts that other packages code as never."""

import pytest

from evalkit.errors import InputError


def told(project) -> str:
    with pytest.raises(InputError) as caught:
        project.load()
    return "\n".join(f"{m.where}: {m}" for m in caught.value.mistakes)


@pytest.mark.parametrize("code", ["9999", "0", "Inf", "NA", "Never", "nan"])
def test_a_code_for_never_is_named_and_the_cure_is_an_empty_cell(project, code):
    project.table("units", f"unit|adoption\na|2019Q1\nb|{code}\n")
    project.assessment("")
    assert "It seems to mean that the reform never began there: leave the cell empty." in told(project)


@pytest.mark.parametrize("blank", ["", " ", "　", "NA"])
def test_a_region_without_the_word_in_which_others_should_agree_is_a_mistake(project, blank):
    project.write("data/d/units.csv", f"unit,adoption,province\na,2019Q1,{blank}\nb,,x\n")
    project.assessment("design: {comparison: {same: [province]}}\n")
    assert "has no `province`" in told(project)


def test_columns_of_clusters_subgroups_and_covariates_must_exist(project):
    project.table("units", "unit|adoption\na|2019Q1\nb|\n")
    project.assessment("design: {cluster: prefecture, subgroups: [terrain], covariates: [gdp]}\n")
    found = told(project)
    assert all(name in found for name in ("`prefecture`", "`terrain`", "`gdp`"))
