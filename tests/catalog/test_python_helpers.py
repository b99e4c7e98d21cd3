"""The table of library functions that call AWS is right about the operations and their parameters."""

from __future__ import annotations

from iamglue.catalog.tables import table_rows
from iamglue.infer.code.sdk_models import input_members

ROWS = [row for row in table_rows("python_helpers") if not row["operation"].startswith(("@signed", "@with", "-"))]
WRITTEN = {"@mode:1": {"GetObject", "PutObject"}, "@glob": {"ListObjectsV2"}}


def operations(row):
    return WRITTEN.get(row["operation"], {row["operation"]})


def names(row):
    parameters = {part.partition("=")[0] for part in row["parameters"].split()}
    prefix = {"Bucket"} if row["client"] == "s3" and "Path" in parameters else set()
    return parameters - {"Path"} | prefix if row["client"] == "s3" else parameters


def test_every_operation_and_parameter_exists():
    wrong = [
        (row["function"], operation, names(row))
        for row in ROWS
        for operation in operations(row)
        if not names(row) <= ((input_members(row["client"], operation) or set()) | {"TableName"})
    ]
    assert wrong == []


def test_every_row_has_a_source():
    assert [row for row in table_rows("python_helpers") if not row["source"].startswith("https://")] == []


def test_every_library_has_a_source_and_services():
    rows = table_rows("python_libraries")
    assert [row for row in rows if not row["source"].startswith("https://") or not row["services"]] == []
    assert len({(row["package"], row["when"] == "setting") for row in rows}) == len(rows)
