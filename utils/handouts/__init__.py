"""Make pages for students and teachers from the notebooks: on a screen, on a phone, on paper.

nbconvert and JupyterLab find the exporters by the entry points in ``pyproject.toml``;
``python -m utils.handouts`` makes all pages of all lessons.
"""

from utils.handouts.exporters import (
    HandoutExporter,
    StudentNotebookExporter,
    TeacherHandoutExporter,
)
from utils.handouts.faults import HandoutError

__all__ = ["HandoutError", "HandoutExporter", "StudentNotebookExporter", "TeacherHandoutExporter"]
