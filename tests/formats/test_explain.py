"""The explanation of a policy."""

from formats.samples import bundle

from iamglue.formats.reports.explain import explanation_text
from iamglue.model.permission_set import ExplainedStatement
from iamglue.model.required_access import Reason
from iamglue.policy.conditions import build_condition
from iamglue.policy.model import allow_statement

PUT = allow_statement(
    ("dynamodb:PutItem",),
    ("arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable",),
    sid="PutExifDataTable",
    conditions=(build_condition("StringEquals", "dynamodb:LeadingKeys", "a", "b"),),
)


def test_each_statement_is_shown_with_its_reasons():
    found = bundle(
        "exif",
        explained_statements=(ExplainedStatement(PUT, (Reason("spec.yaml:9 writes dynamodb"),)),),
        notes=("mind the gap",),
    )
    assert explanation_text(found).splitlines() == [
        "exif: 1 statement",
        "",
        "  PutExifDataTable",
        "    allow   dynamodb:PutItem",
        "    on      arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable",
        "    when    dynamodb:LeadingKeys StringEquals a or b",
        "    because spec.yaml:9 writes dynamodb",
        "",
        "    note    mind the gap",
    ]


def test_long_reasons_are_wrapped_to_80_columns():
    found = bundle("f", explained_statements=(ExplainedStatement(PUT, (Reason("a reason " * 30),)),))
    assert max(len(line) for line in explanation_text(found).splitlines()) <= 80


def test_hostile_reasons_stay_in_their_lines():
    found = bundle("f", explained_statements=(ExplainedStatement(PUT, (Reason("a\x1b[31m\nb"),)),))
    assert "\x1b" not in explanation_text(found)
    assert len(explanation_text(found).splitlines()) == 7
