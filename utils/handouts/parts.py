"""The parts of a page as clean HTML: Markdown, code, outputs, tables, pictures, formulas."""

from __future__ import annotations

import base64
import functools
import html
import io
import re
from dataclasses import dataclass

import latex2mathml.converter
from bs4 import BeautifulSoup, Tag
from bs4.formatter import HTMLFormatter
from mistune import HTMLRenderer
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbformat import NotebookNode
from PIL import Image
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from utils.handouts import editions
from utils.handouts.faults import HandoutError
from utils.results import VERDICTS

_BANNED = ("script", "style", "link", "iframe", "object", "embed", "base", "meta")
_LOOKS = ("style", "border", "align", "valign", "bgcolor")
_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")
_NUMBER = re.compile(r"[-+\u2212]?[$]?\d[\d,]*(\.\d+)?([eE][-+]?\d+)?\s?%?")
_NO_NUMBER = ("", "NaN", "NaT", "None", "<NA>", "...", "\u2026", "not known")
_SOME, _MANY = 24, 100
_WIDE = 7
_HEADS = 6


@dataclass(frozen=True)
class Heading:
    """A heading of a page.

    Attributes
    ----------
    level
        1 to 6.
    text
        Its words.
    id
        What a link to it names.
    """

    level: int
    text: str
    id: str


class Writer:
    """Writes the parts of one page, whose ids and table numbers must not repeat.

    Attributes
    ----------
    headings
        The headings written so far, in their order.
    """

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self._ids = {"content"}
        self._tables = 0

    def markdown(self, text: str) -> str:
        """Return Markdown as HTML, its formulas as MathML.

        Raises
        ------
        HandoutError
            If a formula cannot be set, or a picture is not inside the page.
        """
        return self.html(_markdown().render(text))

    def html(self, text: str) -> str:
        """Return HTML cleaned: no script and style, ids, tables with headers, small pictures.

        Raises
        ------
        HandoutError
            If a picture is not inside the page.
        """
        soup = BeautifulSoup(text, "html.parser")
        for tag in soup(_BANNED):
            tag.decompose()
        for tag in soup(True):
            for name in [n for n in tag.attrs if n in _LOOKS or n.startswith("on")]:
                del tag[name]
        for tag in soup(re.compile("^h[1-6]$")):
            self._heading(tag)
        for tag in soup("img"):
            _picture(tag)
        for tag in soup("table"):
            self._tables += 1
            _table(soup, tag, self._tables)
        for tag in soup("details"):
            if tag.table:
                tag["class"] = [*tag.get("class", []), "numbers"]
        return soup.decode(formatter=_FORMATTER)

    def output(self, output: NotebookNode) -> str:
        """Return what a cell shows, as HTML; "" for what paper cannot show.

        Raises
        ------
        HandoutError
            If a formula cannot be set, or a picture is not inside the page.
        """
        kind, content = editions.shown(output)
        if kind == "text/html":
            return self.html(content)
        if kind in ("text/markdown", "text/latex"):
            return self.markdown(content)
        if kind.startswith("image/"):
            alt = html.escape(output.get("metadata", {}).get(kind, {}).get("alt", ""))
            if kind == "image/svg+xml":
                content = base64.b64encode(content.encode()).decode("ascii")
            source = f"data:{kind};base64,{''.join(content.split())}"
            return self.html(f'<figure><img alt="{alt}" src="{source}"></figure>')
        return f'<pre class="printed">{_printed(content)}</pre>' if content.strip() else ""

    def _heading(self, tag: Tag) -> None:
        text = " ".join(tag.get_text().split())
        name = tag.get("id") or re.sub(r"\W+", "-", text.lower()).strip("-") or "part"
        names = (name, *(f"{name}-{count}" for count in range(2, 1000)))
        tag["id"] = next(free for free in names if free not in self._ids)
        self._ids.add(tag["id"])
        self.headings.append(Heading(int(tag.name[1]), text, tag["id"]))


def code(source: str, language: str = "python") -> str:
    """Return code as HTML, each line an element, its words marked by what they are."""
    marked = highlight(source, _lexer(language), HtmlFormatter(nowrap=True)).rstrip("\n")
    lines = "".join(f'<span class="line">{line}\n</span>' for line in marked.split("\n"))
    return f'<pre class="code">{lines}</pre>'


@functools.cache
def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language or "text")
    except ClassNotFound:
        return get_lexer_by_name("text")


def _printed(text: str) -> str:
    return html.escape(_COLOUR_CODE.sub("", text).rstrip("\n"))


class _Formatter(HTMLFormatter):
    """Writes attributes in double quotes, always."""

    def attribute_value(self, value: str) -> str:
        return html.escape(value)


