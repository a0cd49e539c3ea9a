"""What every notebook of the course must be: one small function a rule.

A rule takes a `Notebook` and yields the number of a cell (0 for the whole notebook) and what is
wrong there; its decorator adds what to do. ``test_notebooks.py`` applies each rule to each
notebook, and shows for each rule a notebook that breaks it.
"""

import ast
import functools
import html.parser
import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

import nbformat

from utils import data, refresh
from utils.charts import ALT_WORDS
from utils.results import VERDICTS

TAGS = {"exercise", "solution", "teacher", "explorer", "finding"}

#: Cells that nbval does not compare: (notebook, cell id) and the reason. Keep it empty if you can.
EXEMPT: dict[tuple[str, str], str] = {}

#: The parts of a lesson, level-2 headings in this order; its sections stand where the dots are.
PARTS = [
    *("The claim", "You will be able to", "The data", ..., "Explore", "How sure are we?"),
    *("Verdict", "Discuss", "Sources"),
]
SECTIONS = range(3, 7)
EXERCISES = range(3, 7)
WORDS = range(1500, 3001)
FRAMES = range(4, 9)
IMPORT_LINES = 5


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a notebook: where, what, and what to do."""

    notebook: str
    cell: int
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.notebook}, cell {self.cell}" if self.cell else self.notebook
        return f"{where}: {self.what}. {self.remedy}"


@dataclass
class Cell:
    """A cell, its number counted from 1, with the heading of the part that it stands in."""

    number: int
    raw: dict
    part: str = ""

    @property
    def source(self) -> str:
        return "".join(self.raw["source"])

    @property
    def lines(self) -> list[str]:
        """The lines of the source that are not blank."""
        return [line for line in self.source.splitlines() if line.strip()]

    @property
    def tags(self) -> list[str]:
        return self.raw["metadata"].get("tags", [])

    @property
    def is_code(self) -> bool:
        return self.raw["cell_type"] == "code"

    @property
    def folded(self) -> bool:
        return self.raw["metadata"].get("jupyter", {}).get("source_hidden", False)

    @property
    def outputs(self) -> list[dict]:
        return self.raw.get("outputs", [])

    @property
    def tree(self) -> ast.AST:
        return ast.parse(re.sub(r"(?m)^(\s*)[%!].*", r"\1pass", self.source))

    def shown(self, kind: str) -> list[str]:
        """The outputs of one media type, as text; "stream" for printed text."""
        if kind == "stream":
            return ["".join(o["text"]) for o in self.outputs if o["output_type"] == "stream"]
        found = [output["data"][kind] for output in self.outputs if kind in output.get("data", {})]
        return [text if isinstance(text, str) else "".join(text) for text in found]

    def words(self) -> str:
        """All that the cell shows, pictures left out."""
        kinds = ("text/markdown", "text/html", "text/plain", "stream")
        text = "\n".join(text for kind in kinds for text in self.shown(kind))
        return re.sub(r"data:image/\w+;base64,[A-Za-z0-9+/=]+", "", text)


@dataclass
class Notebook:
    """A notebook as it stands in its file."""

    name: str
    text: str
    raw: dict = field(init=False)
    cells: list[Cell] = field(init=False)

    def __post_init__(self) -> None:
        self.raw = json.loads(self.text)
        self.cells = [Cell(number, raw) for number, raw in enumerate(self.raw["cells"], 1)]
        part = ""
        for cell in self.cells:
            for level, title in headings(cell):
                part = title if level == 2 else part
            cell.part = part

    @property
    def code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_code]

    @property
    def markdown(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.is_code]

    @property
    def sections(self) -> list[str]:
        """Titles of the level-2 headings that are none of the fixed parts."""
        titles = dict.fromkeys(cell.part for cell in self.cells if cell.part)
        return [title for title in titles if _part(title) is ...]

    def tagged(self, tag: str) -> list[Cell]:
        return [cell for cell in self.cells if tag in cell.tags]

    def within(self, part: str) -> list[Cell]:
        return [cell for cell in self.cells if _part(cell.part) == part or cell.part == part]

    @functools.cached_property
    def claims(self) -> dict[str, str]:
        """Code and statement of the lesson's claims; the lesson's number begins the file's name."""
        claims = data.read("claims")
        number = re.match(r"\d+", self.name)
        own = claims[claims["lesson"] == int(number[0])] if number else claims[:0]
        return dict(zip(own["claim"], own["statement"], strict=True))


