"""Places in a text that somebody is to fill in: `${Region}`, `<account-id>`, `{{bucket}}`, `YOUR-BUCKET`.

`${aws:username}` is none: IAM fills it in. Nor is a value of a template, which the deployment fills in.
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
# Patterns as texts are compiled when they are first used, which few policies ask for.
_ACCOUNT_ID = "[0-9]{12}"
# Names of frameworks' own variables (Serverless, Terraform) and of CloudFormation's, which have a colon, too.
_FRAMEWORK_VARIABLES = r"(?:AWS::|self:|opt:|env:|sls:|cf:|param:|file\()"
_BRACKETED_NAME = (
    rf"\$\{{(?P<dollar>[^{{}}:*?$,\s'][^{{}}:,']*|{_FRAMEWORK_VARIABLES}[^{{}}]*)\}}"
    r"|\{\{\s*(?P<double>[A-Za-z][\w.-]*)\s*\}\}"
    r"|<(?P<angle>[A-Za-z][\w .-]*)>"
)
_SQUARE_BRACKETED_NAME = r"\[(?P<square>[A-Za-z][\w .-]*)\]"
_YOUR_WORDS = r"(?<![A-Za-z0-9])(?:YOUR|Your|your)[-_][A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*"
# Words that stand for a Region or an account where one is expected.
_REGION_WORD = r"(?i:(?:aws|your|my)?[-_ ]?region(?:[-_ ]?(?:name|id|code))?)"
_ACCOUNT_WORD = r"(?i:(?:aws|your|my)?[-_ ]?(?:account|acct)(?:[-_ ]?(?:id|number|no))?|x{12})"
_CAPITALS_WORD = r"(?:AWS_|YOUR_|MY_)?(?:REGION|ACCOUNT[-_]?ID|ACCOUNT[-_]NUMBER)"
# Accounts that AWS names by a word: `arn:aws:iam::aws:policy/...`.
_NAMED_ACCOUNTS = frozenset({"aws", "aws-managed", "amazon", "cloudfront", "third-party"})
# Traces of the above in the text of a whole policy. Patterns that begin with fixed text are searched for quickly.
_DOLLAR_TRACE = re.compile(rf"\$\{{(?:[^{{}}:,']*\}}|{_FRAMEWORK_VARIABLES})")
_SQUARE_TRACE = re.compile(r"\[[A-Za-z]")
_FIELD_TRACE = re.compile(r":(?:aws|your|my)?[-_ ]?(?:region|account|acct)[-_ a-z]{0,8}:")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One place: from `start` to `end` in the text; `written` is what stands there, `names` what it may be called."""

    start: int
    end: int
    text: str
    names: tuple[str, ...]

    def fill_value(self, settings: ParameterValues) -> str | None:
        """What the user gives for it; never a pattern or a variable, which would widen the policy."""
        value = settings.value(*self.names)
        return None if value is None or has_wildcard(value) or "${" in value else value


def may_have_placeholders(text: str) -> bool:
    """Whether the texts of a policy, joined by line ends, may have placeholders: quick, and rarely wrong."""
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
    """The placeholders of a text, in order; in a template's text `${...}` is none."""
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
    """The Region and the account of an ARN where they are none, whatever stands there."""
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
    """The names under which a value may be given: `account-id` is `AccountId`, too."""
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
    """Where a field of an ARN stands; nowhere in what is no ARN."""
    if not text.startswith("arn:"):
        return 0, 0
    fields = split_arn_fields(text)
    if len(fields) != ARN_FIELD_COUNT:
        return 0, 0
    start = sum(len(field) + 1 for field in fields[:index])
    return start, start + len(fields[index])


def _is_account(field: str) -> bool:
    return re.fullmatch(_ACCOUNT_ID, field) is not None or field in _NAMED_ACCOUNTS


def _drop_overlaps(placeholders: list[Placeholder]) -> tuple[Placeholder, ...]:
    """In order, of those that overlap the first."""
    result: list[Placeholder] = []
    for placeholder in sorted(placeholders, key=lambda placeholder: (placeholder.start, -placeholder.end)):
        if not result or placeholder.start >= result[-1].end:
            result.append(placeholder)
    return tuple(result)
