"""A small lesson that has every kind of cell and output, to make handouts of."""

import base64
import io

import nbformat
import pandas as pd
from PIL import Image

ALT = 'Line chart of "nothing" & more, from 1 to 2 < 3, in percent.'
FINDING = "The share is **50 percent**, see `data.read`."
MATHS = r"""## The claim

A share $s = \frac{a}{b} < 1$ costs \$5, or \$6.

$$\sum_{i=1}^{n} x_i \le \sqrt{2}$$

\begin{align} a &= b \\ c &= \text{net} \end{align}

```python
def share(part, whole=100):
    return part / whole  # in percent: "0.5"
```
"""
VERDICTS = """| Claim | Verdict | What the data say | Grade |
|:--|:--|:--|:--|
| **X1** | **holds** | It is so. | A |
| **X2** | **holds in part** | It is partly so. | B |
| **X3** | **not supported** | It is not so. | C |
| **X4** | **out of date** | It was so. | D |
"""
NOTES = """<details><summary>Teacher's notes</summary>

**Timing**: NOTED, in *ten* minutes. `pivot` helps. **Misconception**: "all is one." It is two.

**45 minutes**: section 1 alone.

</details>"""
WIDE = pd.DataFrame(
    [
        [2020 + k, 1234.5 * k, "some words of a long note that goes on", *range(6)]
        for k in range(24)
    ],
    columns=["year", "value_usd_million", "note", *(f"column_number_{k}" for k in range(6))],
)
NUMBERS = (
    "<details><summary>Numbers behind this chart</summary>\n"
    + WIDE.to_html(index=False, border=0, classes="numbers")
    + "\n</details>"
)


def small_lesson():
    """Return the notebook of a small lesson, run and without fault."""
    cells = [
        _markdown("# Lesson 9: A sample\n\n**Does it work?**\n\n- **Time**: 30 minutes."),
        _markdown(MATHS),
        _code("import pandas as pd"),
        _code("hidden_words = 1", _shown("text/markdown", FINDING), tags=["finding"], hidden=True),
        _code("table", _shown("text/html", WIDE._repr_html_() + "<script>1</script>")),
        _code("verdicts", _shown("text/markdown", VERDICTS), tags=["finding"], hidden=True),
        _code(
            "charts.show(fig)",
            _shown("image/png", picture("white"), {"image/png": {"alt": ALT}}),
            _shown("text/html", NUMBERS),
        ),
        _code("print('said')", nbformat.v4.new_output("stream", name="stdout", text="said <b>\n")),
        _markdown("## 1. Practice\n\n**Predict first.** Is it one or two?"),
        _markdown("### Your turn 9.1\n\nHow many?"),
        _code("given = 2"),
        _code("count = ...", _shown("text/html", check("waiting")), tags=["exercise"]),
        _code(
            "count = SOLVED", _shown("text/html", check("right")), tags=["solution"], hidden=True
        ),
        _markdown(NOTES, tags=["teacher"]),
        _markdown("## Explore"),
        _code("explorer()", _shown("text/html", twin()), tags=["explorer"]),
        _markdown(
            "## Sources\n\n<details>\n<summary>Two</summary>\n\n- [A](https://a.org)\n\n</details>"
        ),
    ]
    for count, cell in enumerate((c for c in cells if c.cell_type == "code"), 1):
        cell.execution_count = count
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"title": "Lesson 9: A sample"})
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return notebook


def picture(colour):
    """Return a small picture as base64 text."""
    buffer = io.BytesIO()
    Image.new("RGB", (720, 360), colour).save(buffer, "png")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def check(state):
    """Return the feedback of an exercise."""
    return (
        f'<div class="check check-{state}" style="color: red"><strong>Word.</strong> {state}</div>'
    )


def twin():
    """Return the static twin of an explorer with four frames."""
    frames = [
        f'<figure class="frame" style="width: 48%"><img alt="Frame {k} of four." width="100%" '
        f'src="data:image/png;base64,{picture(colour)}">'
        f"<figcaption>Basis: case {k}</figcaption></figure>"
        for k, colour in enumerate(("red", "green", "blue", "gray"), 1)
    ]
    return f'<div class="explorer" data-label="Basis">\n{"".join(frames)}\n</div>'


def _markdown(source, **metadata):
    return nbformat.v4.new_markdown_cell(source, metadata=metadata)


def _code(source, *outputs, tags=(), hidden=False):
    metadata = {"tags": list(tags)} | ({"jupyter": {"source_hidden": True}} if hidden else {})
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata=metadata)


def _shown(kind, content, metadata=None):
    data = {kind: content, "text/plain": "plain"}
    return nbformat.v4.new_output("display_data", data=data, metadata=metadata or {})
