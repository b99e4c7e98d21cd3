"""A placeholder that nobody filled in: `${Region}` in plain JSON, `<account-id>`, `{{bucket}}`, `YOUR-BUCKET`.

AWS refuses the policy, or takes the placeholder for a name that nothing has. In a template `${Region}` is filled in at
deployment; in a plain document it is text. `--set Region=eu-west-1` says what stands for it, and the fix writes that;
`--set Account=...` and `--set Region=...` also mend an ARN whose Region or account is none.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Fix, Severity, fix
from iamglue.lint.analysis.placeholders import Placeholder, may_have_some, placeholders, wrong_fields
from iamglue.lint.analysis.unlisted_or_wildcard_actions import odd_actions
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import PolicyType, Settings, WrittenPolicy
from iamglue.policy.source.edits import rewritten
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.ERROR)


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every text with placeholders."""
    settings = policy.settings
    fills_fields = settings.values and settings.value("Region", "Account", "AccountId") is not None
    texts = list(_texts(policy))
    if not fills_fields and not may_have_some("\n".join([node.text for node, _ in texts])):
        return
    for each, is_resource in texts:
        found = placeholders(each.text, is_template=each.holes, is_resource=is_resource)
        if not found and fills_fields:
            found = tuple(one for one in wrong_fields(each.text) if one.filled(settings) is not None)
        if found:
            yield _hit(each, found, settings)


def _texts(policy: WrittenPolicy) -> Iterator[tuple[Node, bool]]:
    """Every text that may be one, and whether it is a resource or a principal."""
    for node in odd_actions(policy):
        yield node, False
    for _, node in policy.resources:
        yield node, True
    for _, principal in policy.principals:
        yield principal.value, True
    for _, condition in policy.conditions:
        for node in condition.values:
            yield node, False


def _hit(node: Node, found: tuple[Placeholder, ...], settings: Settings) -> Hit:
    written = list(dict.fromkeys(each.written for each in found))
    message = f"{_listed(written)} {'is' if len(written) == 1 else 'are'} not filled in"
    unset = [each for each in found if each.filled(settings) is None]
    help_ = f"write the value, or give it with `--set {_option(unset[0])}=...`" if unset else None
    return Hit(node, message, help=help_, fix=_filled(node, found, settings))


def _filled(node: Node, found: tuple[Placeholder, ...], settings: Settings) -> Fix | None:
    text, at, given = "", 0, []
    for each in found:
        value = each.filled(settings)
        if value is not None:
            text += node.text[at : each.start] + value
            at = each.end
            given.append(f"`{value}`")
    if not given:
        return None
    return fix(f"write {' and '.join(dict.fromkeys(given))}", rewritten(node, text + node.text[at:]))


def _option(placeholder: Placeholder) -> str:
    return next(
        (name for name in ("Region", "Account", "Partition") if name in placeholder.names), placeholder.names[0]
    )


def _listed(texts: list[str]) -> str:
    quoted = [f"`{text}`" for text in texts]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _on(resource: str) -> str:
    return f'{{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "{resource}"}}'


GOOD = (
    Case(_on("arn:aws:dynamodb:eu-west-1:123456789012:table/${aws:username}")),
    Case(_on("arn:aws:dynamodb:*:*:table/region-${*}"), values=(("Region", "eu-west-1"),)),
)
BAD = (
    Case(
        _on("arn:aws:dynamodb:${Region}:${AWS::AccountId}:table/photos"),
        values=(("region", "eu-west-1"), ("AccountId", "123456789012")),
        fixed=_on("arn:aws:dynamodb:eu-west-1:123456789012:table/photos"),
    ),
    Case(
        _on("arn:aws:dynamodb:<region>:[Account]:table/{{table}}"),
        values=(("Region", "eu-west-1"), ("Account", "123456789012"), ("table", "photos")),
        fixed=_on("arn:aws:dynamodb:eu-west-1:123456789012:table/photos"),
    ),
    Case(
        _on("arn:aws:dynamodb:REGION:somebody:table/photos"),
        values=(("Region", "eu-west-1"),),
        fixed=_on("arn:aws:dynamodb:eu-west-1:somebody:table/photos"),
    ),
    Case(
        _on("arn:aws:dynamodb:ireland:somebody:table/photos"),
        values=(("Region", "eu-west-1"), ("Account", "123456789012")),
        fixed=_on("arn:aws:dynamodb:eu-west-1:123456789012:table/photos"),
    ),
    Case(_on("arn:aws:s3:::YOUR-BUCKET/*")),
    Case(
        '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::ACCOUNT_ID:root"}, "Action": "sts:AssumeRole"}',
        PolicyType.TRUST,
    ),
)
