import re

import pytest

from evalkit.errors import InputError
from evalkit.project import evaluation as projects

TARGETS = """
unit | indicator | operator | value | source | phrase
*    | rate      | >=       | 60    | plan   | all
a    | rate      | >=       | 65    | plan   | own
a    | beds      | >=       | 5     | plan   | own
"""
BEDS = "rate: {name: {en: Rate}, unit: percent}\nbeds: {name: {en: Beds}, unit: count}"


def test_the_project_is_the_nearest_parent_with_params(project, monkeypatch):
    monkeypatch.delenv("EVALKIT_PROJECT", raising=False)
    monkeypatch.chdir(project.root / "data/d")
    assert projects.locate() == project.root


def test_the_environment_names_the_project_and_an_argument_overrules_it(project, monkeypatch, tmp_path):
    monkeypatch.setenv("EVALKIT_PROJECT", str(project.root))
    monkeypatch.chdir("/")
    assert projects.locate() == project.root
    with pytest.raises(InputError, match="holds no folder params/"):
        projects.locate(tmp_path / "elsewhere")


def test_assessments_are_listed_by_name(project):
    project.write("params/assessments/b.yml", "")
    assert projects.assessments(project.root) == ["a", "b"]


def test_an_evaluation_knows_its_units_and_regions(project):
    evaluation = project.load("a")
    assert evaluation.regions == ("a",)
    assert list(evaluation.units.index) == ["a", "b", "c"]
    assert repr(evaluation) == "Evaluation(a, a)"
    assert repr(project.load()) == "Evaluation(a, all regions)"


def test_a_region_is_seen_without_moving_the_evaluation(project):
    whole = project.load()
    assert projects.of_region(whole, "a").region == "a"
    assert whole.region == ""


@pytest.mark.parametrize(
    ("rule", "regions"),
    [
        ("{adopted: true}", ("a", "b", "x")),
        ("{adopted: true, kind: county}", ("a", "b")),
        ("{adopted: false}", ("c", "late")),
    ],
)
def test_regions_by_rule_are_those_that_adopted_by_the_as_of_date(project, rule, regions):
    project.table(
        "units",
        """
        unit | kind   | adoption
        a    | county | 2019Q1
        b    | county | 2018
        c    | county |
        late | county | 2020Q2
        x    | city   | 2019-02
        """,
    )
    head = f"dataset: d\nregions: {rule}\nindicators: {{primary: [rate]}}\n"
    project.assessment("as_of: 2020-03-31\n", base=head)
    assert project.load().regions == regions


def test_a_rule_that_selects_nobody_is_an_error(project):
    project.assessment(base="dataset: d\nregions: {kind: town}\nindicators: {primary: [rate]}\n")
    with pytest.raises(InputError, match="the rule selects no unit"):
        project.load()


def test_a_regions_own_file_overrides_the_table_per_indicator(project):
    project.indicators(BEDS)
    project.table("targets", TARGETS)
    assert [target.phrase for target in project.load("a").targets] == ["all", "own", "own"]
    project.region(
        "a",
        """
region: a
targets:
  - {indicator: rate, operator: ">=", value: 70, source: plan, phrase: file}
""",
    )
    targets = project.load("a").targets
    assert [(t.indicator, t.phrase) for t in targets] == [("rate", "file"), ("beds", "own")]


def test_a_region_file_names_its_region(project):
    project.region("a", "region: b")
    with pytest.raises(InputError, match=r"params/regions/a\.yml: `region` says 'b'"):
        project.load()


def test_a_name_falls_back_to_the_other_language_and_to_the_code(project):
    project.table("units", "unit|name_zh|name_en|adoption\n a|甲|Alpha|\n b|乙||\n c|||")
    evaluation = project.load()
    assert [evaluation.name(unit, "en") for unit in "abc"] == ["Alpha", "乙", "c"]


def test_parquet_comes_before_csv_and_a_panel_may_be_absent(project):
    assert project.load().panel_file is None
    project.table("panel", "unit|period|indicator|value")
    assert project.load().panel_file == project.root / "data/d/panel.csv"
    project.write("data/d/panel.parquet", "")
    evaluation = project.load()
    assert evaluation.show(evaluation.panel_file) == "data/d/panel.parquet"


BEFORE = "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\nas_of: 2019-12-31\n"


def test_a_region_sees_its_previous_assessment(project):
    project.write("params/assessments/before.yml", BEFORE)
    project.assessment("as_of: 2020-12-31\nprevious: before\n")
    previous = project.load("a").previous
    assert (previous.assessment.name, previous.region) == ("before", "a")
    assert previous.previous is None


def test_without_a_previous_assessment_or_outside_of_it_there_is_none(project):
    assert project.load("a").previous is None
    project.write("params/assessments/before.yml", BEFORE.replace("[a]", "[b]"))
    project.assessment("previous: before\n")
    evaluation = project.load("a")
    assert evaluation.previous is None
    assert evaluation.earlier.assessment.name == "before"


