"""The Jinja2 templates: where they are, and an environment in which nothing is written unless a filter wrote it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from iamglue.formats.words.safe_text import SafeText

Filters = Mapping[str, Callable[..., SafeText]]

_PACKAGE = Path(__file__).resolve().parent.parent


def templates_directory(package: Path = _PACKAGE) -> Path:
    """Where the templates are: in the package when it is installed, beside it in a source tree.

    Raises FileNotFoundError when they are in neither place, which means that the installation is broken.
    """
    for candidate in (package / "templates", package.parent / "templates"):
        if (candidate / "cloudformation.yaml.j2").is_file():
            return candidate
    raise FileNotFoundError(f"no templates in {package} or beside it: the installation of iamglue is incomplete")


def render_template(template: str, filters: Filters, **values: Any) -> str:
    """The text of a template. Raises TypeError when the template writes a value that no filter has written."""
    environment = Environment(
        loader=FileSystemLoader(templates_directory(), encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 that is for HTML; `_only_written` refuses whatever no filter has escaped
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        newline_sequence="\n",
        finalize=_only_written,
    )
    environment.filters.update(filters)
    return environment.get_template(template).render(**values)


def _only_written(value: Any) -> str:
    if not isinstance(value, SafeText):
        raise TypeError(f"a template writes {value!r} without a filter")
    return value
