"""The evaluator's own words in the report: free text, evidence, comments with replies, lessons, signatures."""

from collections import Counter
from collections.abc import Sequence

from evalkit.project.evaluation import Evaluation
from evalkit.project.narrative_file import Comment, Evidence, Narrative, Signature
from evalkit.project.region_file import Basis
from evalkit.reporting.elements import shared_cells, tables
from evalkit.reporting.elements.html import bullets, paragraphs
from evalkit.reporting.elements.markdown import parts
from evalkit.reporting.elements.parts import Heading, Paragraph, Parts, Piece, stacked
from evalkit.reporting.elements.table import Column, Table, heads
from evalkit.reporting.language import audience, formats, vocabulary
from evalkit.reporting.language.words import HTML_LANG, Html, commas, language, say, translate


def words(evaluation: Evaluation) -> Piece:
    """The evaluator's free text, labelled as such; empty without one."""
    lang, text = _own_words(evaluation)
    if not text:
        return Html("")
    simulated = tables.is_fictional(evaluation)

    def table(number: int, columns: Sequence[Column], rows: Sequence[Sequence[Html]]) -> Table:
        return Table.of(f"own-words-{number}", say("The evaluator's table {n}", n=number), columns, rows, simulated)

    kicker = Paragraph("kicker", Html.escape(translate("In the evaluator's own words")))
    own = Parts(parts(text, lang, table), Html('<div lang="{}">').format(HTML_LANG[lang]), Html("</div>"))
    return Parts((kicker, own), Html('<div id="own-words">'), Html("</div>"))


def _own_words(evaluation: Evaluation) -> tuple[str, str]:
    """The text in the current language, else in another language of the assessment."""
    others = [lang for lang in evaluation.assessment.languages if lang != language()]
    told = [(lang, evaluation.own_words(lang).strip()) for lang in (language(), *others)]
    return next((one for one in told if one[1]), (language(), ""))


def is_silent(evaluation: Evaluation) -> bool:
    """Whether the evaluator has added nothing to this report."""
    return evaluation.narrative == Narrative() and not _own_words(evaluation)[1]


def lessons(evaluation: Evaluation) -> Piece:
    """What others can learn, in a final report."""
    told = evaluation.narrative.lessons
    if evaluation.assessment.stage != "final" or not told:
        return Html("")
    listed = bullets(one[language()] for one in told)
    return Parts((Heading(Html.escape(translate("Lessons"))), listed), Html('<div id="lessons">'), Html("</div>"))


def evidence(evaluation: Evaluation) -> Piece:
    """The evidence known on the as-of date, and how it was established."""
    as_of = evaluation.assessment.as_of
    listed = [one for one in evaluation.narrative.evidence if not (one.date and as_of and one.date > as_of)]
    if not listed:
        return Html("")
    columns = heads("Evidence:w", "How it was established:s", "Date:s", "Document", "By")
    rows = [
        (
            one.name[language()],
            translate(vocabulary.BASES[one.basis]),
            formats.date(one.date),
            _document(one, evaluation),
            one.by or formats.NOTHING,
        )
        for one in listed
    ]
    shown = shared_cells.without_empty(columns, rows)
    table = Table.of("evidence-table", say("Evidence register"), *shown, tables.is_fictional(evaluation))
    return stacked(paragraphs(_counted([one.basis for one in listed])), table)


def _document(one: Evidence, evaluation: Evaluation) -> str:
    if not one.document:
        return formats.NOTHING
    hidden = one.basis == "self_reported" and not audience.may_show("self_reported_documents", evaluation)
    return translate("kept by the evaluator, not published") if hidden else one.document


def _counted(bases: Sequence[Basis]) -> Html:
    counts: Counter[str] = Counter(bases)
    told = [say("{what}: {n}", what=translate(word), n=counts[code]) for code, word in vocabulary.BASES.items()]
    return say("Pieces of evidence ({n}): {list}.", n=len(bases), list=commas(told))


def comments(evaluation: Evaluation) -> Piece:
    """What the assessed bodies said about the draft, and the replies."""
    listed = evaluation.narrative.comments
    if not listed:
        told = say("<p>No comment of the assessed body has been received yet.</p>")
        return Html("" if is_silent(evaluation) else told)
    if not audience.may_show("comments", evaluation):
        answered = sum(one.reply is not None for one in listed)
        told = say(
            "Comments of the assessed bodies: {n}, answered: {answered}. Comments and replies are not published.",
            n=len(listed),
            answered=answered,
        )
        return Html('<p id="comments">{}</p>').format(told)
    columns = heads("Comment by", "Date:s", "Comment:w", "Reply:w")
    rows = [_comment_row(one) for one in listed]
    caption = say("Comments of the assessed body, with replies")
    return Table.of("comments-table", caption, columns, rows, tables.is_fictional(evaluation))


def _comment_row(one: Comment) -> tuple[object, ...]:
    reply = one.reply[language()] if one.reply else _pending(translate("Not answered yet"))
    return one.by, formats.date(one.date), one.text[language()], reply


def signatures(evaluation: Evaluation) -> Piece:
    """Who signed the report with which conclusion; a sentence if it is unsigned."""
    shown = audience.may_show("signatures", evaluation)
    listed = evaluation.narrative.signatures if shown else ()
    if not listed:
        told = say("Signatures are published with the final version.")
        return Html('<p id="signatures">{}</p>').format(say("Not signed yet.") if shown else told)
    columns = heads("Role", "Name", "Conclusion:w", "Date of signature:s")
    rows = [_signed_row(one) for one in listed]
    return Table.of("signatures-table", say("Sign-off"), columns, rows, tables.is_fictional(evaluation))


def _signed_row(one: Signature) -> tuple[object, ...]:
    return (
        one.role[language()] if one.role else translate("Reviewer"),
        one.name,
        one.conclusion[language()] if one.conclusion else formats.NOTHING,
        formats.date(one.date) if one.date else _pending(translate("Not signed yet")),
    )


def _pending(told: str) -> Html:
    return Html('<span class="withheld">{}</span>').format(told)
