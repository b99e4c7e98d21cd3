"""A placeholder that was not replaced: `${Region}` in plain JSON, `<account-id>`, `{{bucket}}`, `YOUR-BUCKET`.

AWS rejects the policy, or treats the placeholder as a name that matches nothing. In a template, `${Region}` is replaced
at deployment; in a plain document it is literal text. `--set Region=eu-west-1` sets the value that the fix writes;
`--set Account=...` and `--set Region=...` also fix an ARN whose Region or account is not valid.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Fix, Severity, build_fix
from iamglue.lint.analysis.placeholders import Placeholder, find_placeholders, invalid_arn_fields, may_have_placeholders
from iamglue.lint.analysis.unlisted_or_wildcard_actions import unlisted_or_wildcard_actions
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.ERROR)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find values with placeholders."""
    parameter_values = policy.parameter_values
    fills_fields = parameter_values.values and parameter_values.value("Region", "Account", "AccountId") is not None
    texts = _candidate_texts(policy)
    if not fills_fields and not may_have_placeholders("\n".join([node.text for node, _ in texts])):
        return
    for node, is_resource in texts:
        placeholders = find_placeholders(node.text, is_template=node.unresolved, is_resource=is_resource)
        if not placeholders and fills_fields:
            placeholders = tuple(
                field for field in invalid_arn_fields(node.text) if field.fill_value(parameter_values) is not None
            )
        if placeholders:
            yield _violation(node, placeholders, parameter_values)


def _candidate_texts(policy: ParsedPolicy) -> list[tuple[Node, bool]]:
    """Values that may contain a placeholder, and whether each is a resource or a principal."""
    return [
        *[(node, False) for node in unlisted_or_wildcard_actions(policy)],
        *[(node, True) for _, node in policy.resources],
        *[(principal.value, True) for _, principal in policy.principals],
        *[(node, False) for _, condition in policy.conditions for node in condition.values],
    ]


def _violation(node: Node, placeholders: tuple[Placeholder, ...], parameter_values: ParameterValues) -> RuleViolation:
    """One violation for all placeholders of a text; the fix needs a value for each of them."""
    texts = list(dict.fromkeys(placeholder.text for placeholder in placeholders))
    message = f"{_join_quoted(texts)} {'is a placeholder' if len(texts) == 1 else 'are placeholders'} without a value"
    unset = [placeholder for placeholder in placeholders if placeholder.fill_value(parameter_values) is None]
    return RuleViolation(
        node, message, help=_value_help(unset), fix=_build_value_fix(node, placeholders, parameter_values)
    )


def _value_help(unset: list[Placeholder]) -> str | None:
    """How to give the placeholders without a value one; None if all have one."""
    options = list(dict.fromkeys(f"--set {_option_name(placeholder)}=..." for placeholder in unset))
    if not options:
        return None
    what, them = ("value", "it") if len(options) == 1 else ("values", "them")
    return f"write the {what}, or set {them} with {_join_quoted(options)}"


def _build_value_fix(
    node: Node, placeholders: tuple[Placeholder, ...], parameter_values: ParameterValues
) -> Fix | None:
    """Replace the placeholders whose values are set; None if no value is set."""
    text, end, values = "", 0, []
    for placeholder in placeholders:
        value = placeholder.fill_value(parameter_values)
        if value is not None:
            text += node.text[end : placeholder.start] + value
            end = placeholder.end
            values.append(f"`{value}`")
    if not values:
        return None
    return build_fix(f"write {' and '.join(dict.fromkeys(values))}", replace_scalar(node, text + node.text[end:]))


def _option_name(placeholder: Placeholder) -> str:
    """The name to show for `--set`: the common name where there is one."""
    return next(
        (name for name in ("Region", "Account", "Partition") if name in placeholder.names), placeholder.names[0]
    )


def _join_quoted(texts: list[str]) -> str:
    quoted = [f"`{text}`" for text in texts]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _statement_on(resource: str) -> str:
    return f'{{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "{resource}"}}'


GOOD = (
    RuleExample(_statement_on("arn:aws:dynamodb:eu-west-1:123456789012:table/${aws:username}")),
    RuleExample(_statement_on("arn:aws:dynamodb:*:*:table/region-${*}"), parameter_values=(("Region", "eu-west-1"),)),
)
BAD = (
    RuleExample(
        _statement_on("arn:aws:dynamodb:${Region}:${AWS::AccountId}:table/photos"),
        parameter_values=(("region", "eu-west-1"), ("AccountId", "123456789012")),
        fixed=_statement_on("arn:aws:dynamodb:eu-west-1:123456789012:table/photos"),
    ),
    RuleExample(
        _statement_on("arn:aws:dynamodb:<region>:[Account]:table/{{table}}"),
        parameter_values=(("Region", "eu-west-1"), ("Account", "123456789012"), ("table", "photos")),
        fixed=_statement_on("arn:aws:dynamodb:eu-west-1:123456789012:table/photos"),
    ),
    RuleExample(
        _statement_on("arn:aws:dynamodb:REGION:somebody:table/photos"),
        parameter_values=(("Region", "eu-west-1"),),
        fixed=_statement_on("arn:aws:dynamodb:eu-west-1:somebody:table/photos"),
    ),
    RuleExample(
        _statement_on("arn:aws:dynamodb:ireland:somebody:table/photos"),
        parameter_values=(("Region", "eu-west-1"), ("Account", "123456789012")),
        fixed=_statement_on("arn:aws:dynamodb:eu-west-1:123456789012:table/photos"),
    ),
    RuleExample(_statement_on("arn:aws:s3:::YOUR-BUCKET/*")),
    RuleExample(
        '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::ACCOUNT_ID:root"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
    ),
)
