import pandas as pd
import pytest

from evalkit.errors import InputError
from evalkit.project import dataset


@pytest.fixture
def folder(project):
    return project.root / "data/d"


def told(read, *given):
    with pytest.raises(InputError) as caught:
        read(*given)
    return [f"{mistake.where}: {mistake.what}" for mistake in caught.value.mistakes]


def test_every_cell_is_text_and_an_empty_one_the_empty_text(project, folder):
    project.write("data/d/x.csv", "\ufeffunit,a,b\n08001,NA,\n010101,1.50\n")
    table = dataset.read_text(folder / "x.csv", "x.csv")
    assert table.to_numpy().tolist() == [["08001", "NA", ""], ["010101", "1.50", ""]]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        ("单位".encode("gb18030"), "is not UTF-8 text"),
        (b"unit,a\nx,1\ny,1,2\n", "not readable as CSV"),
        (b"unit,a\nx,1,2\ny,1,2\n", "its rows have more cells than its header"),
    ],
)
def test_a_file_that_is_no_table(folder, content, fault):
    (folder / "x.csv").write_bytes(content)
    (mistake,) = told(dataset.read_text, folder / "x.csv", "x.csv")
    assert mistake.startswith(f"x.csv: {fault}")


def test_units_have_every_column_of_the_contract_and_keep_their_own(project, folder):
    project.table("units", "unit | population | area\n 08001 | 450000 | 12\n 08002 | | ")
    units = dataset.units(folder, "data/d")
    assert set(dataset.UNITS) < set(units.columns)
    assert units["area"].tolist() == ["12", ""]
    assert units.at["08001", "population"] == 450000
    assert pd.isna(units.at["08002", "population"])
    assert units.at["08001", "adoption"] == ""


def test_every_mistake_in_the_units_is_told_with_its_line(project, folder):
    project.table(
        "units",
        """
        unit | population | adoption | adoption_alternatives
        a    | many       | 2019     | 2019Q1; 2019Q9
        b    | 1          | 2019/3   |
        a    | 1          |          | 2018;
        """,
    )
    assert told(dataset.units, folder, "data/d") == [
        "data/d/units.csv, line 4: duplicate unit 'a'",
        "data/d/units.csv, line 3: `adoption` '2019/3' is not a period",
        "data/d/units.csv, line 2: `adoption_alternatives` '2019Q9' is not a period",
        "data/d/units.csv, line 2: `population` 'many' is not a number",
    ]


def test_units_need_a_file_with_a_column_unit(project, folder):
    project.table("units", "unti | name_zh\n a | 甲")
    assert told(dataset.units, folder, "data/d") == ["data/d/units.csv: the column `unit` is missing"]
    (folder / "units.csv").unlink()
    assert told(dataset.units, folder, "data/d") == ["data/d/units.csv: does not exist"]


def test_optional_tables_may_be_absent(folder):
    assert dataset.published(folder, "data/d").empty
    assert dataset.sources(folder, "data/d").empty
    assert dataset.targets(folder, "data/d") == {}


def test_a_published_figure_may_be_a_number_or_a_text(project, folder):
    project.table(
        "published",
        """
        unit | period | indicator | value | text       | source | phrase
        a    | 2019   | rate      | 64.45 |            | press  | …
        a    | 2019   | deaths    |       | record low | press  | …
        """,
    )
    published = dataset.published(folder, "data/d")
    assert tuple(published.columns) == dataset.PUBLISHED
    assert published["value"].tolist()[0] == 64.45
    assert pd.isna(published["value"].tolist()[1])


def test_every_mistake_in_the_published_figures_is_told(project, folder):
    project.table(
        "published",
        """
        unit | period | indicator | value | status  | released   | source | phrase
        a    | 2019   | rate      | 64,45 |         |            | press  | …
        """.replace("64,45", "64.4.5")
        + """
        a    | 20199  | rate      | 1     | publishd |            | press  | …
        a    | 2018   | rate      | 1     |         | 2019/3/1   |        | …
        a    | 2018   | rate      | inf   |         | 2019-03-01 | press  | …
        """,
    )
    assert told(dataset.published, folder, "data/d") == [
        "data/d/published.csv, line 3: '20199' is not a period",
        "data/d/published.csv, line 2: `value` '64.4.5' is not a number",
        "data/d/published.csv, line 5: `value` 'inf' is not a number",
        "data/d/published.csv, line 4: `released` '2019/3/1' is not a date",
        "data/d/published.csv, line 3: unknown status 'publishd'",
        "data/d/published.csv, line 5: duplicate row for unit a, period 2018, indicator rate",
        "data/d/published.csv, line 4: the source is missing",
    ]


