"""What a download says about itself, in its own words and in each of its parts."""

from dataclasses import dataclass

from evalkit.project.evaluation import Evaluation
from evalkit.publishing.preflight import TEMPLATE
from evalkit.reporting.elements import prose, tables
from evalkit.reporting.language import audience, vocabulary
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import language, translate


@dataclass(frozen=True, slots=True)
class Imprint:
    """The imprint of a report in one language: its subject, what it is, its audience.

    Attributes:
        kicker: stage and state.
        labels: not for publication; demonstration data. Mostly there is none.
        template: the project's own template of Word documents; empty where it has none.
    """

    lang: str
    region: str
    title: str
    kicker: str
    cutoff: str
    labels: tuple[str, ...] = ()
    template: str = ""

    @property
    def line(self) -> str:
        """Everything in a line, the labels first."""
        return " · ".join([*self.labels, self.region, self.title, self.kicker])


def of(evaluation: Evaluation) -> Imprint:
    """The imprint of a region's report in the language now spoken."""
    demo = translate(vocabulary.DEMO).rstrip("。.") if tables.is_fictional(evaluation) else ""
    return Imprint(
        lang=language(),
        region=evaluation.name(evaluation.region, language()),
        title=prose.heading(evaluation),
        kicker=prose.stage_and_state(evaluation),
        cutoff=text_of(prose.cutoff(evaluation)),
        labels=tuple(one for one in (audience.label(evaluation), demo) if one),
        template=str(template) if (template := evaluation.root / TEMPLATE).is_file() else "",
    )
