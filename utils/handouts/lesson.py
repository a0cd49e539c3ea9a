"""What a notebook says of itself: its question, its facts, its sections and its teacher's notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from utils.handouts import editions

_TITLE = re.compile(r"(?m)^# +(.+)$")
_PART = re.compile(r"(?m)^## +(.+)$")
_QUESTION = re.compile(r"(?ms)^\*\*(.+?)\*\*\s*$")
_FACT = re.compile(r"(?m)^- \*\*(.+?)\*\*: *(.+)$")


@dataclass(frozen=True)
class Section:
    """A numbered section of a lesson.

    Attributes
    ----------
    title
        Its heading.
    timing
        The minutes, and whether it may be left out, from the teacher's notes.
    misconception
        What students most often get wrong, from the teacher's notes.
    """

    title: str
    timing: str
    misconception: str


@dataclass(frozen=True)
class Lesson:
    """What a notebook says of itself; texts are Markdown, "" where it says nothing.

    Attributes
    ----------
    name
        Name of the file without its ending.
    title, question
        The heading, and the question below it.
    time, practice, basis
        Minutes, what students practice, what the lesson builds on.
    sections
        The numbered sections.
    short, homework
        What to do in 45 minutes, and what to give as homework.
    """

    name: str
    title: str
    question: str
    time: str
    practice: str
    basis: str
    sections: tuple[Section, ...]
    short: str
    homework: str

    @property
    def number(self) -> int | None:
        """The number that the file's name begins with."""
        found = re.match(r"\d+", self.name)
        return int(found[0]) if found else None

    @classmethod
    def of(cls, path: Path) -> Lesson:
        """Read the notebook ``path``."""
        notebook = nbformat.read(path, as_version=4)
        texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
        opening = texts[0].source if texts else ""
        facts = dict(_FACT.findall(opening))
        notes: dict[str, str] = {}
        part = ""
        for cell in texts:
            part = (_PART.findall(cell.source) or [part])[-1]
            notes.setdefault(part, "")
            if "teacher" in editions.tags(cell):
                notes[part] += f"\n{cell.source}"
        whole = "\n".join(notes.values())
        return cls(
            name=path.stem,
            title=_first(_TITLE, opening) or path.stem,
            question=_first(_QUESTION, opening),
            time=facts.get("Time", ""),
            practice=facts.get("You practice", ""),
            basis=facts.get("Builds on", ""),
            sections=tuple(
                Section(title, _sentence(_note("Timing", text)), _note("Misconception", text))
                for title, text in notes.items()
                if re.match(r"\d", title)
            ),
            short=_note("45 minutes", whole),
            homework=_note("Homework", whole),
        )


def _first(pattern: re.Pattern, text: str) -> str:
    found = pattern.search(text)
    return " ".join(found[1].split()) if found else ""


def _note(label: str, text: str) -> str:
    """Return what teacher's notes say after a bold label, up to the next one."""
    found = _first(re.compile(rf"(?s)\*\*{label}\*\*: (.+?)(?=\*\*|\n\n|</details>|$)"), text)
    return found[:1].upper() + found[1:]


def _sentence(text: str) -> str:
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0]
