"""The parts of a page as values: each draws itself as HTML and is stored with it as JSON.

A notebook shows the HTML. What makes a page, a workbook or a Word document of an executed notebook reads the values:
no code parses finished HTML.
"""

import base64
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from markupsafe import Markup

from evalkit.reporting.language.words import Html

MEDIA_TYPE = "application/vnd.evalkit.part+json"
KIND, HTML = "kind_of_part", "html"  # names in the JSON


class Value:
    """What can be written as JSON and read back; every subclass is known by its name."""

    __slots__ = ()
    kinds: ClassVar[dict[str, type["Value"]]] = {}

    def __init_subclass__(cls) -> None:
        Value.kinds[cls.__name__] = cls


class Part(Value):
    """A part of a page."""

    __slots__ = ()

    def html(self) -> Html:
        """The part as the page shows it."""
        raise NotImplementedError

    def __str__(self) -> str:
        return str(self.html())

    def _repr_html_(self) -> str:
        return str(self.html())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {MEDIA_TYPE: written(self), "text/html": str(self.html()), "text/plain": repr(self)}


EMPTY = Html("")
Piece = Html | Part  # markup without parts is shown unchanged


@dataclass(frozen=True, slots=True, repr=False)
class Parts(Part):
    """Parts below each other, inside an element if `opened` and `closed` are its tags."""

    parts: tuple[Piece, ...]
    opened: Html = EMPTY
    closed: Html = EMPTY

    def __repr__(self) -> str:
        return f"Parts({len(self.parts)})"

    def html(self) -> Html:
        """One after the other."""
        return self.opened + drawn(self.parts) + self.closed


@dataclass(frozen=True, slots=True, repr=False)
class Section(Part):
    """A heading with a stable anchor, and the parts under it."""

    code: str
    title: str
    parts: tuple[Piece, ...] = ()

    def __repr__(self) -> str:
        return f"Section({self.code})"

    def html(self) -> Html:
        """The heading with its parts."""
        return Html('<h2 id="{}">{}</h2>').format(self.code, self.title) + drawn(self.parts)


@dataclass(frozen=True, slots=True, repr=False)
class Annex(Section):
    """A section that a reader opens. Its anchor is inside, so that a browser that follows a link to it opens it."""

    def html(self) -> Html:
        """The folded section under its heading."""
        opened = Html('<details class="annex"><summary><h2>{}</h2></summary><div class="inside" id="{}">{}')
        return opened.format(self.title, self.code, drawn(self.parts)) + Html("</div></details>")


@dataclass(frozen=True, slots=True)
class Heading(Part):
    """A heading inside of a section; sections have level 2."""

    title: Html
    level: int = 3

    def html(self) -> Html:
        """The heading."""
        return Html("<h{0}>{1}</h{0}>").format(self.level, self.title)


@dataclass(frozen=True, slots=True)
class Paragraph(Part):
    """A paragraph of a special kind: a notice, the question, a kicker."""

    kind: str
    content: Html

    def html(self) -> Html:
        """The paragraph with its kind as class."""
        return Html('<p class="{}">{}</p>').format(self.kind, self.content)


@dataclass(frozen=True, slots=True)
class Fold(Part):
    """Parts that a reader opens.

    Attributes:
        name, kind: id and class of the element.
        in_main_text: whether a document keeps the parts where they are; it moves others into its annexes.
    """

    summary: Html
    parts: tuple[Piece, ...]
    name: str = ""
    kind: str = ""
    in_main_text: bool = False

    def html(self) -> Html:
        """The folded element."""
        marks = [Html(' {}="{}"').format(*mark) for mark in (("id", self.name), ("class", self.kind)) if mark[1]]
        inside = drawn(self.parts)
        return Html("<details{}><summary>{}</summary>{}</details>").format(Html("").join(marks), self.summary, inside)


@dataclass(frozen=True, slots=True, repr=False)
class OnlyInWorkbook(Part):
    """Parts that only the workbook holds, such as forms to be filled in; page and document show nothing."""

    parts: tuple[Piece, ...]

    def __repr__(self) -> str:
        return f"OnlyInWorkbook({len(self.parts)})"

    def html(self) -> Html:
        """Nothing."""
        return EMPTY


