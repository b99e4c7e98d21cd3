"""An entry of a SAM function's `Policies` that SAM does not accept, such as a misspelled policy template.

The transformation of the SAM template fails. An entry is the name or ARN of a managed policy, a policy document with
`Statement`, or a map whose only key is the name of a policy template, with the template's parameters below it.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.sam_policy_templates import sam_policy_names, sam_policy_parameters
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node
from iamglue.spelling import nearest_word

RULE = Rule(Severity.ERROR)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Find names of policy templates that SAM does not have, and entries that are nothing that SAM knows."""
    for attachment in file.attachments:
        if attachment.kind == "invalid-sam-policy":
            yield RuleViolation(attachment.node, _INVALID, help=_ONE_KEY)
        elif attachment.kind == "sam-template" and not attachment.node.unresolved:
            yield from _check_name(attachment.node)


def _check_name(node: Node) -> Iterator[RuleViolation]:
    name = node.text
    if sam_policy_parameters(name) is not None:
        return
    suggestion = nearest_word(name, sam_policy_names())
    parameters = sam_policy_parameters(suggestion) if suggestion else None
    parameters_text = ", with " + " and ".join(f"`{parameter}`" for parameter in parameters) if parameters else ""
    help_ = f"did you mean `{suggestion}`{parameters_text}?" if suggestion else "see the list of policy templates"
    fix = build_fix(f"write `{suggestion}`", replace_scalar(node, suggestion)) if suggestion else None
    yield RuleViolation(node, f"the SAM policy template `{name}` does not exist", help=help_, fix=fix)


_INVALID = "this is not a policy document, a SAM policy template or the name of a managed policy"
_ONE_KEY = "write each policy template as a list item of its own, with its parameters indented below its name"
_FUNCTION = (
    '{{"Transform": "AWS::Serverless-2016-10-31", "Resources": {{"Worker": {{"Type": "AWS::Serverless::Function",'
    ' "Properties": {{"Policies": [{{"{}": {{"BucketName": "images"}}}}]}}}}}}}}'
)
GOOD = (RuleExample(_FUNCTION.format("S3ReadPolicy")), RuleExample(_FUNCTION.format("S3CrudPolicy")))
BAD = (
    RuleExample(_FUNCTION.format("S3ReadOnlyPolicy"), fixed=_FUNCTION.format("S3ReadPolicy")),
    RuleExample(_FUNCTION.format("s3CrudPolicy"), fixed=_FUNCTION.format("S3CrudPolicy")),
    RuleExample(_FUNCTION.format("KMSEncryptPolicy_v3"), fixed=_FUNCTION.format("KMSEncryptPolicy_v2")),
    RuleExample(_FUNCTION.format('S3ReadPolicy": {}, "SQSPollerPolicy')),
)
