"""Every form of message of messages.toml is read: what it says, and None for what it does not say."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

from support.rows import every_row

from iamglue.model.denial import AccessDenial
from iamglue.readers.denials.reader import read_denials

ROWS = tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))["message"]
EMPTY = AccessDenial()
NOT_COMPARED = {"caveats", "context", "other_cause"}


@every_row("row", ROWS)
def test_a_message_is_read_and_nothing_is_added(row):
    denials = read_denials(row["text"])
    assert len(denials) == 1
    expected = {field.name: row.get(field.name, getattr(EMPTY, field.name)) for field in fields(AccessDenial)}
    expected["additional_actions"] = tuple(expected["additional_actions"])
    read = {name: getattr(denials[0], name) for name in expected}
    assert {name: read[name] for name in read.keys() - NOT_COMPARED} == {
        name: expected[name] for name in expected.keys() - NOT_COMPARED
    }
    assert row.get("other_cause", "") in (denials[0].other_cause or "")
    assert bool(denials[0].other_cause) == ("other_cause" in row)
