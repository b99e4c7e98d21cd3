"""The tables of facts that the evaluation of requests reads."""

from __future__ import annotations

import pytest

from iamglue.catalog.services import find_action
from iamglue.catalog.tables import table_rows

TABLES = ("organization_exemptions", "caller_exclusions", "aws_owned_changes")


@pytest.mark.parametrize("table", TABLES)
def test_every_row_names_a_page_of_aws(table):
    assert all(row["source"].startswith("https://docs.aws.amazon.com/") for row in table_rows(table))


@pytest.mark.parametrize("table", ["caller_exclusions", "aws_owned_changes"])
def test_every_action_is_in_the_reference(table):
    actions = {action for row in table_rows(table) for action in row["actions"].split() if "*" not in action}
    assert [action for action in actions if find_action(action) is None] == []
