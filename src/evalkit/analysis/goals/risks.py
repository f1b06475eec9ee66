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
    subject: Attainment | ledger.Entry | problem_ledger.Entry


def signs(evaluation: Evaluation, judged: Sequence[Attainment], guards: Sequence[Attainment]) -> tuple[Sign, ...]:
    """Targets behind or missed, worsened guards, tasks with dated evidence of delay, overdue problems."""
    worse = [goal for goal in guards if goal.goal == "direction_not_met"]
    reported = {goal.indicator for goal in worse}
    missed = [goal for goal in judged if goal.goal in GOALS]
    aims = [
        Sign(code, goal)
        for goal in missed
        if (code := GOALS[goal.goal]) != "wrong_way" or goal.indicator not in reported
    ]
    guarded = [Sign("guard", goal) for goal in worse]
    late = [Sign("task", entry) for entry in ledger.tasks(evaluation) if entry.state.status == "overdue"]
    past = [Sign("problem", entry) for entry in problem_ledger.ledger(evaluation) if entry.standing == "overdue"]
    return (*aims, *guarded, *late, *past)