Found = Iterator[tuple[int, str]]
RULES: dict[str, Callable[[Notebook], list[Fault]]] = {}


def rule(remedy: str) -> Callable:
    """Register a rule together with what to do about its faults."""

    def register(check: Callable[[Notebook], Found]) -> Callable[[Notebook], list[Fault]]:
        @functools.wraps(check)
        def faults(book: Notebook) -> list[Fault]:
            return [Fault(book.name, number, what, remedy) for number, what in check(book)]

        RULES[check.__name__] = faults
        return faults

    return register


def headings(cell: Cell) -> list[tuple[int, str]]:
    """Level and text of the headings of a Markdown cell."""
    if cell.is_code:
        return []
    text = re.sub(r"(?ms)^```.*?^```", "", cell.source)
    return [(len(m[1]), m[2].strip()) for m in re.finditer(r"(?m)^(#{1,6}) +(.+)$", text)]


def _part(title: str) -> object:
    """The fixed part that a heading opens, or dots if it opens a section."""
    plain = title.casefold()
    return next((p for p in PARTS if p is not ... and plain.startswith(p.casefold())), ...)


# ---- the file


@rule("Run `python -m utils.refresh` with its name and commit what it writes.")
def is_as_refresh_writes_it(book: Notebook) -> Found:
    cleaned = refresh.clean(nbformat.reads(book.text, 4))
    if nbformat.writes(cleaned) + "\n" != book.text:
        yield 0, "holds metadata of one run, or is formatted in another way"
    ids = Counter(cell.raw.get("id") for cell in book.cells)
    for cell in book.cells:
        if cell.raw.get("id") is None or ids[cell.raw["id"]] > 1:
            yield cell.number, "has no id of its own"


@rule("Set `title` in the notebook's metadata to the words of its heading.")
def has_its_title_in_metadata(book: Notebook) -> Found:
    title = book.raw["metadata"].get("title", "")
    first = [text for cell in book.cells for level, text in headings(cell) if level == 1][:1]
    if not title.strip() or [title] != first:
        yield 0, f"has the title {title!r}, and the heading {(first or [''])[0]!r}"


@rule("Choose the kernel python3.")
def has_kernel_python3(book: Notebook) -> Found:
    name = book.raw["metadata"].get("kernelspec", {}).get("name")
    if name != "python3":
        yield 0, f"has the kernel {name!r}"


@rule("Run `python -m utils.refresh` with its name.")
def is_run_from_top_to_bottom(book: Notebook) -> Found:
    for place, cell in enumerate(book.code, 1):
        if cell.raw["execution_count"] != place:
            yield cell.number, f"has the count {cell.raw['execution_count']}, not {place}"


@rule("Mend the cause; a warning is not hidden.")
def shows_no_error(book: Notebook) -> Found:
    for cell in book.code:
        for output in cell.outputs:
            if output["output_type"] == "error":
                yield cell.number, f"failed with {output['ename']}"
            if output.get("name") == "stderr":
                yield cell.number, f"shows a warning: {''.join(output['text'])[:80]!r}"


@rule("Use only exercise, solution, teacher, explorer, finding, and nbval's where there's no way.")
def has_tags_of_the_list(book: Notebook) -> Found:
    for cell in book.cells:
        odd = [tag for tag in cell.tags if tag not in TAGS and not tag.startswith("nbval-")]
        if odd or len(set(cell.tags)) < len(cell.tags):
            yield cell.number, f"has the tags {', '.join(cell.tags)}"


