"""Risk signs for the rest of the reform, derived from other analyses; the evaluator may add risks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evalkit.analysis.goals import ledger, problem_ledger
from evalkit.analysis.goals.attainment import Attainment, Status
from evalkit.project.evaluation import Evaluation

Code = Literal["behind", "missed", "wrong_way", "guard", "task", "problem"]
GOALS: dict[Status, Code] = {"behind": "behind", "not_met": "missed", "direction_not_met": "wrong_way"}


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """One risk sign and its subject: a target, a guard, a task or a problem."""

    code: Code
    about: Attainment | ledger.Entry | problem_ledger.Entry


def signs(evaluation: Evaluation, judged: Sequence[Attainment], guards: Sequence[Attainment]) -> tuple[Sign, ...]:
    """Targets behind or missed, worsened guards, tasks with dated evidence of delay, overdue problems."""
    worse = [one for one in guards if one.goal == "direction_not_met"]
    told_once = {one.indicator for one in worse}
    missed = [one for one in judged if one.goal in GOALS]
    aims = [
        Sign(GOALS[one.goal], one) for one in missed if GOALS[one.goal] != "wrong_way" or one.indicator not in told_once
    ]
    found = [Sign("guard", one) for one in worse]
    late = [Sign("task", one) for one in ledger.tasks(evaluation) if one.state.status == "overdue"]
    past = [Sign("problem", one) for one in problem_ledger.ledger(evaluation) if one.standing == "overdue"]
    return (*aims, *found, *late, *past)
