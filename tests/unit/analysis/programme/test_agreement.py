"""Two estimators agree where their intervals say the same about zero."""

import pytest

from evalkit.analysis.programme.agreement import compare
from evalkit.analysis.results import Estimate


def estimate(low, high):
    return Estimate("att", 0.0, conf_low=low, conf_high=high)


@pytest.mark.parametrize(
    ("headline", "check", "found"),
    [
        ((1, 2), (0.5, 3), "agree"),
        ((-1, 2), (-2, 3), "agree"),
        ((-1, 2), (0.5, 3), "only_check"),
        ((1, 2), (-0.5, 3), "only_headline"),
        ((1, 2), (-3, -1), "opposite"),
        ((1, 2), (None, None), "agree"),
        ((0.0, 2), (0.1, 3), "only_check"),
    ],
)
def test_what_two_intervals_say_about_zero(headline, check, found):
    assert compare(estimate(*headline), estimate(*check)) == found
