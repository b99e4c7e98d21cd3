"""Placeholders in a policy: `${Region}`, `<account-id>`, `{{bucket}}`, `YOUR-BUCKET`.

`${aws:username}` is not a placeholder, because IAM replaces it, nor is a template variable, which is replaced at
deployment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from iamglue.catalog.regions import is_region
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.patterns.wildcards import has_wildcard

_REGION_FIELD, _ACCOUNT_FIELD = 3, 4
# Patterns that few policies need are strings, so that they are compiled on first use.
_ACCOUNT_ID = "[0-9]{12}"
# Variables of CloudFormation and of frameworks (Serverless, Terraform) also contain a colon.
_FRAMEWORK_VARIABLES = r"(?:AWS::|self:|opt:|env:|sls:|cf:|param:|construct:|file\()"
_BRACKETED_NAME = (
    rf"\$\{{(?P<dollar>[^{{}}:*?$,\s'][^{{}}:,']*|{_FRAMEWORK_VARIABLES}[^{{}}]*)\}}"
    r"|\{\{\s*(?P<double>[A-Za-z][\w.-]*)\s*\}\}"
    r"|<(?P<angle>[A-Za-z][\w .-]*)>"
)
_SQUARE_BRACKETED_NAME = r"\[(?P<square>[A-Za-z][\w .-]*)\]"
_YOUR_WORDS = r"(?<![A-Za-z0-9])(?:YOUR|Your|your)[-_][A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*"
# Words in place of a Region or an account.
_REGION_WORD = r"(?i:(?:aws|your|my)?[-_ ]?region(?:[-_ ]?(?:name|id|code))?)"
_ACCOUNT_WORD = r"(?i:(?:aws|your|my)?[-_ ]?(?:account|acct)(?:[-_ ]?(?:id|number|no))?|x{12})"
_CAPITALS_WORD = r"(?:AWS_|YOUR_|MY_)?(?:REGION|ACCOUNT[-_]?ID|ACCOUNT[-_]NUMBER)"
# Words that are valid accounts in ARNs of AWS: `arn:aws:iam::aws:policy/...`.
_NAMED_ACCOUNTS = frozenset({"aws", "aws-managed", "amazon", "cloudfront", "third-party"})
# Signs of the above in the text of a whole policy. Patterns with a literal prefix are fast to search.
_DOLLAR_TRACE = re.compile(rf"\$\{{(?:[^{{}}:,']*\}}|{_FRAMEWORK_VARIABLES})")
_SQUARE_TRACE = re.compile(r"\[[A-Za-z]")
_FIELD_TRACE = re.compile(r":(?:aws|your|my)?[-_ ]?(?:region|account|acct)[-_ a-z]{0,8}:")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder: its position in the value, its text, and the parameter names that may set its value."""

    start: int
    end: int
    text: str
    names: tuple[str, ...]

    def fill_value(self, parameter_values: ParameterValues) -> str | None:
        """The value that the user set. None if it is not set, or if wildcards or variables in it would widen access."""
        value = parameter_values.value(*self.names)
        return None if value is None or has_wildcard(value) or "${" in value else value


def may_have_placeholders(text: str) -> bool:
    """True if the values of a policy, joined by line ends, may contain placeholders: a fast, approximate filter."""
    if "<" in text or "{{" in text or "REGION" in text or "ACCOUNT" in text:
        return True
    if _DOLLAR_TRACE.search(text) or _SQUARE_TRACE.search(text):
        return True
    lower = text.lower()
    if "your-" in lower or "your_" in lower or ":xxxx" in lower:
        return True
    return any(word in lower for word in ("region", "account", "acct")) and _FIELD_TRACE.search(lower) is not None


@lru_cache(maxsize=16384)
def find_placeholders(text: str, *, is_template: bool = False, is_resource: bool = False) -> tuple[Placeholder, ...]:
    """The placeholders of a value, in order. In a template, `${...}` is not a placeholder."""
    placeholders = [
        _placeholder_in_brackets(match)
        for match in re.finditer(_BRACKETED_NAME, text)
        if not (is_template and match["dollar"])
    ]
    if is_resource:
        placeholders += [_placeholder(match, match["square"]) for match in re.finditer(_SQUARE_BRACKETED_NAME, text)]
    placeholders += [_placeholder(match, match[0]) for match in re.finditer(_YOUR_WORDS, text)]
    if re.fullmatch(_CAPITALS_WORD, text):
        placeholders.append(Placeholder(0, len(text), text, _parameter_names(text)))
    for index, word_pattern in ((_REGION_FIELD, _REGION_WORD), (_ACCOUNT_FIELD, _ACCOUNT_WORD)):
        start, end = _arn_field_span(text, index)
        if re.fullmatch(word_pattern, text[start:end]):
            placeholders.append(
                Placeholder(
                    start, end, text[start:end], _parameter_names("Region" if index == _REGION_FIELD else "Account")
                )
            )
    return _drop_overlaps(placeholders)


def invalid_arn_fields(text: str) -> tuple[Placeholder, ...]:
    """The Region and the account of an ARN that are not valid, as placeholders."""
    invalid_fields = []
    for index, name in ((_REGION_FIELD, "Region"), (_ACCOUNT_FIELD, "Account")):
        start, end = _arn_field_span(text, index)
        field = text[start:end]
        if not field or has_wildcard(field) or "${" in field:
            continue
        is_valid = is_region(field) if index == _REGION_FIELD else _is_account(field)
        if not is_valid:
            invalid_fields.append(Placeholder(start, end, field, _parameter_names(name)))
    return tuple(invalid_fields)


def _placeholder_in_brackets(match: re.Match[str]) -> Placeholder:
    return _placeholder(match, match["dollar"] or match["double"] or match["angle"])


def _placeholder(match: re.Match[str], name: str) -> Placeholder:
    return Placeholder(match.start(), match.end(), match[0], _parameter_names(name))


def _parameter_names(name: str) -> tuple[str, ...]:
    """Parameter names that may set the value: `account-id` can also be set as `AccountId`."""
    normalized = re.sub(r"[^a-z0-9]", "", name.lower()).removeprefix("your")
    base_name = normalized.removeprefix("aws").removeprefix("my")
    if base_name in ("region", "regionname", "regionid", "regioncode"):
        return (name, normalized, "Region", "AWS::Region")
    if base_name in ("account", "accountid", "accountnumber", "accountno"):
        return (name, normalized, "Account", "AccountId", "AWS::AccountId")
    if base_name == "partition":
        return (name, normalized, "Partition", "AWS::Partition")
    return (name, normalized)


def _arn_field_span(text: str, index: int) -> tuple[int, int]:
    """Start and end of a field of an ARN; (0, 0) if the text is not an ARN."""
    if not text.startswith("arn:"):
        return 0, 0
    fields = split_arn_fields(text)
    if len(fields) != ARN_FIELD_COUNT:
        return 0, 0
    start = sum(len(field) + 1 for field in fields[:index])
    return start, start + len(fields[index])


def _is_account(field: str) -> bool:
    """True for an account ID, or a word that AWS uses in place of one."""
    return re.fullmatch(_ACCOUNT_ID, field) is not None or field in _NAMED_ACCOUNTS


def _drop_overlaps(placeholders: list[Placeholder]) -> tuple[Placeholder, ...]:
    """Sort the placeholders; of overlapping ones, keep the first."""
    result: list[Placeholder] = []
    for placeholder in sorted(placeholders, key=lambda placeholder: (placeholder.start, -placeholder.end)):
        if not result or placeholder.start >= result[-1].end:
            result.append(placeholder)
    return tuple(result)
