"""A policy template that the AWS Serverless Application Model (SAM) does not have.

The transformation of the SAM template fails. Names of policy templates end in Policy, and each has its own parameters.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.source.edits import replace_scalar
from iamglue.spelling import nearest_word

RULE = Rule(Severity.ERROR)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Find names of policy templates that SAM does not have."""
    for attachment in file.attachments:
        name = attachment.node.text
        if attachment.kind != "sam-template" or attachment.node.unresolved or name in _template_parameters():
            continue
        suggestion = nearest_word(name, _template_parameters())
        parameters_text = (
            f", with {_template_parameters()[suggestion]}" if suggestion and _template_parameters()[suggestion] else ""
        )
        help_ = f"did you mean `{suggestion}`{parameters_text}?" if suggestion else "see the list of policy templates"
        fix = build_fix(f"write `{suggestion}`", replace_scalar(attachment.node, suggestion)) if suggestion else None
        yield RuleViolation(attachment.node, f"the SAM policy template `{name}` does not exist", help=help_, fix=fix)


@cache
def _template_parameters() -> dict[str, str]:
    """Parameters of each policy template, as text for a message."""
    rows = ((row["name"], row["parameters"].split()) for row in table_rows("sam_templates"))
    return {name: " and ".join(f"`{parameter}`" for parameter in parameters) for name, parameters in rows}


_FUNCTION = (
    '{{"Transform": "AWS::Serverless-2016-10-31", "Resources": {{"Worker": {{"Type": "AWS::Serverless::Function",'
    ' "Properties": {{"Policies": [{{"{}": {{"BucketName": "images"}}}}]}}}}}}}}'
)
GOOD = (RuleExample(_FUNCTION.format("S3ReadPolicy")), RuleExample(_FUNCTION.format("S3CrudPolicy")))
BAD = (
    RuleExample(_FUNCTION.format("S3ReadOnlyPolicy"), fixed=_FUNCTION.format("S3ReadPolicy")),
    RuleExample(_FUNCTION.format("s3CrudPolicy"), fixed=_FUNCTION.format("S3CrudPolicy")),
)
