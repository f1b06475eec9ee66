"""What a user is told: the file, the place, the fault, and what to write instead. Every mistake at once."""

PANEL = """
unit | period | indicator | value
a    | 2019Q1 | rate      | 1
b    | 2019Q1 | rate      | 2
"""
KEEP_ZERO = "Codes are text: keep the leading zero (format the column as text)."


def test_an_unknown_region(project):
    project.table("units", "unit\nlanxi\njinhua")
    project.assessment(base="dataset: d\nregions: [lanxy]\nindicators: {primary: [rate]}\n")
    assert project.mistakes() == (
        "params/assessments/a.yml, regions: there is no unit 'lanxy' in data/d/units.csv\n    Did you mean \"lanxi\"?"
    )


def test_an_unknown_key(project):
    project.assessment("design:\n  mask: {covid: [2020Q1]}\n  anticipatoin: 1\n")
    assert project.mistakes() == (
        'params/assessments/a.yml, line 6: unknown key `design.anticipatoin`\n    Did you mean "anticipation"?'
    )


def test_an_indicator_that_nobody_described(project):
    project.assessment(base="dataset: d\nregions: [a]\nindicators: {primary: [rtae]}\n")
    assert project.mistakes() == (
        "params/assessments/a.yml, indicators: the indicator `rtae` is not in params/indicators.yml\n"
        '    Did you mean "rate"?'
    )


def test_an_indicator_that_the_panel_lacks(project):
    project.table("panel", "unit|period|indicator|value\na|2019Q1|rates|1")
    assert project.mistakes() == ('data/d/panel.csv: has no row of the indicator `rate`\n    Did you mean "rates"?')


def test_a_panel_with_nothing_but_a_header(project):
    project.table("panel", "unit|period|indicator|value")
    assert project.mistakes() == "data/d/panel.csv: has no row of the indicator `rate`\n    Add its rows."


def test_a_unit_and_period_that_stand_twice(project):
    project.table("panel", PANEL + "a | 2019Q1 | rate | 3")
    assert project.mistakes() == (
        "data/d/panel.csv, line 4: duplicate row for unit a, period 2019Q1, indicator rate\n"
        "    Keep one row for each unit, period and indicator."
    )


def test_an_as_of_date_before_the_data(project):
    project.table("panel", PANEL)
    project.assessment("as_of: 2019-03-30\n")
    assert project.mistakes() == (
        "params/assessments/a.yml, as_of: nothing of dataset `d` was observed and released by 2019-03-30\n"
        "    Write a later date, or leave as_of out to use all data."
    )


def test_a_code_that_lost_its_leading_zero_in_the_assessment(project):
    project.table("units", "unit\n08001\n08002")
    project.assessment(base="dataset: d\nregions: [8001]\nindicators: {primary: [rate]}\n")
    assert project.mistakes() == (
        "params/assessments/a.yml, regions: there is no unit '8001' in data/d/units.csv\n"
        f'    Did you mean "08001"? {KEEP_ZERO}'
    )


def test_a_code_that_lost_its_leading_zero_in_the_panel(project):
    project.table("units", "unit\n08001\n08002")
    project.assessment(base="dataset: d\nregions: [08001]\nindicators: {primary: [rate]}\n")
    project.table("panel", "unit|period|indicator|value\n08001|2019Q1|rate|1\n8002|2019Q1|rate|1")
    assert project.mistakes() == (
        f"data/d/panel.csv, line 3: the unit '8002' is not in units.csv\n    Did you mean \"08002\"? {KEEP_ZERO}"
    )


def test_a_code_in_yaml_needs_no_quotes(project):
    project.table("units", "unit\n08001")
    project.assessment(base="dataset: d\nregions: [08001]\nindicators: {primary: [rate]}\n")
    project.region("08001", "region: 08001")
    assert project.load("08001").details.region == "08001"


def test_a_target_without_a_source(project):
    project.region("a", "region: a\ntargets:\n  - {indicator: rate, operator: increase, phrase: 提高}\n")
    assert project.mistakes() == ("params/regions/a.yml, line 3: `targets.0.source` is missing\n    Add `source: …`.")


def test_a_target_by_table_for_an_unknown_unit_and_indicator(project):
    project.table("targets", "unit|indicator|operator|source|phrase\naa|rates|increase|plan|…")
    assert project.mistakes().splitlines()[::2] == [
        "data/d/targets.csv: the indicator `rates` is not in params/indicators.yml",
        "data/d/targets.csv: the unit 'aa' is not in units.csv",
    ]


def test_a_published_figure_of_an_unknown_unit(project):
    project.table("published", "unit|period|indicator|source|phrase\nz|2019|rate|press|…")
    assert project.mistakes() == ("data/d/published.csv, line 2: the unit 'z' is not in units.csv\n    Known: a, b, c.")


def test_a_dataset_that_is_not_there(project):
    project.assessment(base="dataset: dd\nregions: [a]\nindicators: {primary: [rate]}\n")
    assert project.mistakes() == (
        'params/assessments/a.yml, dataset: there is no folder data/dd\n    Did you mean "d"?'
    )


def test_an_assessment_that_is_not_there(project):
    (project.root / "params/assessments/a.yml").rename(project.root / "params/assessments/ab.yml")
    assert project.mistakes() == ("params/assessments: there is no assessment 'a'\n    Did you mean \"ab\"?")


def test_a_design_that_asks_for_what_units_csv_lacks(project):
    project.assessment(
        "design: {comparison: {same: [provinc], nearest: {n: 5, by: [population]}, exclude: {z: merged}}}\n"
    )
    assert project.mistakes() == (
        "params/assessments/a.yml, design.comparison: units.csv has no column `provinc`\n"
        '    Did you mean "province"?\n'
        "params/assessments/a.yml, design.comparison.exclude: there is no unit 'z'\n"
        "    Known: a, b, c.\n"
        "data/d/units.csv: the unit 'a' has no number in `population`\n"
        "    Fill it in, or leave it out of `nearest`."
    )


def test_indicators_that_are_a_list(project):
    project.indicators("- rate\n- beds\n")
    assert project.mistakes() == (
        "params/indicators.yml: must hold one key per indicator\n    Write `name: {unit: …}` lines."
    )


def test_several_mistakes_in_several_files_are_told_at_once(project):
    project.indicators("rate: {name: {en: Rate}, unit: percents}\n")
    project.assessment("stage: finale\nas_of: 2022-12\n")
    told = project.mistakes().splitlines()[::2]
    assert [line.split(":")[0] for line in told] == [
        "params/indicators.yml, line 1",
        "params/assessments/a.yml, line 4",
        "params/assessments/a.yml, line 5",
    ]


def test_several_mistakes_in_one_panel_are_told_at_once(project):
    project.table("panel", PANEL + "a | 2019Q5 | rate | many\nx | 2019Q1 | rate | 1")
    assert project.mistakes().splitlines()[::2] == [
        "data/d/panel.csv, line 5: the unit 'x' is not in units.csv",
        "data/d/panel.csv, line 4: '2019Q5' is not a period",
        "data/d/panel.csv, line 4: `value` 'many' is not a number",
    ]
