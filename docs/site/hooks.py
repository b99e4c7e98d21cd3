"""Pages that mkdocs adds to the documentation site: one for each rule, and those of files outside `docs/`.

The README becomes the first page. A link to a file of the repository that is no page becomes the file's path, since the
repository's address is not known here.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from iamglue.audit.rule_table import role_rules
from iamglue.formats.reports.rule_page import role_rule_page, rule_page
from iamglue.lint.rule_table import import_all_rules

ROOT = Path(__file__).parents[2]
# Files outside `docs/` -> their pages.
OUTSIDE = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
# Pages of all rules -> the directory with a page for each rule.
RULES = {"rules.md": "rules", "audit-rules.md": "audit-rules"}
# Files of docs/site that the pages load.
_ASSETS = ("extra.css", "iframe-worker.js", "keyboard.js")
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<path>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")
_CODE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are not files of `docs/`, and what all pages load."""
    for uri, text in generated_pages().items():
        files.append(File.generated(config, uri, content=text))
    for name in _ASSETS:
        files.append(
            File.generated(config, f"assets/{name}", content=(ROOT / "docs" / "site" / name).read_text("utf-8"))
        )
    return files


def generated_pages() -> dict[str, str]:
    """Address in the site -> Markdown, for the rules and the files outside `docs/`."""
    pages = {page: (ROOT / name).read_text(encoding="utf-8") for name, page in OUTSIDE.items()}
    for path in sorted((ROOT / "examples").glob("*/README.md")):
        pages[path.relative_to(ROOT).as_posix()] = path.read_text(encoding="utf-8")
    for slug, module in import_all_rules().items():
        pages[f"rules/{slug}.md"] = f"{rule_page(slug, module).removeprefix('#')}\n[All rules of lint](../rules.md)\n"
    for slug, rule in role_rules().items():
        page = role_rule_page(slug, rule).removeprefix("#")
        pages[f"audit-rules/{slug}.md"] = f"{page}\n[All rules of audit](../audit-rules.md)\n"
    return pages


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:
    """The page with links that work in the site; of the pages of all rules only the table is left."""
    del config
    uri: str = page.file.src_uri
    if uri in RULES:
        head = markdown.partition("\n## ")[0]
        return re.sub(r"\]\(#([a-z0-9-]+)\)", rf"]({RULES[uri]}/\1.md)", head)
    outside = {target: name for name, target in OUTSIDE.items()}
    source = uri if uri.startswith("examples/") else outside.get(uri, f"docs/{uri}")
    # Code is left as it is: every second part lies between fences.
    parts = _CODE.split(markdown)
    parts[::2] = [_LINK.sub(lambda link: _site_link(link, source, uri, files), part) for part in parts[::2]]
    return "".join(parts)


def _site_link(link: re.Match[str], source: str, uri: str, files: Files) -> str:
    """The link from the page at `uri`, which is the file `source` of the repository."""
    if not link["path"] or "://" in link["path"] or link["path"].startswith("mailto:"):
        return link[0]
    target = posixpath.normpath(posixpath.join(posixpath.dirname(source), link["path"]))
    page = _page_of(target, files)
    if page is None:
        if target.startswith("docs/"):
            return link[0]  # mkdocs reports it
        return link["text"] if link["text"].strip("`") == target else f"{link['text']} (`{target}`)"
    path = posixpath.relpath(page, posixpath.dirname(uri) or ".")
    anchor = link["anchor"] or ""
    if page in RULES and anchor:
        path, anchor = posixpath.join(posixpath.dirname(path), RULES[page], f"{anchor[1:]}.md"), ""
    return f"{link['image']}[{link['text']}]({path}{anchor})"


def _page_of(target: str, files: Files) -> str | None:
    """The address in the site of a file or directory of the repository; None if it has none."""
    candidates = (OUTSIDE.get(target, ""), target.removeprefix("docs/"), target, f"{target}/README.md")
    return next((name for name in candidates if name and files.get_file_from_path(name) is not None), None)
