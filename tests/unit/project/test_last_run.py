"""The log of published runs: absent before the first, and never overwritten when damaged."""

import pytest

from evalkit.errors import InputError
from evalkit.project import last_run
from evalkit.project.last_run import Change, Difference, Figure, Run

FIGURE = Figure(indicator="rate", analysis="did", method="did_mean", term="att", value=1.23456789)


def test_before_the_first_run_there_is_none(tmp_path):
    assert last_run.read(tmp_path, "a", "lanxi") is None


def test_a_run_is_read_as_it_was_written(tmp_path):
    change = Change(before="x", after="y", count=30, rows=(Difference(old=FIGURE), Difference(new=FIGURE)))
    run = Run(data="y", figures=(FIGURE,), changes=(change,))
    path = last_run.folder(tmp_path, "a", "lanxi") / last_run.FILE
    path.parent.mkdir(parents=True)
    path.write_text(run.model_dump_json(indent=1), encoding="utf-8")
    assert last_run.read(tmp_path, "a", "lanxi") == run


def test_a_damaged_log_is_told_and_not_begun_anew(tmp_path):
    path = last_run.folder(tmp_path, "a", "lanxi") / last_run.FILE
    path.parent.mkdir(parents=True)
    path.write_text('{"data": "x", "figures": [{', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        last_run.read(tmp_path, "a", "lanxi")
    assert f"lanxi/{last_run.FILE}: is damaged" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "kept"), [(64.4512349, 64.4512), (1234567.8, 1234570), (-0.00123456789, -0.00123457)]
)
def test_figures_are_kept_to_six_significant_digits(value, kept):
    assert FIGURE.model_copy(update={"value": value}).rounded.value == kept