@rule(
    "Make the output the same in each run; if it cannot be, enter the cell in EXEMPT and say why."
)
def lets_nbval_compare_every_cell(book: Notebook) -> Found:
    marker = re.compile(r"#\s*(NBVAL_|PYTEST_VALIDATE_)\w+")
    for cell in book.code:
        tags = [t for t in cell.tags if t.startswith("nbval-") or t == "raises-exception"]
        tricks = tags + [found[0] for found in marker.finditer(cell.source)]
        if tricks and not EXEMPT.get((book.name, cell.raw.get("id"))):
            yield cell.number, f"is not compared: {', '.join(tricks)}"


# ---- the parts of a lesson


@rule("Begin with one level-1 heading; go down one level at a time.")
def has_headings_in_order(book: Notebook) -> Found:
    levels = [(cell.number, level) for cell in book.cells for level, _ in headings(cell)]
    if [number for number, level in levels if level == 1] != [1]:
        yield 0, "must have one level-1 heading, in its first cell"
    for (_, before), (number, level) in itertools.pairwise(levels):
        if level > before + 1:
            yield number, f"skips from level {before} to {level}"
    for cell in book.code:
        if any(re.search(r"(?m)^#{1,6} ", text) for text in cell.shown("text/markdown")):
            yield cell.number, "prints a heading: headings belong into Markdown cells"


@rule("Order the level-2 headings: " + ", ".join("sections" if p is ... else p for p in PARTS))
def has_the_parts_in_order(book: Notebook) -> Found:
    titles = [text for cell in book.cells for level, text in headings(cell) if level == 2]
    order = [_part(title) for title in titles]
    merged = [part for k, part in enumerate(order) if part is not ... or order[k - 1 : k] != [...]]
    if merged != PARTS:
        yield 0, f"has the parts {', '.join(titles)}"


@rule("Give it 3 to 6 sections, each with a prediction, a chart and an exercise.")
def has_whole_sections(book: Notebook) -> Found:
    if len(book.sections) not in SECTIONS:
        yield 0, f"has {len(book.sections)} sections"
    for title in book.sections:
        cells = book.within(title)
        text = " ".join(cell.source for cell in cells if not cell.is_code)
        missing = [
            *(["no prediction"] if not re.search(r"(?i)\bpredict", text) else []),
            *(["no chart"] if not any(cell.shown("image/png") for cell in cells) else []),
            *(["no exercise"] if not any("exercise" in cell.tags for cell in cells) else []),
        ]
        if missing:
            yield cells[0].number, f"the section {title!r} has {' and '.join(missing)}"


@rule("Say in the first cell what it asks, how many minutes it takes, and what it builds on.")
def opens_with_question_and_minutes(book: Notebook) -> Found:
    first = book.cells[0].source
    if "?" not in first or not re.search(r"\d+ minutes", first):
        yield 1, "lacks the question or the minutes"


@rule("Import in a few lines, after the claim; move the rest to where it is needed.")
def imports_first_and_after_the_claim(book: Notebook) -> Found:
    first = book.code[0]
    lines = first.lines
    if len(lines) > IMPORT_LINES or not all(
        line.startswith(("import ", "from ")) for line in lines
    ):
        yield first.number, f"the first code cell is not {IMPORT_LINES} lines of imports at most"
    if not first.part:
        yield first.number, "code comes before the claim"


@rule("Name each claim in the text, and show code, verdict and grade in the part Verdict.")
def gives_each_claim_a_verdict(book: Notebook) -> Found:
    text = " ".join(cell.source + cell.words() for cell in book.cells if cell.part != "Verdict")
    shown = " ".join(cell.words() for cell in book.within("Verdict"))
    for claim in book.claims:
        if not re.search(rf"\b{claim}\b", text):
            yield 0, f"does not name the claim {claim}"
        if not re.search(rf"\b{claim}\b(?s:.){{0,400}}?({'|'.join(VERDICTS)})", shown):
            yield 0, f"shows no verdict on the claim {claim}"
    if not book.claims:
        yield 0, "has no claims: claims.csv has none for the number in its name"


