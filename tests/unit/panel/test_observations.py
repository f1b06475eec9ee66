import numpy as np
import pandas as pd
import pytest

from evalkit.errors import InputError
from evalkit.panel import observations as panels

PANEL = """
unit | period | indicator | value | status    | released
a    | 2019Q1 | rate      | 1     | published | 2019-04-30
a    | 2019Q2 | rate      | 2     |           |
a    | 2019Q4 | rate      | 4     | reported  | 2020-06-30
b    | 2019Q1 | rate      | 5     |           | 2020
b    | 2019Q1 | other     | 6     |           |
"""


@pytest.fixture
def filled(project):
    project.indicators("rate: {name: {en: R}, unit: percent}\nother: {name: {en: O}, unit: percent}")
    project.table("panel", PANEL)
    return project


def kept(panel):
    return list(zip(panel.rows["unit"], panel.rows["period"], panel.rows["value"], strict=True))


def test_the_panel_holds_the_rows_of_the_chosen_indicators_in_every_column(filled):
    panel = filled.read()
    assert kept(panel) == [("a", "2019Q1", 1), ("a", "2019Q2", 2), ("a", "2019Q4", 4), ("b", "2019Q1", 5)]
    assert tuple(panel.rows.columns) == panels.COLUMNS
    assert panel.exists
    assert repr(panel) == f"Panel(4 rows, 2 units, {panel.fingerprint[:12]})"


def test_as_of_lets_in_what_had_ended_and_was_released(filled):
    filled.assessment("as_of: 2019-12-31\n")
    assert kept(filled.read()) == [("a", "2019Q1", 1), ("a", "2019Q2", 2)]


@pytest.mark.parametrize(("as_of", "rows"), [("2019-06-29", 1), ("2019-06-30", 2)])
def test_a_period_enters_on_its_last_day(filled, as_of, rows):
    filled.assessment(f"as_of: {as_of}\n")
    assert len(filled.read().rows) == rows


@pytest.mark.parametrize(("as_of", "periods"), [("2020-06-29", 2), ("2020-06-30", 3)])
def test_a_value_enters_on_the_day_of_its_release(filled, as_of, periods):
    filled.assessment(f"as_of: {as_of}\n")
    assert (filled.read().rows["unit"] == "a").sum() == periods


def test_a_release_known_to_the_year_counts_from_its_end(filled):
    filled.assessment("as_of: 2020-12-30\n")
    assert "b" not in set(filled.read().rows["unit"])
    filled.assessment("as_of: 2020-12-31\n")
    assert "b" in set(filled.read().rows["unit"])


def test_an_adoption_after_the_as_of_date_has_not_happened_yet(filled):
    filled.assessment("as_of: 2019-06-30\n")
    filled.table(
        "units",
        """
        unit | adoption | adoption_precision | adoption_alternatives
        a    | 2019Q2   | quarter            | 2019Q1
        b    | 2019-07  | month              | 2019-06
        """,
    )
    units = filled.read().units
    columns = ["adoption", "adoption_precision", "adoption_alternatives"]
    assert units.loc["a", columns].tolist() == ["2019Q2", "quarter", "2019Q1"]
    assert units.loc["b", columns].tolist() == ["", "", ""]
    assert filled.load().units.at["b", "adoption"] == "2019-07"


def test_an_adoption_known_to_the_year_may_have_happened_from_its_first_day(filled):
    filled.table("units", "unit | adoption\na | 2019\nb | 2020")
    filled.assessment("as_of: 2019-06-30\n")
    assert filled.read().units["adoption"].tolist() == ["2019", ""]


def test_published_figures_are_as_of_the_date_too(filled):
    filled.table(
        "published",
        """
        unit | period | indicator | value | released   | source | phrase
        a    | 2018   | rate      | 1     |            | press  | …
        a    | 2018Q4 | rate      | 2     | 2020-01-01 | press  | …
        a    | 2019   | rate      | 3     |            | press  | …
        """,
    )
    filled.assessment("as_of: 2019-12-30\n")
    assert filled.read().published["value"].tolist() == [1]


