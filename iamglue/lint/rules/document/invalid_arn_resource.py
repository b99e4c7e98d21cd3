"""The resource part of an ARN fits none of the forms that the service's ARNs have.

Each resource type has a form: a table of DynamoDB is `table/NAME`, a function of Lambda `function:NAME`, a state
machine `stateMachine:NAME`. AWS's reference lists no resource whose ARN has another form, though one may exist: the
reference is not complete. The form that is most likely meant is told by the statement's actions.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.catalog import resource_formats as shapes
from iamglue.catalog import services
from iamglue.catalog.resource_formats import ArnFormat
from iamglue.catalog.service_arn_formats import is_known_service, matching_formats, nearest_service, service_arn_formats
from iamglue.catalog.spelling import nearest_word
from iamglue.findings import Confidence, Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node

RULE = Rule(Severity.ERROR, codes=("INVALID_ARN_RESOURCE",), confidence=Confidence.MEDIUM)
_TYPED = re.compile(r"/?([A-Za-z-]+)[:/](.+)")
_SHOWN = 5


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every ARN whose resource part no format of its service has."""
    for statement, node in policy.resources:
        if matching_formats(node.text) == () and not _is_open(node.text):
            yield _hit(statement, node)
        elif matching_formats(node.text) is None:
            yield from _of_misspelt_service(node)


def _of_misspelt_service(node: Node) -> Iterator[RuleViolation]:
    """The same where the service is misspelt, which another rule mends: both faults are told in one run."""
    fields = split_arn_fields(node.text)
    if (
        len(fields) != ARN_FIELD_COUNT
        or fields[0] != "arn"
        or _is_open(node.text)
        or is_known_service(fields[2].lower())
    ):
        return
    right = nearest_service(fields[2])
    if right is not None and matching_formats(":".join((*fields[:2], right, *fields[3:]))) == ():
        known = service_arn_formats(right)
        yield RuleViolation(
            node,
            f"AWS's reference lists no resource of `{right}` of the form `{fields[5]}`",
            help=_forms(fields[5], known, known),
        )


def _is_open(text: str) -> bool:
    fields = split_arn_fields(text)
    return fields[5].startswith("${") or any(sign in fields[2] for sign in "*?$")


def _hit(statement: ParsedStatement, node: Node) -> RuleViolation:
    fields = split_arn_fields(node.text)
    known = service_arn_formats(fields[2].lower())
    asked = tuple(shape for shape in _asked(statement) if shape.service == fields[2].lower())
    told = f"AWS's reference lists no resource of `{fields[2]}` of the form `{fields[5]}`"
    right = _right(fields[5], asked, known)
    text = ":".join((*fields[: ARN_FIELD_COUNT - 1], right)) if right else ""
    if not matching_formats(text):
        return RuleViolation(node, told, help=_forms(fields[5], asked or known, known))
    edit = build_fix(f"write `{text}`", replace_scalar(node, text))
    return RuleViolation(node, told, help=f"did you mean `{text}`?", fix=edit)


def _forms(resource: str, asked: tuple[ArnFormat, ...], known: tuple[ArnFormat, ...]) -> str:
    """The forms that there are: those that begin the same, else those that the actions ask for."""
    typed = _TYPED.fullmatch(resource)
    same = [shape for shape in known if typed and shape.resource.startswith(resource[: typed.start(2)])]
    forms = tuple(dict.fromkeys(f"`{shape.resource}`" for shape in same or asked))
    return f"write {', '.join(forms[:_SHOWN])}{', ...' if len(forms) > _SHOWN else ''}"


def _asked(statement: ParsedStatement) -> tuple[ArnFormat, ...]:
    """The formats of the resource types that the statement's actions take."""
    if statement.action is None or statement.action.negated:
        return ()
    found: dict[ArnFormat, None] = {}
    for node in statement.action.values:
        if services.find_action(node.text) is not None:
            prefix, _, name = node.text.partition(":")
            for kind in shapes.action_resource_types(f"{prefix.lower()}:{name}").values():
                found.update(dict.fromkeys(shapes.resource_type_formats(node.text, kind)))
    return tuple(found)


def _right(resource: str, asked: tuple[ArnFormat, ...], known: tuple[ArnFormat, ...]) -> str | None:
    """The resource part in the one form that it plausibly was to have."""
    typed = _TYPED.fullmatch(resource)
    if typed:
        near = _respelt(typed[1], typed[2], known)
        if near:
            return near
    if typed or not resource or resource.startswith(("/", ":")):
        return None
    single = {shape.resource for shape in asked if len(_variables(shape)) == 1}
    if len(single) != 1:
        return None
    return single.pop().partition("${")[0] + resource


def _respelt(kind: str, name: str, known: tuple[ArnFormat, ...]) -> str | None:
    """`tables/x` as `table/x`, `function/x` as `function:x`."""
    starts: dict[str, str] = {}
    for shape in known:
        found = _TYPED.fullmatch(shape.resource)
        if found and shape.resource.partition("${")[0].rstrip(":/").lstrip("/") == found[1]:
            starts.setdefault(found[1], shape.resource.partition("${")[0])
    near = nearest_word(kind, starts)
    return starts[near] + name if near else None


def _variables(shape: ArnFormat) -> list[str]:
    return re.findall(r"\$\{[^{}]*\}", shape.resource)


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "dynamodb:*", "Resource": ["arn:aws:dynamodb:*:123456789012:table/a",'
        ' "arn:aws:dynamodb:*:123456789012:*", "arn:aws:dynamodb:*:123456789012:t*"]}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "lambda:InvokeFunction",'
        ' "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:resize:live"}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "dynamodb:PutItem",'
        ' "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:exifDataTable"}',
        fixed='{"Effect": "Allow", "Action": "dynamodb:PutItem",'
        ' "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/exifDataTable"}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "lambda:InvokeFunction",'
        ' "Resource": "arn:aws:lambda:eu-west-1:123456789012:function/resize"}',
        fixed='{"Effect": "Allow", "Action": "lambda:InvokeFunction",'
        ' "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:resize"}',
    ),
    RuleExample('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::"}'),
)