@pytest.mark.parametrize(
    ("previous", "told"),
    [
        ("befor", "params/assessments/a.yml, previous: there is no assessment 'befor'\n    Did you mean \"before\"?"),
        ("a", "'a' has no earlier `as_of` than this assessment"),
        ("later", "'later' has no earlier `as_of` than this assessment"),
        ("open", "'open' has no earlier `as_of` than this assessment"),
        ("broken", "params/assessments/broken.yml, line 5: unknown key `asof`"),
    ],
)
def test_a_previous_assessment_that_cannot_be_one_is_a_mistake(project, previous, told):
    for name, changed in {"before": BEFORE, "later": BEFORE.replace("2019", "2021")}.items():
        project.write(f"params/assessments/{name}.yml", changed)
    project.write("params/assessments/open.yml", BEFORE.replace("as_of: 2019-12-31\n", ""))
    project.write("params/assessments/broken.yml", BEFORE + "asof: 2019\n")
    project.assessment(f"as_of: 2020-12-31\nprevious: {previous}\n")
    with pytest.raises(InputError) as caught:
        project.load()
    assert told in str(caught.value)


def test_mistakes_of_the_previous_assessment_are_told_with_ones_own(project):
    project.write("params/assessments/before.yml", BEFORE.replace("[rate]", "[rtae]"))
    project.assessment("previous: before\ndesign: {comparison: {same: [provinz]}}\n")
    with pytest.raises(InputError) as caught:
        project.load()
    assert "params/assessments/before.yml, indicators: the indicator `rtae`" in str(caught.value)
    assert "units.csv has no column `provinz`" in str(caught.value)


def test_what_the_previous_assessment_says_is_part_of_what_a_page_rests_on(project):
    project.write("params/assessments/before.yml", BEFORE)
    project.assessment("previous: before\n")
    key = project.load("a").key
    project.write("params/assessments/before.yml", BEFORE.replace("12-31", "09-30"))
    assert project.load("a").key != key


def test_a_region_and_an_assessment_call_an_indicator_by_their_own_names(project):
    project.region("a", "region: a\nnames: {rate: {en: Rate in the city}}\n")
    project.assessment("names: {rate: {en: Rate (city or county)}}\n")
    whole, own = project.load(), project.load("a")
    assert whole.indicators["rate"].name.en == "Rate (city or county)"
    assert own.indicators["rate"].name.en == "Rate in the city"
    assert projects.keys(whole, ["a"]) == {"a": own.key}


def test_nobody_was_asked_unless_a_panel_a_collection_or_the_assessment_says_so(project):
    assert project.load().is_desk_review
    project.assessment("collection: {due: 2021-03-01}\n")
    assert project.load().was_requested
    project.assessment("requested: true\n")
    assert not project.load().is_desk_review
    project.assessment("requested: false\n")
    project.write("data/d/panel.csv", "unit,period,indicator,value\na,2019,rate,60\n")
    assert (project.load().was_requested, project.load().is_desk_review) == (False, False)


def test_a_final_report_needs_problems_recommendations_and_signatures(project):
    project.assessment("state: final\n")
    with pytest.raises(InputError, match="`state: final` needs problems, recommendations, signatures"):
        project.load()
    project.assessment("")
    assert project.load().assessment.state == "draft"


def test_what_is_quoted_at_second_hand_is_no_source_of_the_regions_own(project):
    project.write("data/d/sources.csv", "source,standing\ns,press\nt,secondary\nu,press\n")
    goal = "targets: [{source: s, phrase: …, indicator: rate, operator: increase}]"
    beside = "references: [{source: t, phrase: …, name: {en: N}, indicator: rate, operator: '>=', value: 90}]"
    project.region("a", f"region: a\n{goal}\n{beside}\n")
    assert project.load("a").own_sources == ("s",)


@pytest.mark.parametrize(
    ("region", "typed", "cure"),
    [
        ("010101", 10101, 'Did you mean "010101"? Codes are text: with papermill use -r region 010101.'),
        ("1E5", 100000.0, 'Did you mean "1E5"? Codes are text: with papermill use -r region 1E5.'),
        ("3.10", 3.1, 'Did you mean "3.10"? Codes are text: with papermill use -r region 3.10.'),
        ("010101", 7, "Codes are text: with papermill use -r region CODE."),
    ],
)
def test_a_code_that_a_notebook_got_as_a_number_gets_a_sentence(project, region, typed, cure):
    project.table("units", f"unit | adoption\n{region} | 2019Q1\nb |\n")
    project.assessment(base=f"dataset: d\nregions: ['{region}']\nindicators: {{primary: [rate]}}\n")
    with pytest.raises(InputError, match=re.escape(f"has no region {typed!r}\n    {cure}")):
        projects.load("a", typed, project=project.root)
    with pytest.raises(InputError, match="there is no assessment 2019"):
        projects.load(2019, project=project.root)