def test_a_dataset_may_have_no_panel(project):
    panel = project.read()
    assert not panel.exists
    assert panel.rows.empty
    assert tuple(panel.rows.columns) == panels.COLUMNS


def test_wide_has_every_period_of_the_span(filled):
    wide = filled.read().wide("rate")
    assert list(wide.columns) == ["2019Q1", "2019Q2", "2019Q3", "2019Q4"]
    np.testing.assert_array_equal(wide.loc["a"], [1, 2, np.nan, 4])


def test_order_of_rows_changes_nothing(filled):
    before = filled.read()
    lines = [line for line in PANEL.strip().splitlines() if line.strip()]
    filled.table("panel", "\n".join([lines[0], *reversed(lines[1:])]))
    assert filled.read().fingerprint == before.fingerprint


def test_the_fingerprint_is_that_of_the_slice(filled):
    filled.assessment("as_of: 2019-12-31\n")
    before = filled.read().fingerprint
    filled.table("panel", PANEL + "a | 2020Q1 | rate | 9 | |")
    assert filled.read().fingerprint == before
    filled.table("panel", PANEL.replace("| 2     |", "| 3     |"))
    assert filled.read().fingerprint != before


@pytest.mark.parametrize("kind", ["text", "dates"])
def test_parquet_reads_like_csv(filled, kind):
    as_csv = filled.read()
    table = pd.DataFrame(
        {
            "unit": ["a", "a", "a", "b", "b"],
            "period": ["2019Q1", "2019Q2", "2019Q4", "2019Q1", "2019Q1"],
            "indicator": pd.Categorical(["rate"] * 4 + ["other"]),
            "value": [1.0, 2, 4, 5, 6],
            "status": ["published", None, "reported", None, None],
            "released": ["2019-04-30", None, "2020-06-30", "2020-12-31", None],
        }
    )
    if kind == "dates":
        table["released"] = pd.to_datetime(table["released"])
    table.to_parquet(filled.root / "data/d/panel.parquet")
    panel = filled.read()
    assert kept(panel) == kept(as_csv)
    assert panel.rows["status"].tolist() == ["published", "", "reported", ""]
    filled.assessment("as_of: 2019-12-31\n")
    assert kept(filled.read()) == [("a", "2019Q1", 1), ("a", "2019Q2", 2)]


def test_codes_that_a_program_stored_as_numbers_are_recognised(project):
    project.table("units", "unit | adoption\n08001 | 2019Q1")
    project.assessment(base='dataset: d\nregions: ["08001"]\nindicators: {primary: [rate]}\n')
    table = pd.DataFrame({"unit": [8001], "period": ["2019Q1"], "indicator": ["rate"], "value": [1.0]})
    table.to_parquet(project.root / "data/d/panel.parquet")
    with pytest.raises(InputError, match='Did you mean "08001"'):
        project.read()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a | 2019Q3 | rate | x | |", "line 7: `value` 'x' is not a number"),
        ("a | 2019Q9 | rate | 1 | |", "line 7: '2019Q9' is not a period"),
        ("a | 2019Q3 | rate | 1 | guess |", "line 7: unknown status 'guess'"),
        ("a | 2019Q3 | rate | 1 | | 1.4.2019", "line 7: `released` '1.4.2019' is not a date"),
        ("a | 2019 | rate | 1 | |", "the indicator `rate` mixes quarter and year"),
        ("z | 2019Q3 | rate | 1 | |", "line 7: the unit 'z' is not in units.csv"),
    ],
)
def test_a_wrong_cell_is_told_with_its_line(filled, row, told):
    filled.table("panel", PANEL + row)
    with pytest.raises(InputError, match=told):
        filled.read()


def test_numerators_are_numbers_as_well(project):
    project.table("panel", "unit|period|indicator|value|numerator\na|2019Q1|rate|1|1 000")
    assert "line 2: `numerator` '1 000' is not a number" in project.mistakes()


def test_an_unknown_column_is_an_error(project):
    project.table("panel", "unit|period|indicator|value|relased\na|2019Q1|rate|1|")
    assert project.mistakes() == ('data/d/panel.csv: unknown column `relased`\n    Did you mean "released"?')
