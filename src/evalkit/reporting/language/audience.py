"""Who may read a report: what is held back from the public, and how a report for a narrower circle is labelled.

This module alone decides what an assessment with `audience: public` may hold. Held back:

- comments of the assessed bodies and the replies: they are correspondence, only their number is given;
- names of self-reported documents: what a body submits about itself stays with the evaluator;
- who signed, until the report is final;
- names of workbooks, sheets and cells as received: they are internal files.
"""

from typing import Literal

from evalkit.project.evaluation import Evaluation
from evalkit.reporting.language.words import translate

Part = Literal["comments", "self_reported_documents", "signatures", "workbooks"]


def is_internal(evaluation: Evaluation) -> bool:
    """Whether pages and downloads are for the assessment's own circle only."""
    return evaluation.assessment.audience == "internal"


def may_show(part: Part, evaluation: Evaluation) -> bool:
    """Whether a part may be published."""
    return is_internal(evaluation) or (part == "signatures" and evaluation.assessment.state == "final")


def label(evaluation: Evaluation) -> str:
    """The label of everything that is not for publication; empty for the public."""
    return translate("Internal: not for publication") if is_internal(evaluation) else ""
