"""The evaluator's own words in the report: free text, evidence, comments with replies, lessons, signatures."""

from collections import Counter
from collections.abc import Sequence

from evalkit.project.evaluation import Evaluation
from evalkit.project.narrative_file import Comment, Evidence, Narrative, Signature
from evalkit.project.region_file import Basis
from evalkit.reporting.elements import shared_cells, tables
from evalkit.reporting.elements.html import bullets, paragraphs, withheld
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
    texts = [(lang, evaluation.own_words(lang).strip()) for lang in (language(), *others)]
    return next((text for text in texts if text[1]), (language(), ""))


def is_silent(evaluation: Evaluation) -> bool:
    """Whether the evaluator has added nothing to this report."""
    return evaluation.narrative == Narrative() and not _own_words(evaluation)[1]


def lessons(evaluation: Evaluation) -> Piece:
    """What others can learn, in a final report."""
    texts = evaluation.narrative.lessons
    if evaluation.assessment.stage != "final" or not texts:
        return Html("")
    points = bullets(text[language()] for text in texts)
    return Parts((Heading(Html.escape(translate("Lessons"))), points), Html('<div id="lessons">'), Html("</div>"))


def evidence(evaluation: Evaluation) -> Piece:
    """The evidence known on the as-of date, and how it was established."""
    as_of = evaluation.assessment.as_of
    items = evaluation.narrative.evidence
    items = tuple(item for item in items if not (item.date and as_of and item.date > as_of))
    if not items:
        return Html("")
    columns = heads("Evidence:w", "How it was established:s", "Date:s", "Document", "By")
    rows = [
        (
            item.name[language()],
            translate(vocabulary.BASES[item.basis]),
            formats.date(item.date),
            _document(item, evaluation),
            item.by or formats.NOTHING,
        )
        for item in items
    ]
    shown = shared_cells.without_empty(columns, rows)
    table = Table.of("evidence-table", say("Evidence register"), *shown, tables.is_fictional(evaluation))
    return stacked(paragraphs(_counted([item.basis for item in items])), table)


def _document(item: Evidence, evaluation: Evaluation) -> str:
    if not item.document:
        return formats.NOTHING
    hidden = item.basis == "self_reported" and not audience.may_show("self_reported_documents", evaluation)
    return translate("kept by the evaluator, not published") if hidden else item.document


def _counted(bases: Sequence[Basis]) -> Html:
    counts: Counter[str] = Counter(bases)
    counted = [say("{what}: {n}", what=translate(word), n=counts[code]) for code, word in vocabulary.BASES.items()]
    return say("Pieces of evidence ({n}): {list}.", n=len(bases), list=commas(counted))


def comments(evaluation: Evaluation) -> Piece:
    """What the assessed bodies said about the draft, and the replies."""
    remarks = evaluation.narrative.comments
    if not remarks:
        sentence = say("<p>No comment of the assessed body has been received yet.</p>")
        return Html("" if is_silent(evaluation) else sentence)
    if not audience.may_show("comments", evaluation):
        answered = sum(comment.reply is not None for comment in remarks)
        sentence = say(
            "Comments of the assessed bodies: {n}, answered: {answered}. Comments and replies are not published.",
            n=len(remarks),
            answered=answered,
        )
        return Html('<p id="comments">{}</p>').format(sentence)
    columns = heads("Comment by", "Date:s", "Comment:w", "Reply:w")
    rows = [_comment_row(comment) for comment in remarks]
    caption = say("Comments of the assessed body, with replies")
    return Table.of("comments-table", caption, columns, rows, tables.is_fictional(evaluation))


def _comment_row(comment: Comment) -> tuple[object, ...]:
    reply = comment.reply[language()] if comment.reply else withheld(translate("Not answered yet"))
    return comment.by, formats.date(comment.date), comment.text[language()], reply


def signatures(evaluation: Evaluation) -> Piece:
    """Who signed the report with which conclusion; a sentence if it is unsigned."""
    shown = audience.may_show("signatures", evaluation)
    signed = evaluation.narrative.signatures if shown else ()
    if not signed:
        sentence = say("Signatures are published with the final version.")
        return Html('<p id="signatures">{}</p>').format(say("Not signed yet.") if shown else sentence)
    columns = heads("Role", "Name", "Conclusion:w", "Date of signature:s")
    rows = [_signed_row(signature) for signature in signed]
    return Table.of("signatures-table", say("Sign-off"), columns, rows, tables.is_fictional(evaluation))


def _signed_row(signature: Signature) -> tuple[object, ...]:
    return (
        signature.role[language()] if signature.role else translate("Reviewer"),
        signature.name,
        signature.conclusion[language()] if signature.conclusion else formats.NOTHING,
        formats.date(signature.date) if signature.date else withheld(translate("Not signed yet")),
    )
