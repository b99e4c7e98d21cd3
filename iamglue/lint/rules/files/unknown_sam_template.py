"""A policy template that the Serverless Application Model does not have.

The transformation of the SAM template then fails. The names of the templates end in Policy, and each takes parameters
of its own.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from iamglue.catalog.spelling import nearest_word
from iamglue.catalog.tables import table_rows
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.source.edits import replace_scalar

RULE = Rule(Severity.ERROR)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Every policy template by a name that SAM does not have."""
    for each in file.attachments:
        name = each.node.text
        if each.kind != "sam-template" or each.node.unresolved or name in _parameters():
            continue
        near = nearest_word(name, _parameters())
        takes = f", which takes {_parameters()[near]}" if near and _parameters()[near] else ""
        hint = f"did you mean `{near}`{takes}?" if near else "see the list of policy templates"
        repair = build_fix(f"write `{near}`", replace_scalar(each.node, near)) if near else None
        yield RuleViolation(each.node, f"SAM has no policy template `{name}`", help=hint, fix=repair)


@cache
def _parameters() -> dict[str, str]:
    found = ((row["name"], row["parameters"].split()) for row in table_rows("sam_templates"))
    return {name: " and ".join(f"`{each}`" for each in parameters) for name, parameters in found}


_FUNCTION = (
    '{{"Transform": "AWS::Serverless-2016-10-31", "Resources": {{"Worker": {{"Type": "AWS::Serverless::Function",'
    ' "Properties": {{"Policies": [{{"{}": {{"BucketName": "images"}}}}]}}}}}}}}'
)
GOOD = (RuleExample(_FUNCTION.format("S3ReadPolicy")), RuleExample(_FUNCTION.format("S3CrudPolicy")))
BAD = (
    RuleExample(_FUNCTION.format("S3ReadOnlyPolicy"), fixed=_FUNCTION.format("S3ReadPolicy")),
    RuleExample(_FUNCTION.format("s3CrudPolicy"), fixed=_FUNCTION.format("S3CrudPolicy")),
)
