"""docs/templates.md names a test for each way that is read, and the trigger for each event of the frameworks."""

from __future__ import annotations

import inspect
import re

from architecture.source_tree import ROOT

from iamglue.catalog.triggers import trigger_names
from iamglue.readers.templates.serverless_events import event_names

PAGE = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")


def test_the_tests_that_the_page_names_exist():
    names = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))
    assert names
    assert [name for name in sorted(names) if not (ROOT / name).is_file()] == []


ROWS = {
    cells[0].strip(" `"): [set(re.findall(r"`(\w+)`", cell)) for cell in cells[1:]]
    for cells in (line.strip("|").split("|") for line in PAGE.partition("## Events")[2].splitlines() if "| `" in line)
}


def test_every_event_of_sam_has_a_trigger_in_the_table():
    from samtranslator.model.eventsources import cloudwatchlogs, pull, push, scheduler

    classes = [kind for module in (push, pull, scheduler, cloudwatchlogs) for kind in vars(module).values()]
    types = {kind.resource_type for kind in classes if inspect.isclass(kind) and hasattr(kind, "resource_type")}
    events = {name for name in types if name and not name.startswith("AWS::")}
    assert set.union(*(sam for sam, _ in ROWS.values())) == events


def test_every_event_of_the_serverless_framework_has_a_trigger_in_the_table():
    assert set.union(*(serverless for _, serverless in ROWS.values())) == event_names()


def test_the_triggers_in_the_table_exist():
    assert set(ROWS) <= set(trigger_names())
