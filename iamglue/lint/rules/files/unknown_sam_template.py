"""An entry of a SAM function's `Policies` that SAM does not accept, such as a misspelled policy template.

The transformation of the SAM template fails. An entry is the name or ARN of a managed policy, a policy document with
`Statement`, or a map whose only key is the name of a policy template, with all of the template's parameters below it.
SAM ignores other parameters, which is a warning.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog.sam_policy_templates import sam_policy_names, sam_policy_parameters, suggested_sam_policy
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node
from iamglue.spelling import nearest_word

RULE = Rule(Severity.ERROR)


def check_file(file: ParsedFile) -> Iterator[RuleViolation]:
    """Find policy templates that SAM does not have, those with wrong parameters, and entries that SAM does not know."""
    for attachment in file.attachments:
        if attachment.kind == "invalid-sam-policy":
            yield RuleViolation(attachment.node, _INVALID, help=_ONE_KEY)
        elif attachment.kind == "sam-template" and not attachment.node.unresolved:
            required = sam_policy_parameters(attachment.node.text)
            if required is None:
                yield _unknown_name(attachment.node)
            elif attachment.arguments is not None:
                yield from _wrong_parameters(attachment.node, required, attachment.arguments)


def _unknown_name(node: Node) -> RuleViolation:
    """The violation of a name that SAM does not have, with the nearest one."""
    suggestion = nearest_word(node.text, sam_policy_names())
    help_ = f"did you mean {suggested_sam_policy(node.text)}?" if suggestion else "see the list of policy templates"
    fix = build_fix(f"write `{suggestion}`", replace_scalar(node, suggestion)) if suggestion else None
    return RuleViolation(node, f"the SAM policy template `{node.text}` does not exist", help=help_, fix=fix)


def _wrong_parameters(node: Node, required: tuple[str, ...], arguments: Node) -> Iterator[RuleViolation]:
    """Parameters without a value, and values for parameters that the template does not have, which SAM ignores."""
    missing = [name for name in required if arguments.get(name) is None]
    unknown = {key.text: key for key, _ in arguments.pairs if key.text not in required}
    for name in missing:
        misspelled = nearest_word(name, unknown)
        key = unknown.pop(misspelled) if misspelled else None
        message = f"the SAM policy template `{node.text}` has no value for `{name}`"
        fix = build_fix(f"write `{name}`", replace_scalar(key, name)) if key is not None else None
        help_ = f"did you mean `{name}`?" if key is not None else f"add `{name}` below `{node.text}`"
        yield RuleViolation(key or node, message, help=help_, fix=fix, detail=name)
    for name, key in unknown.items() if not missing else ():
        message = f"the SAM policy template `{node.text}` has no parameter `{name}`: SAM ignores it"
        yield RuleViolation(key, message, help=f"its parameters are: {', '.join(required)}", severity=Severity.WARNING)


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
    RuleExample(_FUNCTION.format("SQSPollerPolicy")),
    RuleExample(_FUNCTION.format('S3ReadPolicy": {"Bucket": "images"}}, {"S3CrudPolicy')),
)
