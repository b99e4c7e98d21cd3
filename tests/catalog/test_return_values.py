"""The table of return values, compared with CloudFormation's resource schemas as cfn-lint has them."""

from __future__ import annotations

from support.rows import every_row

from iamglue.catalog.return_values import find_return_values
from iamglue.catalog.service_arn_formats import matching_formats
from iamglue.catalog.tables import table_rows

ROWS = {row["type"]: row for row in table_rows("return_values")}
SCHEMA_TYPES = [kind for kind in ROWS if "::Serverless::" not in kind]
# `Ref` returns another value than the primary identifier:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html#aws-resource-events-rule-return-values
REF_IS_NO_IDENTIFIER = {"AWS::Events::Rule"}


def schema(kind):
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema


@every_row("kind", sorted(set(SCHEMA_TYPES) - REF_IS_NO_IDENTIFIER))
def test_ref_returns_an_arn_where_the_primary_identifier_is_one(kind):
    (identifier,) = schema(kind)["primaryIdentifier"]
    name = identifier.rpartition("/")[2]
    is_arn = name.lower().endswith("arn") or (kind, name) == ("AWS::SecretsManager::Secret", "Id")
    assert find_return_values(kind).ref_is_arn == is_arn


@every_row("kind", SCHEMA_TYPES)
def test_attributes_and_names_are_those_of_the_schema(kind):
    row = ROWS[kind]
    attributes = {path.rpartition("/")[2] for path in schema(kind).get("readOnlyProperties", [])}
    names = set(schema(kind)["properties"])
    assert set(row["attributes"].split()) <= attributes
    assert {row["name"]} - {""} <= names
    assert {row["name_attribute"]} - {""} <= attributes | names | {"Name"}


@every_row("kind", [kind for kind, row in ROWS.items() if row["arn"]])
def test_an_arn_of_the_table_has_a_format_of_the_service_reference(kind):
    arn = (
        find_return_values(kind)
        .arn.replace("{path}", "/")
        .replace("{id}", "id")
        .replace("{}", "name")
        .replace("${AWS::Partition}", "aws")
    )
    assert matching_formats(arn)


@every_row("kind", ROWS)
def test_every_row_has_a_page_of_aws_as_its_source(kind):
    assert ROWS[kind]["source"].startswith("https://docs.aws.amazon.com/")
