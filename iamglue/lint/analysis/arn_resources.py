"""Resources whose ARN has a resource part that matches no ARN format of the service; shared by two rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog import resource_formats, services
from iamglue.catalog.resource_formats import ArnFormat
from iamglue.catalog.service_arn_formats import is_known_service, matching_formats, nearest_service, service_arn_formats
from iamglue.findings import build_fix
from iamglue.lint.analysis.deployed_text import text_with_sample_names
from iamglue.lint.rule import RuleViolation
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node
from iamglue.spelling import nearest_word

_TYPE_AND_NAME = re.compile(r"/?([A-Za-z-]+)[:/](.+)")
# `!Sub arn:aws:sns:...:${Topic}`: what `Ref` returns for a topic is an ARN, and for a queue a URL.
_NESTED_ARN = re.compile(r"(?:^|[:/])(?:arn:(?:aws|\$\{AWS::Partition\})|(https://))")
_MAX_SHOWN = 5


# Two rules call this for the same policy in turn.
@lru_cache(maxsize=4)
def arn_resource_violations(policy: ParsedPolicy) -> tuple[tuple[RuleViolation, bool], ...]:
    """A violation for each ARN whose resource part matches no format of the service, and whether this is certain.

    It is certain for an ARN without wildcards, and if the resource part contains a whole ARN or a URL.
    """
    return tuple(_find_violations(policy))


def _find_violations(policy: ParsedPolicy) -> Iterator[tuple[RuleViolation, bool]]:
    """Yield violations with whether the rule for complete ARNs reports them; the others have wildcards."""
    for statement, node in policy.resources:
        text = text_with_sample_names(policy, node.text)
        nested = _NESTED_ARN.search(split_arn_fields(node.text)[-1]) if text.startswith("arn:") else None
        formats = matching_formats(text)
        is_complete = "*" not in node.text and "?" not in node.text
        if nested is not None:
            what = "a URL" if nested[1] else "a whole ARN"
            message = f"the resource part of `{node.text}` contains {what}"
            code = None if is_complete and formats == () else ""
            yield RuleViolation(node, message, help="write the name alone, or the ARN alone", code=code), True
        elif formats == () and not _has_open_field(text):
            yield _violation(statement, node), is_complete
        elif formats is None:
            for violation in _misspelled_service_violations(node):
                yield violation, is_complete


def _misspelled_service_violations(node: Node) -> Iterator[RuleViolation]:
    """Check the resource part against the nearest service name, so that one run reports both problems."""
    fields = split_arn_fields(node.text)
    if (
        len(fields) != ARN_FIELD_COUNT
        or fields[0] != "arn"
        or _has_open_field(node.text)
        or is_known_service(fields[2].lower())
    ):
        return
    correction = nearest_service(fields[2])
    if correction is not None and matching_formats(":".join((*fields[:2], correction, *fields[3:]))) == ():
        known = service_arn_formats(correction)
        yield RuleViolation(
            node,
            _message(node, fields[5], correction),
            help=_format_help(fields[5], known, known),
        )


def _has_open_field(text: str) -> bool:
    """True if the resource part begins with a variable, or the service contains a wildcard or a variable."""
    fields = split_arn_fields(text)
    return fields[5].startswith("${") or any(character in fields[2] for character in "*?$")


def _violation(statement: ParsedStatement, node: Node) -> RuleViolation:
    """The violation of an ARN, with the nearest resource that its service has, first among those of the actions."""
    fields = split_arn_fields(node.text)
    known = service_arn_formats(fields[2].lower())
    expected = tuple(
        arn_format for arn_format in _formats_of_actions(statement) if arn_format.service == fields[2].lower()
    )
    message = _message(node, fields[5], fields[2])
    correction = _find_correction(fields[5], expected, known)
    text = ":".join((*fields[: ARN_FIELD_COUNT - 1], correction)) if correction else ""
    if not matching_formats(text):
        return RuleViolation(node, message, help=_format_help(fields[5], expected or known, known))
    fix = build_fix(f"write `{text}`", replace_scalar(node, text))
    return RuleViolation(node, message, help=f"did you mean `{text}`?", fix=fix)


def _message(node: Node, resource: str, service: str) -> str:
    """What is wrong with the part of an ARN after the account."""
    if not resource:
        return f"the resource part of `{node.text}` is missing"
    return f"`{resource}` is not a valid resource of `{service}`: AWS's reference lists no such format"


def _format_help(resource: str, expected: tuple[ArnFormat, ...], known: tuple[ArnFormat, ...]) -> str:
    """List the formats that begin like `resource`, else those that the actions need; the shortest first."""
    match = _TYPE_AND_NAME.fullmatch(resource)
    same = [arn_format for arn_format in known if match and arn_format.resource.startswith(resource[: match.start(2)])]
    forms = sorted(dict.fromkeys(f"`{arn_format.resource}`" for arn_format in same or expected), key=len)
    return f"write {', '.join(forms[:_MAX_SHOWN])}{', ...' if len(forms) > _MAX_SHOWN else ''}"


def _formats_of_actions(statement: ParsedStatement) -> tuple[ArnFormat, ...]:
    """ARN formats of the resource types that the statement's actions support."""
    if statement.action is None or statement.action.negated:
        return ()
    formats: dict[ArnFormat, None] = {}
    for node in statement.action.values:
        if services.find_action(node.text) is not None:
            prefix, _, name = node.text.partition(":")
            for resource_type in resource_formats.action_resource_types(f"{prefix.lower()}:{name}").values():
                formats.update(dict.fromkeys(resource_formats.resource_type_formats(node.text, resource_type)))
    return tuple(formats)


def _find_correction(resource: str, expected: tuple[ArnFormat, ...], known: tuple[ArnFormat, ...]) -> str | None:
    """The corrected resource part; None if there is not exactly one plausible format."""
    match = _TYPE_AND_NAME.fullmatch(resource)
    if match:
        correction = _correct_type(match[1], match[2], known)
        if correction:
            return correction
    if match or not resource or resource.startswith(("/", ":")):
        return None
    candidates = {arn_format.resource for arn_format in expected if len(_variables(arn_format)) == 1}
    if len(candidates) != 1:
        return None
    return candidates.pop().partition("${")[0] + resource


def _correct_type(resource_type: str, name: str, known: tuple[ArnFormat, ...]) -> str | None:
    """Correct the type or separator: `tables/x` to `table/x`, `function/x` to `function:x`. None if no type is near."""
    prefixes: dict[str, str] = {}
    for arn_format in known:
        match = _TYPE_AND_NAME.fullmatch(arn_format.resource)
        if match and arn_format.resource.partition("${")[0].rstrip(":/").lstrip("/") == match[1]:
            prefixes.setdefault(match[1], arn_format.resource.partition("${")[0])
    suggestion = nearest_word(resource_type, prefixes)
    return prefixes[suggestion] + name if suggestion else None


def _variables(arn_format: ArnFormat) -> list[str]:
    return re.findall(r"\$\{[^{}]*\}", arn_format.resource)
