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
from iamglue.formats.words.reading_time import reading_time_text
from iamglue.formats.words.route_words import REACH_TITLES, FarthestReach
from iamglue.model.account import Account
from iamglue.model.role_context import AuditResult
from iamglue.output_escaping import escape_to_one_line
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER
from iamglue.version import VERSION

# gzip level: 9 takes twice as long and saves 5 percent.
_LEVEL = 3


def audit_html(audit: AuditResult) -> str:
    """The page; the output is deterministic."""
    style, script = asset_text("audit.css"), asset_text("report.js") + asset_text("audit.js")
    pages = role_pages(audit)
    data = AuditPageData().page_data(pages)
    compressed = gzip.compress(json.dumps(_escape_hidden(data), separators=(",", ":")).encode(), _LEVEL, mtime=0)
    gaps = audit.report.not_evaluated
    return render_page(
        "audit.html.j2",
        style,
        script,
        title=f"iamglue audit of {_scope(audit.accounts)}",
        summary=audit_summary(audit),
        origin=_origin(audit.accounts),
        data=compressed,
        tiles=_tiles(pages) if audit.routes is not None and pages else [],
        gaps=[not_evaluated_text(item) for item in gaps if item.kind is NotEvaluatedKind.FAILED],
        undecided=[not_evaluated_text(item) for item in gaps if item.kind is NotEvaluatedKind.UNDECIDABLE],
        roles=role_rows(pages),
    )


def _origin(accounts: Iterable[Account]) -> str:
    """The version of iamglue, and when accounts that are deployed were read."""
    read = reading_time_text(account.collected for account in accounts if not account.planned)
    return f"iamglue {VERSION}; {read}" if read else f"iamglue {VERSION}"


def _scope(accounts: Iterable[Account]) -> str:
    """The ids of the accounts; where the ID is not known, the file that the account was read from."""
    ids = sorted({account.id for account in accounts if account.id != ACCOUNT_PARAMETER})
    files = sorted({account.source for account in accounts if account.id == ACCOUNT_PARAMETER})
    named = f"account{'s' if len(ids) > 1 else ''} {', '.join(ids)}" if ids else ""
    return ", ".join(filter(None, [named, *files])) or "no account"


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
