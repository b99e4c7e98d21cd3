"""docs/templates.md names a test for each way that is read."""

from __future__ import annotations

import re

from architecture.source_tree import ROOT

PAGE = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")


def test_the_tests_that_the_page_names_exist():
    names = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))
    assert names
    assert [name for name in sorted(names) if not (ROOT / name).is_file()] == []