def test_an_unknown_column_of_a_table_is_an_error(project, folder):
    project.table("published", "unit | period | indicator | vaule | source | phrase\n a|2019|rate|1|s|p")
    assert told(dataset.published, folder, "data/d") == ["data/d/published.csv: unknown column `vaule`"]


def test_targets_by_table(project, folder):
    project.table(
        "targets",
        """
        unit | indicator | operator | value | deadline | source | phrase
        *    | rate      | >=       | 65    | 2022     | plan   | …
        a    | key       | range    | 3;5   |          | plan   | …
        a    | deaths    | decrease |       | 2022     | plan   | …
        """,
    )
    targets = dataset.targets(folder, "data/d")
    assert targets["*"][0].value == 65.0
    assert [target.value for target in targets["a"]] == [(3.0, 5.0), None]
    assert targets["a"][0].deadline is None


def test_every_mistake_in_the_targets_is_told(project, folder):
    project.table(
        "targets",
        """
        unit | indicator | operator | value | source | phrase
        a    | rate      | =>       | 65    | plan   | …
        a    | rate      | >=       | 65    |        | …
        """,
    )
    first, second = told(dataset.targets, folder, "data/d")
    assert first.startswith("data/d/targets.csv, line 2: `operator`: Input should be '>=', '<='")
    assert second == "data/d/targets.csv, line 3: `source`: Input should be a valid string"


def test_unknown_units_are_told_at_their_first_row():
    table = pd.DataFrame({"unit": ["b", "8001", "8001"]})
    (mistake,) = dataset.unknown_units(table, pd.Index(["08001", "b"]), "panel.csv")
    assert (mistake.where, mistake.what) == ("panel.csv, line 3", "the unit '8001' is not in units.csv")
    assert mistake.cure.startswith('Did you mean "08001"?')


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        ("9999", "leave the cell empty"),
        ("0", "leave the cell empty"),
        ("NA", "leave the cell empty"),
        ("Never", "leave the cell empty"),
        ("inf", "leave the cell empty"),
        ("未实施", "leave the cell empty"),
        ("2019/3/1", "if 2019-03 is meant, format the column as text"),
        ("43525", "if 2019-03 is meant, format the column as text"),
        ("Mar-19", "Excel has made a date of it"),
        ("19-Mar", "Excel has made a date of it"),
        ("3月19日", "Excel has made a date of it"),
        ("2019-13", "Write 2019, 2019Q1, 2019-02 or 2019-02-14; leave it empty where the reform never began"),
    ],
)
def test_a_start_that_is_no_period_gets_the_cure_for_its_cause(project, written, cure):
    project.table("units", f"unit | adoption\na | 2019\nb | {written}\n")
    with pytest.raises(InputError) as caught:
        dataset.units(project.root / "data/d", "data/d")
    (mistake,) = caught.value.mistakes
    assert mistake.where == "data/d/units.csv, line 3"
    assert cure in mistake.cure


@pytest.mark.parametrize(
    ("written", "read"), [("2019年3月", "2019-03"), ("2019年", "2019"), ("2019年第二季度", "2019Q2"), ("2019", "2019")]
)
def test_a_start_that_can_only_mean_one_thing_is_read(project, written, read):
    project.table("units", f"unit | adoption\na | {written}\nb |\n")
    assert list(dataset.units(project.root / "data/d", "data/d")["adoption"]) == [read, ""]


@pytest.mark.parametrize(
    ("column", "meant"),
    [("adoptoin", "adoption"), ("Adoption", "adoption"), ("启动时间", "adoption"), ("popluation", "population")],
)
def test_a_misspelt_column_is_found(project, column, meant):
    project.table("units", f"unit | {column}\na | 2019\n")
    with pytest.raises(InputError, match=f'unknown column `{column}`\n    Did you mean "{meant}"'):
        dataset.units(project.root / "data/d", "data/d")


def test_a_column_of_ones_own_is_no_misspelling(project):
    project.table("units", "unit | adoption | start | gdp | provincial_capital\na | 2019 | x | 3 | yes\n")
    assert "gdp" in dataset.units(project.root / "data/d", "data/d").columns
