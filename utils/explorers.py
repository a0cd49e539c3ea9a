"""Interactive views that keep a static twin for readers without a kernel."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from utils import charts, data
from utils.charts import ALT_WORDS

_LIVE_DPI, _TWIN_DPI = 80, 110


@dataclass(frozen=True)
class Choice:
    """A control that picks one of a few words.

    Attributes
    ----------
    label
        What the reader sees beside it.
    options
        The words.
    start
        The word chosen first; the first one by default.
    """

    label: str
    options: Sequence[str]
    start: str | None = None

    @property
    def value(self) -> str:
        """The word chosen first."""
        return self.options[0] if self.start is None else self.start

    def widget(self):
        """Return the ipywidgets control."""
        import ipywidgets

        return ipywidgets.SelectionSlider(
            options=list(self.options), value=self.value, **_look(self.label)
        )


@dataclass(frozen=True)
class Slider:
    """A control that picks a number.

    Attributes
    ----------
    label
        What the reader sees beside it, with the unit.
    low, high, step
        Bounds and step.
    start
        The number chosen first.
    """

    label: str
    low: float
    high: float
    step: float
    start: float

    @property
    def value(self) -> float:
        """The number chosen first."""
        return self.start

    def widget(self):
        """Return the ipywidgets control."""
        import ipywidgets

        whole = all(isinstance(v, int) for v in (self.low, self.high, self.step, self.start))
        kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
        return kind(
            value=self.start, min=self.low, max=self.high, step=self.step, **_look(self.label)
        )


def _look(label: str) -> dict:
    return {
        "description": label,
        "style": {"description_width": "12em"},
        "layout": {"width": "100%", "max_width": "44em"},
    }


def explorer(
    draw: Callable[..., str],
    controls: dict[str, Choice | Slider],
    frames: Sequence[dict],
    source: object,
    size: tuple[float, float] = (7.2, 4.4),
) -> Explorer:
    """Make an interactive view with a static twin.

    Parameters
    ----------
    draw
        Called as ``draw(fig, **settings)`` with an empty figure, whose margins it sets itself;
        draws the whole picture and returns its alt text of 25 words or more.
    controls
        The settings by name, the main one first.
    frames
        Four to eight dicts of settings for the twin; the others keep their start values.
    source
        The rows drawn, or source ids, as `utils.charts.show` takes them.
    size
        Width and height in inches.

    Raises
    ------
    ValueError
        If there is no control, a frame names an unknown setting, or there are too few or too
        many frames.
    """
    return Explorer(draw, controls, frames, source, size)


class Explorer:
    """What `explorer` returns: shows itself as widget and as static twin."""

    def __init__(self, draw, controls, frames, source, size) -> None:
        if not controls:
            raise ValueError("An explorer needs at least one control.")
        if not 4 <= len(frames) <= 8:
            raise ValueError(f"The static twin needs 4 to 8 frames, not {len(frames)}.")
        for frame in frames:
            if unknown := set(frame) - set(controls):
                raise ValueError(f"A frame sets {unknown}, but the controls are {set(controls)}.")
        self.controls, self.frames = dict(controls), list(frames)
        self._draw = draw
        self._source = f'<p class="source">{html.escape(data.source_line(source))}</p>'
        self._size = size

    def picture(self, dpi: int = _LIVE_DPI, **settings) -> tuple[bytes, str]:
        """Draw one picture and return its PNG bytes and its alt text.

        Raises
        ------
        ValueError
            If a setting is unknown, or the alt text too short.
        """
        if unknown := set(settings) - set(self.controls):
            raise ValueError(f"Unknown settings {unknown}; there are {set(self.controls)}.")
        start = {name: control.value for name, control in self.controls.items()}
        figure = Figure(figsize=self._size)  # faster than clearing one that was drawn
        alt = self._draw(figure, **start | settings)
        if len(alt.split()) < ALT_WORDS:
            raise ValueError(f"The alt text has fewer than {ALT_WORDS} words: {alt!r}")
        return charts.png(figure, dpi, compress_level=1), alt

    def widget(self):
        """Return the ipywidgets view: controls, picture, its source, and the picture in words."""
        import ipywidgets

        widgets = {name: control.widget() for name, control in self.controls.items()}
        image = ipywidgets.Image(format="png", layout={"max_width": "100%"})
        words = ipywidgets.HTML()

        def update(_change: object = None) -> None:
            png, alt = self.picture(**{name: widget.value for name, widget in widgets.items()})
            image.value = png
            words.value = f'<p role="status">{html.escape(alt)}</p>'

        update()
        for widget in widgets.values():
            widget.observe(update, "value")
        return ipywidgets.VBox([*widgets.values(), image, ipywidgets.HTML(self._source), words])

    def twin(self) -> str:
        """Return the frames as HTML, one figure each with caption and alt text, and the source."""
        first = next(iter(self.controls.values())).label
        frames = "\n".join(self._frame(settings) for settings in self.frames)
        return (
            f'<div class="explorer" data-label="{html.escape(first)}">\n{frames}\n{self._source}\n'
            "</div>"
        )

    def _frame(self, settings: dict) -> str:
        png, alt = self.picture(dpi=_TWIN_DPI, **settings)
        words = "; ".join(f"{self.controls[k].label}: {value}" for k, value in settings.items())
        code = base64.b64encode(png).decode("ascii")
        return (
            '<figure class="frame" style="display: inline-block; width: 48%; margin: 0.5em 0.5%">'
            f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{code}" width="100%">'
            f"<figcaption>{html.escape(words)}</figcaption></figure>"
        )

    def __repr__(self) -> str:
        labels = ", ".join(control.label for control in self.controls.values())
        return f"Explorer with the controls: {labels}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        view = self.widget()._repr_mimebundle_()
        bundle, metadata = view if isinstance(view, tuple) else (view, {})
        return bundle | {"text/plain": repr(self), "text/html": self.twin()}, metadata
