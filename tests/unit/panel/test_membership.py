"""Who belongs to whom on a day, who belongs to two, and what is related."""

import datetime as dt

import pytest

from evalkit.panel import membership

UNITS = """
unit | kind       | parent
city | city       |
one  | consortium | city
two  | consortium | city
zone | zone       | city
far  | consortium |
l    | hospital   |
m    | township   |
n    | township   |
p    | township   |
a    | county     |
"""
MEMBERS = """
unit | of   | role   | from    | to
l    | one  | lead   |         |
m    | one  | member | 2019Q1  |
n    | one  |        |         | 2019-06
n    | two  |        | 2019-07 |
p    | two  |        |         |
p    | zone |        | 2018    | 2018
m    | far  |        | 2020    |
"""


@pytest.fixture
def joined(project):
    project.table("units", UNITS)
    project.table("members", MEMBERS)
    return project


def names(ties):
    return [tie.unit for tie in ties]


@pytest.mark.parametrize(
    ("unit", "day", "who"),
    [
        ("one", "2018-12-31", ["l", "n"]),
        ("one", "2019-01-01", ["l", "m", "n"]),
        ("one", "2019-06-30", ["l", "m", "n"]),
        ("one", "2019-07-01", ["l", "m"]),
        ("two", "2019-07-01", ["n", "p"]),
        ("city", "2019-07-01", ["l", "m", "n", "p"]),
        ("zone", "2019-07-01", []),
        ("m", "2019-07-01", []),
    ],
)
def test_who_belongs_to_a_unit_on_a_day(joined, unit, day, who):
    found = membership.of(joined.load(), unit, dt.date.fromisoformat(day))
    assert sorted(names(found)) == who


def test_a_tie_says_to_whom_as_what_and_since_when(joined):
    (first, *_) = membership.of(joined.load(), "city", dt.date(2019, 7, 1))
    assert (first.unit, first.of, first.role, first.since) == ("l", "one", "lead", "")
    assert {tie.since for tie in membership.of(joined.load(), "one", dt.date(2019, 7, 1))} == {"", "2019Q1"}


def test_an_institution_that_belongs_in_two_ways_comes_twice(joined):
    ties = [tie for tie in membership.of(joined.load(), "city", dt.date(2018, 5, 1)) if tie.unit == "p"]
    assert {tie.of for tie in ties} == {"two", "zone"}


def test_without_a_day_those_belong_who_have_not_left(joined):
    assert names(membership.of(joined.load(), "one", None)) == ["l", "m"]


def test_what_begins_or_ends_after_the_as_of_date_is_not_known(joined):
    joined.assessment("as_of: 2018-12-31\n")
    evaluation = joined.load()
    table = membership.known(evaluation)
    assert list(table["unit"]) == ["l", "n", "p", "p"]
    assert list(table["to"]) == ["", "", "", "2018"]
    assert names(membership.of(evaluation, "one", dt.date(2020, 1, 1))) == ["l", "n"]


def test_a_dated_membership_is_not_made_permanent_by_the_parent(joined):
    joined.table("units", UNITS.replace("m    | township   |", "m    | township   | one"))
    assert names(membership.of(joined.load(), "one", dt.date(2018, 1, 1))) == ["l", "n"]
    joined.assessment("as_of: 2018-12-31\n")
    assert names(membership.of(joined.load(), "one", dt.date(2018, 1, 1))) == ["l", "n"]


def test_a_parent_alone_makes_a_member(project):
    project.table("units", "unit | parent\na |\nb | a\nc | b")
    assert names(membership.of(project.load(), "a", dt.date(2019, 1, 1))) == ["c"]


def test_a_circle_of_memberships_ends(project):
    project.table("units", "unit | parent\na | b\nb | a\nc | a")
    structure = membership.structure(project.load())
    assert [tie.unit for tie, _ in structure.institutions("a")] == ["c"]
    assert structure.inside("a") == {"a", "b", "c"}


def test_an_overlap_is_two_memberships_at_the_same_time_in_units_apart(joined):
    found = {(one.unit, one.tie.of, one.other.of): (one.first, one.last) for one in membership.overlaps(joined.load())}
    assert found == {
        ("m", "one", "far"): (dt.date(2020, 1, 1), dt.date.max),
        ("p", "two", "zone"): (dt.date(2018, 1, 1), dt.date(2018, 12, 31)),
    }


def test_a_move_from_one_unit_to_another_is_no_overlap(joined):
    assert "n" not in {one.unit for one in membership.overlaps(joined.load())}


def test_a_unit_that_contains_the_other_is_no_overlap(project):
    project.table("units", "unit | parent\na |\nb | a\nc |")
    project.table("members", "unit | of\nc | a\nc | b")
    assert membership.overlaps(project.load()) == ()


def test_an_overlap_that_begins_after_the_as_of_date_is_not_known(joined):
    joined.assessment("as_of: 2019-12-31\n")
    assert {one.unit for one in membership.overlaps(joined.load())} == {"p"}


def test_related_units_contain_each_other_or_share_an_institution_at_any_time(joined):
    structure = membership.structure(joined.load())
    assert structure.related("one") == {"city", "two", "far", "l", "m", "n"}
    assert structure.related("far") == {"one", "city", "m"}
    assert structure.related("zone") == {"city", "two", "p"}
    assert structure.related("a") == set()


def test_days_that_touch_are_one_span():
    day = dt.date
    spans = [(day(2019, 7, 1), day.max), (day.min, day(2019, 6, 30))]
    assert membership.merged(spans) == [(day.min, day.max)]
    apart = [(day(2019, 1, 1), day(2019, 2, 1)), (day(2019, 2, 3), day(2019, 3, 1))]
    assert membership.merged(apart) == apart


def test_the_real_overlap_is_found(pytestconfig):
    from evalkit.project.evaluation import load

    found = membership.overlaps(load("final-2022", project=pytestconfig.rootpath))
    (one,) = found
    assert {one.tie.of, one.other.of} == {"jinhua-central", "jinhua-development-zone"}