@rule("Show the tables with data.describe, the sources with data.bibliography.")
def shows_its_data_and_sources(book: Notebook) -> Found:
    for part, call in (("The data", "data.describe("), ("Sources", "data.bibliography(")):
        if not any(call in cell.source and cell.outputs for cell in book.within(part)):
            yield 0, f"does not use {call[:-1]} in {part!r}"
    questions = sum(cell.source.count("?") for cell in book.within("Discuss"))
    if questions < 3:
        yield 0, f"has {questions} questions to discuss"


@rule("Cut, or explain more.")
def has_1500_to_3000_words(book: Notebook) -> Found:
    texts = [cell.source for cell in book.markdown if "teacher" not in cell.tags]
    texts += [
        text
        for cell in book.tagged("finding")
        if "Markdown(" in cell.source
        for text in cell.shown("text/markdown")
    ]
    count = len(re.findall(r"[^\W\d_][\w'\u2019-]*", " ".join(map(prose, texts))))
    if count not in WORDS:
        yield 0, f"has {count} words of prose"


# ---- code


@rule("Split the cell, or move what only this lesson needs into utils/lessons.")
def has_short_cells(book: Notebook) -> Found:
    lengths = {cell.number: len(cell.lines) for cell in book.code}
    for number, length in lengths.items():
        if length > 25:
            yield number, f"has {length} lines of code"
    long = [number for number, length in lengths.items() if length > 10]
    if len(long) > 0.05 * len(lengths):
        yield long[0], f"{len(long)} of {len(lengths)} cells have more than 10 lines"
    if median(lengths.values()) > 3:
        yield 0, f"has cells of {median(lengths.values())} lines in the middle, not at most 3"


@rule("Read from data/ with data.read; what is needed stands in pyproject.toml.")
def installs_and_downloads_nothing(book: Notebook) -> Found:
    banned = r"https?://|(?m:^\s*[!%])|(pip|conda) install|\burlopen\b|\brequests\.|\bos\.system\b"
    for cell in book.code:
        for found in re.finditer(banned, cell.source):
            yield cell.number, f"holds {found[0].strip()!r}"


@rule("Use a path inside the project, or none.")
def has_no_absolute_path(book: Notebook) -> Found:
    absolute = r"(?<![\w.:/<])/(home|work|tmp|root|usr|var|opt|mnt|Users)/\w|\b[A-Z]:\\\w|file://"
    for cell in book.cells:
        for text in (cell.source, cell.words()):
            if found := re.search(absolute, text):
                yield cell.number, f"holds the path {text[found.start() :][:30]!r}"


@rule("Write it with a pandas verb: loc, assign, a column operation, groupby, merge.")
def uses_idiomatic_pandas(book: Notebook) -> Found:
    banned = (
        r"inplace\s*=\s*True|\.iterrows\(|\.itertuples\(|\.append\(.*ignore_index|axis=1, *lambda"
    )
    for cell in book.code:
        for found in re.finditer(banned, cell.source):
            yield cell.number, f"uses {found[0]!r}"
        for node in ast.walk(cell.tree):
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            for target in targets if isinstance(node, ast.Assign | ast.AugAssign) else []:
                if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Subscript):
                    yield cell.number, f"assigns through two brackets: {ast.unparse(target)}"
            if _calls(node, "apply") and {k.arg for k in node.keywords} & {"axis"}:
                yield cell.number, "applies a function row by row"


@rule("End with an expression or a display call; a semicolon hides nothing from nbval.")
def ends_no_line_with_a_semicolon(book: Notebook) -> Found:
    for cell in book.code:
        if any(line.rstrip().endswith(";") for line in cell.source.splitlines()):
            yield cell.number, "ends a line with a semicolon"


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", None) == name


# ---- charts, findings, explorer


