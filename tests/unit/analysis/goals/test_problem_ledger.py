"""The problem ledger: carried on until closed, and nothing known before its day."""

import datetime as dt

import pytest

from evalkit.analysis.goals.problem_ledger import ledger

BEFORE = "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\nas_of: 2021-03-31\n"


@pytest.fixture
def entries(project):
    """The ledger of region `a` from the narrative now and the one before, as of the end of 2022."""

    def make(now="", before=None, as_of="2022-12-31"):
        if before is not None:
            project.write("params/assessments/before.yml", BEFORE)
            project.write("params/narrative/before/a.yml", f"problems:\n{before}")
        if now:
            project.write("params/narrative/a/a.yml", f"problems:\n{now}")
        project.assessment(f"as_of: {as_of}\n" * bool(as_of) + "previous: before\n" * (before is not None))
        return {one.problem.id: one for one in ledger(project.load("a"))}

    return make


def test_without_narrative_the_ledger_is_empty(entries):
    assert entries() == {}


@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ("", "open"),
        ("due: 2023-06", "open"),
        ("due: 2022-12-31", "open"),
        ("due: 2022-11", "overdue"),
        ("due: 2022-11, closed: 2022-10-01", "closed"),
        ("due: 2022-11, closed: 2022-12-31", "closed"),
        ("due: 2022-11, closed: 2023-01-01", "overdue"),
        ("closed: 2023-01-01", "open"),
    ],
)
def test_a_problem_is_overdue_or_closed_as_of_the_date(entries, fields, standing):
    assert entries(f"  - {{id: p, name: {{en: P}}, {fields}}}\n")["p"].standing == standing


def test_without_an_as_of_date_nothing_is_overdue(entries):
    assert entries("  - {id: p, name: {en: P}, due: 2001}\n", as_of="")["p"].standing == "open"


def test_a_problem_that_is_not_mentioned_again_is_carried_on_and_called_silent(entries):
    found = entries("  - {id: new, name: {en: New}}\n", "  - {id: old, name: {en: Old}, due: 2021-06}\n")
    assert (found["old"].standing, found["old"].silent) == ("overdue", True)
    assert found["old"].raised == dt.date(2021, 3, 31)
    assert (found["new"].silent, found["new"].raised) == (False, dt.date(2022, 12, 31))


def test_a_problem_that_was_closed_then_is_not_asked_for_again(entries):
    found = entries(before="  - {id: old, name: {en: Old}, closed: 2021-02-01}\n")
    assert (found["old"].standing, found["old"].silent) == ("closed", False)


def test_a_closing_after_the_previous_date_is_known_now(entries):
    found = entries(before="  - {id: old, name: {en: Old}, closed: 2021-05-01}\n")
    assert (found["old"].standing, found["old"].silent) == ("closed", False)


def test_the_later_account_overrides_the_earlier_one_and_leaves_the_rest(entries):
    before = "  - {id: p, name: {en: Old}, cause: {en: Cause}, owner: Bureau, due: 2021-06}\n"
    one = entries("  - {id: p, name: {en: New}, closed: 2022-05-01}\n", before)["p"]
    assert (one.problem.name.en, one.problem.cause.en, one.problem.owner) == ("New", "Cause", "Bureau")
    assert (one.standing, one.silent, one.raised) == ("closed", False, dt.date(2021, 3, 31))


def test_overdue_problems_stand_first_and_closed_ones_last(entries):
    listed = (
        "  - {id: done, name: {en: D}, closed: 2022-01-01}\n"
        "  - {id: open, name: {en: O}}\n"
        "  - {id: late, name: {en: L}, due: 2021}\n"
    )
    assert list(entries(listed)) == ["late", "open", "done"]
