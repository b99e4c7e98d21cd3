"""What an engine leaves out of a record is nothing that a flat row has; and how engines are asked."""

from __future__ import annotations

import re
import sys

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from infer.trail.trail_records import create_table, log_file

from iamglue.catalog.trail_events import find_event_source, source_operations
from iamglue.infer.trail.aggregation import usage_sql
from iamglue.infer.trail.engines.parameter_names import LISTED_SOURCES, UNNEEDED_NAME, parameter_names
from iamglue.infer.trail.engines.record_sql import engine_usage_sql
from iamglue.infer.trail.event_actions import event_actions
from iamglue.infer.trail.folding import UNUSED_MEMBERS, folded_arn, folded_key

OTHER_SOURCES = ("athena", "autoscaling", "cloudformation", "ec2", "ecr", "events", "glue", "iam", "states", "tagging")


def needed(source):
    operations = source_operations(find_event_source(source))
    return {
        path.partition(".")[0]
        for operation in operations
        for path in event_actions(f"{source}.amazonaws.com", operation, "AwsApiCall").parameters
    } - UNUSED_MEMBERS


@pytest.mark.parametrize("source", LISTED_SOURCES)
def test_an_engine_keeps_all_parameters_that_events_of_a_listed_source_need(source):
    assert needed(source) <= set(parameter_names()[source])


@pytest.mark.parametrize("source", OTHER_SOURCES)
def test_an_engine_drops_no_parameter_that_events_of_another_source_need(source):
    assert [name for name in needed(source) if re.search(UNNEEDED_NAME, name)] == []


# The expressions of `record_sql.py`, as Java and Trino apply them.
def shortened_key(key):
    return re.sub("^[^/]+$", "*", re.sub("^(/?[^/]*/).*", r"\1*", key, count=1), count=1)


def shortened_arn(arn):
    first = re.sub("^(arn:[^:/]*:s3:::[^/]*/[^/]*/).*", r"\1*", arn, count=1)
    return re.sub("^(arn:[^:/]*:s3:::[^/]*/)[^/]+$", r"\1*", first, count=1)


@given(st.text("a/*.\n:", max_size=12))
def test_a_key_that_is_shortened_by_sql_gives_the_same_row(key):
    assert folded_key(shortened_key(key).removeprefix("/")) == folded_key(key.removeprefix("/")) or not key


@given(st.text("a/*.\n:", max_size=12), st.sampled_from(["arn:aws:s3:::b", "arn:aws:s3:::b/", "arn:aws:sqs:::b/", ""]))
def test_an_arn_that_is_shortened_by_sql_gives_the_same_row(key, start):
    assert folded_arn(shortened_arn(start + key)) == folded_arn(start + key)


@pytest.mark.parametrize("dialect", ["duckdb", "spark", "athena"])
def test_the_aggregation_has_the_same_columns_in_every_dialect(dialect):
    ours = sqlglot.parse_one(usage_sql("flat_rows", since="2026-01-05"), read="duckdb")
    theirs = sqlglot.parse_one(engine_usage_sql("flat_rows", dialect, "2026-01-05", None), read=dialect)
    assert [item.alias_or_name for item in theirs.selects] == [item.alias_or_name for item in ours.selects]


def test_without_pyspark_the_error_names_the_extra(trail, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    monkeypatch.setitem(sys.modules, "py4j.protocol", None)
    log_file(tmp_path, create_table())
    ran = trail(tmp_path, "--spark", "local[1]")
    assert (ran.code, ran.output) == (2, "")
    assert "pip install 'iamglue[spark]'" in ran.notes


def test_a_period_is_part_of_the_query(trail):
    ran = trail("--athena", "logs.trail", "--print-sql", "--since", "2026-01-05T12:00:00Z")
    query = sqlglot.parse_one(ran.output, read="athena")
    assert "\"time\" >= '2026-01-05T12:00:00Z'" in query.args["where"].sql(dialect="athena")
