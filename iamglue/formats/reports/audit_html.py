"""An audit as one self-contained HTML page: compressed data, which the page's script displays as text nodes.

Names and documents from AWS are data and never markup. The content security policy of the page allows only the page's
own script and style, by hash, and no network access. Without scripts the page is a table of the roles and findings.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from iamglue.findings import NotEvaluatedKind
from iamglue.formats.reports.audit_html_data import AuditPageData, RolePage, role_pages
from iamglue.formats.reports.audit_html_table import role_rows
from iamglue.formats.reports.html_page import asset_text, render_page
from iamglue.formats.words.audit_words import audit_summary, not_evaluated_text
from iamglue.formats.words.route_words import REACH_TITLES, FarthestReach
from iamglue.model.role_context import AuditResult
from iamglue.output_escaping import escape_to_one_line
from iamglue.version import VERSION

# gzip level: 9 takes twice as long and saves 5 percent.
_LEVEL = 3


def audit_html(audit: AuditResult) -> str:
    """The page; the output is deterministic."""
    style, script = asset_text("audit.css"), asset_text("report.js") + asset_text("audit.js")
    pages = role_pages(audit)
    data = AuditPageData().page_data(pages)
    compressed = gzip.compress(json.dumps(_escape_hidden(data), separators=(",", ":")).encode(), _LEVEL, mtime=0)
    accounts = sorted({account.id for account in audit.accounts})
    scope = f"account{'s' if len(accounts) > 1 else ''} {', '.join(accounts)}" if accounts else "no account"
    failed = [item for item in audit.report.not_evaluated if item.kind is NotEvaluatedKind.FAILED]
    return render_page(
        "audit.html.j2",
        style,
        script,
        title=f"iamglue audit of {scope}",
        summary=audit_summary(audit),
        origin=f"iamglue {VERSION}",
        data=compressed,
        tiles=[] if audit.routes is None else _tiles(pages),
        gaps=[not_evaluated_text(item) for item in failed],
        roles=role_rows(pages),
    )


def _tiles(pages: Iterable[RolePage]) -> list[dict[str, Any]]:
    """How many roles have or can get each kind of access."""
    counts = Counter(page.reach for page in pages)
    return [
        {"reach": str(reach), "count": counts[reach], "words": words}
        for reach, words in REACH_TITLES.items()
        if counts[reach] or reach is FarthestReach.ADMINISTRATOR
    ]


def _escape_hidden(data: Any) -> Any:
    """Plain data with invisible characters escaped in every text; line breaks are kept."""
    if isinstance(data, str):
        return data if data.isascii() and data.isprintable() else "\n".join(map(escape_to_one_line, data.split("\n")))
    if isinstance(data, dict):
        return {_escape_hidden(key): _escape_hidden(value) for key, value in data.items()}
    return [_escape_hidden(item) for item in data] if isinstance(data, list | tuple) else data