class _Images(html.parser.HTMLParser):
    """The alt texts of the pictures in HTML or Markdown."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.alts: list[str] = re.findall(r"!\[([^\]]*)\]\(", text)
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "img":
            self.alts.append(dict(attrs).get("alt") or "")


def alts(cell: Cell) -> list[str]:
    """The alt texts of all pictures of a cell; "" where one has none."""
    found = [] if cell.is_code else _Images(cell.source).alts
    for output in cell.outputs:
        shown = output.get("data", {})
        for kind in (kind for kind in shown if kind.startswith("image/")):
            found.append(output["metadata"].get(kind, {}).get("alt") or "")
    for kind in ("text/html", "text/markdown"):
        found += [alt for text in cell.shown(kind) for alt in _Images(text).alts]
    return found


@rule(f"Say kind of chart, axes, range and meaning in {ALT_WORDS} words, with computed numbers.")
def has_real_alt_texts(book: Notebook) -> Found:
    seen = Counter(alt for cell in book.cells for alt in alts(cell))
    for cell in book.cells:
        for alt in alts(cell):
            if len(alt.split()) < ALT_WORDS or not re.search(r"\d", alt):
                yield cell.number, f"has the alt text {alt!r}"
            elif seen[alt] > 1:
                yield cell.number, f"shares its alt text with another picture: {alt[:60]!r}"


@rule("Show it with charts.show, which puts the numbers behind it.")
def shows_the_numbers_behind_each_chart(book: Notebook) -> Found:
    for cell in book.code:
        tables = [t for t in cell.shown("text/html") if "<details" in t and "<table" in t]
        if len(tables) < len(cell.shown("image/png")):
            yield cell.number, "shows a chart without the folded table of its numbers"


@rule("Make the last line Markdown(f'...'), tag the cell finding, and fold its input.")
def folds_its_findings(book: Notebook) -> Found:
    for cell in book.code:
        if "finding" in cell.tags and not (cell.folded and cell.shown("text/markdown")):
            yield cell.number, "is a finding, but not folded, or shows no sentence"
        if cell.shown("text/markdown") and not {"finding", "solution"} & set(cell.tags):
            yield cell.number, "shows sentences, but is not tagged finding"


@rule("Tag the one cell with explorer() and run `python -m utils.refresh`, which keeps the twin.")
def has_one_explorer_as_static_twin(book: Notebook) -> Found:
    if len(book.tagged("explorer")) != 1:
        yield 0, f"has {len(book.tagged('explorer'))} cells tagged explorer"
    for cell in book.tagged("explorer"):
        frames = sum(text.count("<figure") for text in cell.shown("text/html"))
        if frames not in FRAMES or _part(cell.part) != "Explore":
            yield cell.number, f"shows {frames} frames in the part {cell.part!r}"
    for cell in book.code:
        if cell.shown(refresh.WIDGET_VIEW):
            yield cell.number, "holds a widget that needs a kernel"
    if "widgets" in book.raw["metadata"]:
        yield 0, "holds the state of widgets"


# ---- exercises


def codes(cell: Cell) -> list[str]:
    """The exercises that a cell checks."""
    return re.findall(r"\bcheck\(\s*[\"']([^\"']+)[\"']", cell.source) if cell.is_code else []


@rule("Put check('...', ...) with the three dots into the exercise cell; keep it unanswered.")
def leaves_its_exercises_unanswered(book: Notebook) -> Found:
    found = [cell for cell in book.tagged("exercise") if codes(cell)]
    if len(found) not in EXERCISES:
        yield 0, f"has {len(found)} exercises with a check"
    for cell in found:
        if "..." not in cell.source or "Not answered yet." not in cell.words():
            yield cell.number, "is an exercise that is answered already"


@rule("Put a folded, executed cell tagged solution after the exercise, with check and its code.")
def solves_each_exercise(book: Notebook) -> Found:
    waiting: dict[str, int] = {}
    for cell in book.code:
        if "exercise" in cell.tags:
            waiting |= dict.fromkeys(codes(cell), cell.number)
        if "solution" in cell.tags:
            for code in codes(cell):
                waiting.pop(code, None)
    for code, number in waiting.items():
        yield number, f"the exercise {code} has no solution after it"


@rule("Let the solution end with check('...', answer), run it, fold it.")
def has_right_and_folded_solutions(book: Notebook) -> Found:
    for cell in book.tagged("solution"):
        if cell.is_code and not cell.folded:
            yield cell.number, "is a solution that is not folded"
        if codes(cell) and "Right." not in cell.words():
            yield cell.number, "is a solution, but the check does not call it right"
        if "Not answered yet." in cell.words():
            yield cell.number, "is a solution that shows the waiting message"


@rule("Tag exercise or solution.")
def checks_only_in_exercises_and_solutions(book: Notebook) -> Found:
    for cell in book.code:
        if codes(cell) and not {"exercise", "solution"} & set(cell.tags):
            yield cell.number, "checks an answer, but is neither exercise nor solution"


# ---- numbers in prose

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_UNIT = (
    "(?:%|percent|per cent|USD|dollars?|euros?|yuan|r[uo]+bles|won|tonnes?|tons|barrels|thousand"
    "|million|billion|trillion|people|persons?|workers|visitors|tourists|years|days)"
)
_YEAR = rf"(?:1[89]\d\d|20\d\d|2100)s?(?![\d,.]\d|\s*-?{_UNIT}\b|\s*%)"
_AND = r"(?:(?:,| and| or| to|,? ?-| ?\u2013)\s*)"
_NAME = (
    "(?:[Ll]essons?|[Ee]xercises?|[Yy]our turn|[Ss]ections?|[Pp]arts?|[Ss]teps?|[Qq]uestions?"
    "|[Pp]aragraphs?|[Aa]rticles?|[Aa]nnex|Office|Room|Bureau|Unit|Division|Python|pandas)"
)

#: What may stand in prose in digits, and why.
ALLOWED = {
    "item of a list": r"\(\d\)",
    "date": rf"\b\d{{1,2}} {_MONTH}\b|\b{_MONTH} \d{{1,2}}\b|\b\d{{4}}-\d\d(?:-\d\d)?\b",
    "resolution": rf"\b[Rr]esolutions? \d{{4}}(?:{_AND}\d{{4}})*",
    "year": rf"(?<![\w$€.,]){_YEAR}(?:[-\u2013/]\d{{2,4}}\b)?",
    "name": rf"\b{_NAME}\s+\d+(?:\.\d+)?(?:{_AND}\d+(?:\.\d+)?)*",
    "minutes": rf"\b\d+(?:{_AND}\d+)?[ -]minutes?\b(?:,? or \d+)?",
    "code": r"\b[A-Za-z]\w*-?\d\w*|\b[A-Z]/\d[\w/]*",
    "zero, one": r"(?<![\d.,])[01](?![\w%]|[.,]\d| ?percent| ?[bm]illion)",
    "definition": (
        r"\b1,000 kilograms\b|\b100 (?:percent|%)|\b12 months\b|\b365 days\b"
        r"|\b[Oo]f (?:each |every )?100\b|\binterval of 9[05] percent\b"
        r"|\b9[05] (?:percent|%) (?:interval|of the draws)"
    ),
}
_NUMBERING = r"(?m)^#+[ \t]+\d+(?:\.\d+)?[.:]?[ \t]|^[ \t>]*\d+[.)][ \t]"
_SPELLED = (
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundred|half a)[ -](?:million|billion|trillion|percent)\b"
)


def prose(text: str) -> str:
    """Markdown without code, formulas, links, pictures and tags."""
    text = re.sub(r"(?ms)^```.*?^```|`[^`\n]*`", " ", text)
    text = re.sub(
        r"\$\$.*?\$\$|(?<!\\)\$(?=\S)[^$\n]*?(?<=\S)(?<!\\)\$(?!\d)", " ", text, flags=re.S
    )
    text = re.sub(r"!?\[[^\]]*\]\([^)]*\)|<https?://[^>]*>|https?://\S+", " ", text)
    return re.sub(r"(?s)<!--.*?-->|</?[a-zA-Z][^>]*>|&#?\w+;", " ", text)


def typed_numbers(text: str, known: Iterable[str] = ()) -> list[str]:
    """The numbers in ``text`` that a cell should have computed.

    Not among them: what `ALLOWED` names, the ``known`` ones (those of the claims themselves, codes
    of exercises, settings of a chart), and the terms of a resolution in a sentence that names it.
    """
    known = "|".join(re.escape(number) for number in known)
    patterns = [*ALLOWED.values(), *([rf"(?<![\d.,])(?:{known})(?!\d|[.,]\d)"] if known else [])]
    found = []
    for sentence in sentences(re.sub(_NUMBERING, " ", prose(text))):
        if not re.search(ALLOWED["resolution"], sentence):
            for pattern in patterns:
                sentence = re.sub(pattern, " ", sentence)
            found += re.findall(r"\S*\d\S*(?:\s+\S+)?|" + _SPELLED, sentence)
    return found


def sentences(text: str) -> list[str]:
    """Split Markdown into sentences, list items and table rows."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z*_\"(])|\n\s*\n|\n(?=\s*(?:[-*|#>]|\d+\.))", text)


