"""Jinja2 templates: where they are, and an environment that accepts only values that a filter has escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from iamglue.formats.words.safe_text import SafeText

Filters = Mapping[str, Callable[..., SafeText]]

_PACKAGE = Path(__file__).resolve().parent.parent


def templates_directory(package: Path = _PACKAGE) -> Path:
    """Directory of the templates: inside the package if it is installed, next to it in a source tree.

    Raises FileNotFoundError if it is in neither place, which means that the installation is broken.
    """
    for candidate in (package / "templates", package.parent / "templates"):
        if (candidate / "cloudformation.yaml.j2").is_file():
            return candidate
    raise FileNotFoundError(f"no templates in {package} or beside it: the installation of iamglue is incomplete")


def render_template(template: str, filters: Filters, **values: Any) -> str:
    """Render a template. Raises TypeError if the template writes a value that no filter has escaped."""
    return _environment(tuple(filters.items())).get_template(template).render(**values)


@cache
def _environment(filters: tuple[tuple[str, Callable[..., SafeText]], ...]) -> Environment:
    """Return the environment with these filters, which keeps its compiled templates: a role needs several of them."""
    environment = Environment(
        loader=FileSystemLoader(templates_directory(), encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 autoescape is for HTML; `_require_safe_text` rejects values that no filter escaped
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        newline_sequence="\n",
        finalize=_require_safe_text,
        auto_reload=False,
    )
    environment.filters.update(filters)
    return environment


def _require_safe_text(value: Any) -> str:
    """Jinja2 calls this for every value that a template writes. Raises TypeError if it is not a SafeText."""
    if not isinstance(value, SafeText):
        raise TypeError(f"a template writes {value!r} without a filter")
    return value