_FORMATTER = _Formatter(void_element_close_prefix="")


class _Renderer(HTMLRenderer):
    """Renders formulas as MathML and code with its words marked."""

    def inline_math(self, body: str) -> str:
        return _formula(body, "inline")

    def block_math(self, body: str) -> str:
        return _formula(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return _formula(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    def block_code(self, code_: str, info: str | None = None) -> str:
        return code(code_, (info or "").partition(" ")[0])


@functools.cache
def _markdown() -> MarkdownWithMath:
    return MarkdownWithMath(_Renderer(escape=False))


def _formula(tex: str, display: str) -> str:
    try:
        found = latex2mathml.converter.convert(tex.strip(), display=display)
    except Exception as error:  # its errors have no common class of their own
        raise HandoutError(f"The formula {tex!r} cannot be set: {error!r}") from None
    if unknown := re.search(r"\\[a-zA-Z]+", found):
        raise HandoutError(f"The formula {tex!r} cannot be set: {unknown[0]} is not known.")
    return found


def _picture(tag: Tag) -> None:
    source = tag.get("src", "")
    if not source.startswith("data:image/"):
        raise HandoutError(f"The picture {source[:80]!r} is not inside the page: embed it.")
    if source.startswith("data:image/png;base64,"):
        tag["src"], tag["width"], tag["height"] = _packed(source.partition(",")[2])


@functools.lru_cache(maxsize=256)
def _packed(png: str) -> tuple[str, int, int]:
    """Return address, width and height of a PNG, packed into half the size without loss."""
    picture = Image.open(io.BytesIO(base64.b64decode(png)))
    buffer = io.BytesIO()
    picture.save(buffer, "webp", lossless=True, exact=True, method=1, quality=50)
    code = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f"data:image/webp;base64,{code}", picture.width, picture.height


def _table(soup: BeautifulSoup, table: Tag, number: int) -> None:
    """Give a table headers with scopes, classes by what cells hold, and a region to scroll in."""
    for row in table("tr"):
        in_head = row.find_parent("thead") is not None
        for cell in row(["th", "td"], recursive=False):
            if not cell.get_text(strip=True):
                cell.name = "td"
            elif cell.name == "th":
                cell["scope"] = "col" if in_head else "row"
    heads, rows = (
        [row(["th", "td"], recursive=False) for part in table(name) for row in part("tr")]
        for name in ("thead", "tbody")
    )
    _mark_columns(heads, rows)
    if max(map(len, [*heads, *rows]), default=0) >= _WIDE:
        table["class"] = ["wide"]
    for narrow in table(["th", "code"]):
        _let_break(soup, narrow)
    words = [cell.get_text(" ", strip=True) for cell in (heads[-1] if heads else [])]
    words = [word for word in words if word]
    more = [f"and {len(words) - _HEADS} more"] if len(words) > _HEADS else []
    label = f"Table {number}: {', '.join(words[:_HEADS] + more)}" if words else f"Table {number}"
    attributes = {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": label}
    table.wrap(soup.new_tag("div", attrs=attributes))


def _mark_columns(heads: list[list[Tag]], rows: list[list[Tag]]) -> None:
    """Mark cells by what they hold, column by column from the right.

    On the left a row may lack cells, where a header spans several rows.
    """
    for place, column in enumerate(zip(*(row[::-1] for row in rows), strict=False), 1):
        texts = [cell.get_text(" ", strip=True) for cell in column]
        values = [text for text in texts if text not in _NO_NUMBER]
        numeric = bool(values) and all(map(_NUMBER.fullmatch, values))
        for cell, text in zip(column, texts, strict=True):
            kind = _classes(text, numeric)
            if kind and cell.name == "td":
                cell["class"] = kind
        if numeric:
            for head in (head for head in heads if len(head) == len(rows[0])):
                head[-place]["class"] = ["number"]


def _classes(text: str, numeric: bool) -> list[str]:
    if text in VERDICTS:
        return ["verdict", f"verdict-{text.replace(' ', '-')}"]
    if numeric:
        return ["number"]
    return ["many"] if len(text) >= _MANY else ["some"] if len(text) >= _SOME else []


def _let_break(soup: BeautifulSoup, cell: Tag) -> None:
    """Let a long name such as value_usd_million go to the next line after each underscore."""
    for text in [text for text in cell.find_all(string=True) if "_" in text]:
        first, *rest = re.split("(?<=_)(?=[^_])", text)
        pieces = [part for word in rest for part in (soup.new_tag("wbr"), word)]
        text.replace_with(first, *pieces)
