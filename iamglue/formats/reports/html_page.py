"""What the HTML reports share: style sheets and scripts of the templates' directory, and the filters of the templates.

Foreign names are text and never markup. The content security policy of a page allows only the page's own script and
style, by hash, and no network access.
"""

from __future__ import annotations

import hashlib
import html
import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from iamglue.formats.templates import render_template, templates_directory
from iamglue.formats.words.safe_text import SafeText
from iamglue.output_escaping import escape_output, escape_to_one_line

_CODE = re.compile("`([^`]+)`")


def asset_text(name: str) -> str:
    """Text of a style sheet or script in the directory of the templates."""
    return (templates_directory() / name).read_text(encoding="utf-8")


def escape_html(text: str) -> SafeText:
    """A text as the content or attribute of an element, of HTML or SVG."""
    return SafeText(html.escape(escape_output(escape_to_one_line(text))))


def _prose(text: str) -> SafeText:
    """A text in which names between backticks are code."""
    return SafeText(_CODE.sub(r"<code>\1</code>", escape_html(text)))


def _hash(text: str) -> SafeText:
    """Source expression of a content security policy for an inline script or style."""
    digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return SafeText(f"'sha256-{digest}'")


def _base64(data: bytes) -> SafeText:
    return SafeText(b64encode(data).decode())


def _number(value: int) -> SafeText:
    return SafeText(int(value))


_FILTERS: dict[str, Callable[..., SafeText]] = {
    "html": escape_html,
    "prose": _prose,
    "own": SafeText,
    "hash": _hash,
    "base64": _base64,
    "number": _number,
}


def render_page(template: str, style: str, script: str, **values: Any) -> str:
    """A page whose content security policy allows this style and script alone; `values` are those of the template."""
    return render_template(
        template, _FILTERS, style=style, style_hash=style, script=script, script_hash=script, **values
    )
