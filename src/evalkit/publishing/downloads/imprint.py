"""What a download says about itself, in its own words and in each of its parts."""

import re
from dataclasses import dataclass

from evalkit.project.evaluation import Evaluation
from evalkit.publishing.preflight import TEMPLATE
from evalkit.reporting.elements import prose, tables
from evalkit.reporting.language import audience, formats, vocabulary
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import language, say, translate

REMARK = re.compile(r"\s*[（(]([^（()）]*)[）)]$")  # in brackets at the end of a title


@dataclass(frozen=True, slots=True)
class Imprint:
    """The imprint of a report in one language: its subject, what it is, its audience.

    Attributes:
        kicker: stage and state.
        labels: not for publication; demonstration data. Mostly there is none.
        template: the project's own template of Word documents; empty where it has none.
        state: draft, or draft for comments; empty for the final version.
        evaluator, dated: who made the report, and when the last of them signed it; empty where that is not said.
    """

    lang: str
    region: str
    title: str
    kicker: str
    cutoff: str
    labels: tuple[str, ...] = ()
    template: str = ""
    state: str = ""
    evaluator: str = ""
    dated: str = ""

    @property
    def line(self) -> str:
        """Everything in a line, the labels first."""
        return " · ".join(filter(None, [*self.labels, self.region, self.title, self.kicker]))

    @property
    def full_title(self) -> str:
        """The title of the report in full, with its region and without remarks in brackets."""
        return ("" if self.lang == "zh" else ": ").join(self.title_lines)

    @property
    def title_lines(self) -> tuple[str, ...]:
        """The same in its two parts, region and subject; one where the title names the region itself."""
        bare = REMARK.sub("", self.title)
        subject = f"{bare.removesuffix('报告')}报告" if self.lang == "zh" else bare
        return (subject,) if subject.startswith(self.region) else (self.region, subject)

    @property
    def subtitle(self) -> str:
        """What the title says in brackets, and the state of a draft."""
        remark = match[1] if (match := REMARK.search(self.title)) else ""
        return "".join(formats.in_brackets(text) for text in (remark, self.state) if text).strip()

    @property
    def mark(self) -> str:
        """What a reader must know on every page: labels, and that it is a draft; empty for most final reports."""
        return " · ".join(filter(None, (*self.labels, self.state)))

    @property
    def made(self) -> tuple[str, ...]:
        """Who made the report and when, for its cover; a draft leaves room for either."""
        gap = "\N{FULLWIDTH LOW LINE}" * 8 if self.state else ""
        by, on = self.evaluator or gap, self.dated or gap
        named = ((translate("Prepared by"), by), (translate("Date of the report"), on))
        return tuple(say("{name}: {date}", name=name, date=value) for name, value in named if value)

    @property
    def signed(self) -> tuple[str, ...]:
        """The same at the end of the main text."""
        return tuple(filter(None, (self.evaluator, self.dated)))


def of(evaluation: Evaluation) -> Imprint:
    """The imprint of a region's report in the language now spoken."""
    assessment = evaluation.assessment
    signed = evaluation.narrative.signatures if audience.may_show("signatures", evaluation) else ()
    demo = translate(vocabulary.DEMO).rstrip("。.") if tables.is_fictional(evaluation) else ""
    return Imprint(
        lang=language(),
        region=evaluation.name(evaluation.region, language()),
        title=prose.heading(evaluation),
        kicker=prose.stage_and_state(evaluation),
        cutoff=text_of(prose.cutoff(evaluation)),
        labels=tuple(label for label in (audience.label(evaluation), demo) if label),
        state="" if assessment.state == "final" else translate(vocabulary.STATES[assessment.state]),
        evaluator=assessment.evaluator[language()] if assessment.evaluator else "",
        dated=formats.date(max(dates)) if (dates := [signature.date for signature in signed if signature.date]) else "",
        template=str(template) if (template := evaluation.root / TEMPLATE).is_file() else "",
    )