@dataclass(frozen=True, slots=True, repr=False)
class Head(Part):
    """The head of a page, and by which region, assessment and parameters the runner knows the page."""

    region: str
    assessment: str
    parameters: str
    kicker: str
    name: str
    title: str
    meta: Html

    def html(self) -> Html:
        """The header."""
        opened = Markup('<header class="report" data-region="{}" data-assessment="{}" data-parameters="{}">')
        shown = Html(
            '<p class="kicker">{}</p><h1>{}</h1><p class="subtitle">{}</p><p class="meta">{}</p></header>'
        ).format(self.kicker, self.name, self.title, self.meta)
        return Html(opened.format(self.region, self.assessment, self.parameters)) + shown


@dataclass(frozen=True, slots=True, repr=False)
class Facts(Part):
    """Terms with what they are, such as the inputs of a page with their hashes."""

    entries: tuple[tuple[Html, Html], ...]

    def html(self) -> Html:
        """A list of terms."""
        entries = (Html("<dt>{}</dt><dd><code>{}</code></dd>").format(*entry) for entry in self.entries)
        return Html('<dl class="provenance">') + Html("").join(entries) + Html("</dl>")


@dataclass(frozen=True, slots=True)
class Spark(Value):
    """A drawing as small as a line of a table."""

    svg: Html
    label: str

    def __html__(self) -> Html:
        return self.svg

    def __str__(self) -> str:
        return str(self.svg)


def stacked(*given: object) -> Piece:
    """Parts below each other, as few as there are; empty where all of them are."""
    parts = tuple(filled_parts(given))
    return Parts(parts) if len(parts) > 1 else parts[0] if parts else Html("")


def filled_parts(given: Iterable[object]) -> Iterator[Piece]:
    """What is not empty: plain text escaped, drawings as pictures, other objects as their own HTML."""
    for item in given:
        drawn = getattr(item, "picture", item)
        if hasattr(drawn, "savefig"):
            drawn = _bitmap(drawn)
        elif not isinstance(drawn, Part):
            show = getattr(drawn, "_repr_html_", None)
            drawn = Html(show()) if show else Html.escape(drawn)
        if drawn:
            yield drawn


def _bitmap(figure: Any) -> Html:
    """A figure of matplotlib, which is not loaded for it, as a picture; its titles are its text alternative."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=144, bbox_inches="tight", metadata={"Software": None})
    titles = [figure.get_suptitle(), *(axes.get_title(loc="left") or axes.get_title() for axes in figure.axes)]
    image = Markup('<p class="figure"><img src="data:image/png;base64,{}" alt="{}"></p>')
    return Html(image.format(base64.b64encode(buffer.getvalue()).decode(), "; ".join(filter(None, titles))))


def drawn(given: Iterable[Piece]) -> Html:
    """Parts as the page shows them, one after the other."""
    return Html("").join(part.html() if isinstance(part, Part) else part for part in given)


def flat(given: Iterable[Piece]) -> Iterator[Piece]:
    """All parts in their order, with those inside of others behind them."""
    for part in given:
        yield part
        yield from flat(getattr(part, "parts", ()))


def written(value: Any) -> Any:
    """A value as JSON; fields that hold their default are left out."""
    if isinstance(value, Value):
        given = {field.name: getattr(value, field.name) for field in fields(value)}  # type: ignore[arg-type]
        kept = {field.name: given[field.name] for field in fields(value) if given[field.name] != field.default}  # type: ignore[arg-type]
        return {KIND: type(value).__name__, **{name: written(field_value) for name, field_value in kept.items()}}
    if isinstance(value, tuple):
        return [written(item) for item in value]
    return {HTML: str(value)} if isinstance(value, Html) else value


def read(content: Any) -> Any:
    """The value of what `written` made."""
    if isinstance(content, list):
        return tuple(map(read, content))
    if not isinstance(content, dict):
        return content
    if HTML in content:
        return Html(content[HTML])
    given = {name: read(item) for name, item in content.items()}
    return Value.kinds[given.pop(KIND)](**given)