def words_in_code(cell: Cell) -> Iterator[str]:
    """Strings that readers meet: words of charts, and in findings those of five words or more."""
    for node in ast.walk(cell.tree):
        if isinstance(node, ast.Call):
            yield from (_typed(k.value) for k in node.keywords if k.arg in _SHOWN)
        if isinstance(node, ast.Dict):
            entries = zip(node.keys, node.values, strict=True)
            yield from (_typed(text) for key, text in entries if key and _typed(key) in _SHOWN)
    if "finding" in cell.tags:
        nodes = list(ast.walk(cell.tree))
        strings = [node for node in nodes if isinstance(node, ast.JoinedStr | ast.Constant)]
        parts = {id(part) for node in strings for part in getattr(node, "values", [])}
        parts |= {id(arg) for node in nodes if _calls(node, "query") for arg in node.args}
        parts |= {id(node.slice) for node in nodes if isinstance(node, ast.Subscript)}
        texts = [_typed(node) for node in strings if id(node) not in parts]
        yield from (text for text in texts if len(text.split()) >= 5)


_SHOWN = ("title", "subtitle", "alt")


def settings(book: Notebook, cell: Cell) -> set[str]:
    """The numbers that the code of a chart sets itself, as limits and levels.

    The chart's words may stand in a cell before the one that draws it.
    """
    after = [other for other in book.code if other.number >= cell.number]
    drawn = next((k for k, other in enumerate(after) if ".show(" in other.source), 0)
    nodes = [node for other in after[: drawn + 1] for node in ast.walk(other.tree)]
    values = [node.value for node in nodes if isinstance(node, ast.Constant)]
    plain = [n for n in values if isinstance(n, int | float) and not isinstance(n, bool)]
    return {form for n in plain for form in (str(n), f"{n:,}")}


def _typed(node: ast.AST) -> str:
    """The typed words of a string; what is computed stands as {}."""
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_typed, node.values))
    if isinstance(node, ast.BinOp):
        return _typed(node.left) + _typed(node.right)
    return node.value if isinstance(getattr(node, "value", None), str) else "{}"


@rule(
    "Compute it in a cell. Dates, names and a resolution's terms may stay; a setting goes in `..`."
)
def types_no_number_into_prose(book: Notebook) -> Found:
    known = set(re.findall(r"\d[\d.,]*\d", " ".join(book.claims.values())))
    known |= {code for cell in book.cells for code in codes(cell)}
    for cell in book.cells:
        own = settings(book, cell) if cell.is_code and "finding" not in cell.tags else set()
        for text in words_in_code(cell) if cell.is_code else [cell.source]:
            for number in typed_numbers(text, known | own):
                yield cell.number, f"types the number {' '.join(number.split())!r}"
