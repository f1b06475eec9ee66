"""How far tasks and milestones had come on a date: silence is no evidence, and what came later is not known."""

import pytest

from evalkit.analysis.goals import ledger

HEAD = "region: a\n"


@pytest.fixture
def task_on(project):
    """The state of one task with these lines, as of a date."""

    def make(lines: str, as_of: str = "2021-12-31"):
        project.assessment(f"as_of: {as_of}\n")
        project.region("a", f"{HEAD}tasks:\n  - {{name: {{en: List}}, source: plan, phrase: …, {lines}}}\n")
        (entry,) = ledger.tasks(project.load("a"))
        return entry.state

    return make


@pytest.fixture
def milestones_on(project):
    def make(*entries: str, as_of: str = "2021-03-31"):
        project.assessment(f"as_of: {as_of}\n")
        listed = "".join(f"  - {{source: plan, phrase: …, {entry}}}\n" for entry in entries)
        project.region("a", f"{HEAD}milestones:\n{listed}")
        return [(one.milestone.name.en, one.status) for one in ledger.milestones(project.load("a"))]

    return make


def test_a_task_that_nobody_reported_on_is_unknown_even_long_after_its_due_date(task_on):
    state = task_on("due: 2019-06")
    assert (state.status, state.when, state.basis) == ("unknown", "", None)


def test_a_task_done_in_time_has_the_day_and_how_sure_one_may_be(task_on):
    state = task_on("due: 2019-06, done: 2019-06-30, basis: documented, evidence: {en: catalogue}")
    assert (state.status, state.when, state.exact, state.basis) == ("done", "2019-06-30", True, "documented")
    assert state.text["en"] == "catalogue"


@pytest.mark.parametrize(
    ("done", "status"), [("2019-06-30", "done"), ("2019-07-01", "done_late"), ("2019", "done"), ("2020", "done_late")]
)
def test_a_task_is_late_only_where_its_whole_period_lies_after_the_due_date(task_on, done, status):
    assert task_on(f"due: 2019-06, done: {done}").status == status


@pytest.mark.parametrize(("as_of", "status"), [("2019-06-29", "unknown"), ("2019-06-30", "done")])
def test_what_was_done_after_the_cut_off_is_not_known(task_on, as_of, status):
    assert task_on("done: 2019-06-30, evidence: {en: catalogue}", as_of).status == status


def test_a_year_in_which_something_was_done_must_be_over(task_on):
    assert task_on("done: 2019", "2019-12-30").status == "unknown"
    assert task_on("done: 2019", "2019-12-31").status == "done"


REPORTS = "due: 2019-12, reports: [{date: 2019-10-12, status: started}, {date: 2020-02-20, status: not_done}]"


@pytest.mark.parametrize(
    ("as_of", "status", "when"),
    [("2019-10-11", "unknown", ""), ("2020-01-31", "started", "2019-10-12"), ("2020-02-20", "overdue", "2020-02-20")],
)
def test_a_task_is_overdue_from_the_report_that_says_so_and_not_from_its_due_date(task_on, as_of, status, when):
    state = task_on(REPORTS, as_of)
    assert (state.status, state.when, state.exact) == (status, when, False)


def test_a_report_on_the_due_date_does_not_make_a_task_overdue(task_on):
    assert task_on("due: 2019-12, reports: [{date: 2019-12-31, status: not_done}]").status == "not_done"


def test_a_task_without_a_due_date_is_never_overdue(task_on):
    assert task_on("reports: [{date: 2021-01-01, status: not_done}]").status == "not_done"


def test_a_late_report_that_something_is_done_does_not_say_that_it_was_done_late(task_on):
    state = task_on("due: 2019-12, reports: [{date: 2020-05-30, status: done}]")
    assert (state.status, state.when, state.exact) == ("done", "2020-05-30", False)


def test_a_task_reported_as_undone_after_its_due_date_and_done_later_was_done_late(task_on):
    assert task_on(REPORTS.replace("}]", "}, {date: 2022-01-05, status: done}]"), "2022-12-31").status == "done_late"


def test_the_latest_dated_evidence_rules(task_on):
    checked = "reports: [{date: 2021-01-01, status: not_done, basis: checked, text: {en: Not in force}}]"
    state = task_on(f"due: 2019-12, done: 2019-06-30, {checked}")
    assert (state.status, state.basis, state.text["en"]) == ("overdue", "checked", "Not in force")


def test_a_check_on_site_makes_what_was_only_reported_firmer(task_on):
    state = task_on("done: 2019-06-30, reports: [{date: 2021-01-01, status: done, basis: checked}]")
    assert (state.status, state.when, state.basis) == ("done", "2019-06-30", "checked")


def test_evidence_without_a_date_is_told_and_not_counted_as_done(task_on):
    assert task_on("evidence: {en: all are said to be done}").status == "told"


def test_milestones_are_reached_planned_or_not_reported(milestones_on):
    assert milestones_on(
        "name: {en: Later}, date: 2021-04",
        "name: {en: Silent}, date: 2020-01",
        "name: {en: Opened}, date: 2020-06, reached: 2020-06-30",
        "name: {en: Someday}",
    ) == [("Silent", "unknown"), ("Opened", "reached"), ("Later", "planned"), ("Someday", "unknown")]


def test_an_event_known_only_from_a_later_report_is_left_out_and_a_promise_is_not(milestones_on):
    event = "name: {en: Award}, date: 2021-05, reached: 2021-05-20"
    promise = "name: {en: Opening}, date: 2021-05, reached: 2021-05-20, commitment: 确保"
    assert milestones_on(event, promise) == [("Opening", "planned")]
    assert milestones_on(event, promise, as_of="2021-05-31") == [("Award", "reached"), ("Opening", "reached")]
