"""The shell of a page: one file with its style, its contents list and, if need be, its script."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.filters import do_mark_safe

from utils.handouts.parts import Heading, Writer

COURSE = "How does North Korea make money?"

_TEMPLATES = Path(__file__).parent / "templates"
_EXPLORER = 'class="explorer"'


def page(title: str, body: str, headings: Sequence[Heading] = (), *, name: bool = False) -> str:
    """Return a whole page.

    Parameters
    ----------
    title
        What the browser's tab and the foot of each printed sheet say.
    body
        The content as clean HTML, with the one level-1 heading.
    headings
        What the contents list links to.
    name
        Whether the printed page begins with lines for name and date.
    """
    return render(
        "page.html.j2",
        title=title,
        body=do_mark_safe(body),
        headings=headings,
        top=min((heading.level for heading in headings), default=2),
        name=name,
        live=_EXPLORER in body,
    )


def composed(title: str, template: str, depth: int = 2, **values: object) -> str:
    """Return a page whose body a template makes; its contents list goes down to ``depth``."""
    writer = Writer()
    body = writer.html(render(template, course=COURSE, **values))
    listed = [heading for heading in writer.headings if 2 <= heading.level <= depth]
    return page(title, body, listed)


def render(template: str, **values: object) -> str:
    """Return a template of this package, filled in."""
    return _environment().get_template(template).render(**values)


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["css_text"] = _css_text
    environment.filters["inline"] = _inline
    environment.globals["file"] = _file
    return environment


def _file(name: str) -> str:
    """Return a file of this package, to stand in a page as it is."""
    return do_mark_safe((_TEMPLATES / name).read_text(encoding="utf-8"))


def _css_text(text: str) -> str:
    """Return text as a CSS string, safe inside a style element too."""
    odd = re.compile(r'["\\<>&\x00-\x1f]')
    return do_mark_safe('"' + odd.sub(lambda found: f"\\{ord(found[0]):x} ", text) + '"')


def _inline(text: str) -> str:
    """Return one paragraph of Markdown without its tags, to stand inside another element."""
    return do_mark_safe(re.sub(r"^<p>|</p>$", "", Writer().markdown(text).strip()))
