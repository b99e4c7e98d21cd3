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

_REGION, _ACCOUNT = 3, 4
# Patterns as texts are compiled when they are first used, which few policies ask for.
_ACCOUNT_ID = "[0-9]{12}"
# Names of frameworks' own variables (Serverless, Terraform) and of CloudFormation's, which have a colon, too.
_OWN = r"(?:AWS::|self:|opt:|env:|sls:|cf:|param:|file\()"
_BRACED = (
    rf"\$\{{(?P<dollar>[^{{}}:*?$,\s'][^{{}}:,']*|{_OWN}[^{{}}]*)\}}"
    r"|\{\{\s*(?P<double>[A-Za-z][\w.-]*)\s*\}\}"
    r"|<(?P<angle>[A-Za-z][\w .-]*)>"
)
_BRACKETS = r"\[(?P<square>[A-Za-z][\w .-]*)\]"
_YOURS = r"(?<![A-Za-z0-9])(?:YOUR|Your|your)[-_][A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*"
# Words that stand for a Region or an account where one is expected.
_REGIONS = r"(?i:(?:aws|your|my)?[-_ ]?region(?:[-_ ]?(?:name|id|code))?)"
_ACCOUNTS = r"(?i:(?:aws|your|my)?[-_ ]?(?:account|acct)(?:[-_ ]?(?:id|number|no))?|x{12})"
_LOUD = r"(?:AWS_|YOUR_|MY_)?(?:REGION|ACCOUNT[-_]?ID|ACCOUNT[-_]NUMBER)"
# Accounts that AWS names by a word: `arn:aws:iam::aws:policy/...`.
_NAMED_ACCOUNTS = frozenset({"aws", "aws-managed", "amazon", "cloudfront", "third-party"})
# Traces of the above in the text of a whole policy. Patterns that begin with fixed text are searched for quickly.
_DOLLAR_TRACE = re.compile(rf"\$\{{(?:[^{{}}:,']*\}}|{_OWN})")
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
    found = [_braced(each) for each in re.finditer(_BRACED, text) if not (is_template and each["dollar"])]
    if is_resource:
        found += [_placeholder(each, each["square"]) for each in re.finditer(_BRACKETS, text)]
    found += [_placeholder(each, each[0]) for each in re.finditer(_YOURS, text)]
    if re.fullmatch(_LOUD, text):
        found.append(Placeholder(0, len(text), text, _names(text)))
    for at, is_word in ((_REGION, _REGIONS), (_ACCOUNT, _ACCOUNTS)):
        start, end = _field(text, at)
        if re.fullmatch(is_word, text[start:end]):
            found.append(Placeholder(start, end, text[start:end], _names("Region" if at == _REGION else "Account")))
    return _apart(found)


def invalid_arn_fields(text: str) -> tuple[Placeholder, ...]:
    """The Region and the account of an ARN where they are none, whatever stands there."""
    found = []
    for at, name in ((_REGION, "Region"), (_ACCOUNT, "Account")):
        start, end = _field(text, at)
        field = text[start:end]
        if not field or has_wildcard(field) or "${" in field:
            continue
        is_right = is_region(field) if at == _REGION else _is_account(field)
        if not is_right:
            found.append(Placeholder(start, end, field, _names(name)))
    return tuple(found)


def _braced(found: re.Match[str]) -> Placeholder:
    return _placeholder(found, found["dollar"] or found["double"] or found["angle"])


def _placeholder(found: re.Match[str], name: str) -> Placeholder:
    return Placeholder(found.start(), found.end(), found[0], _names(name))


def _names(name: str) -> tuple[str, ...]:
    """The names under which a value may be given: `account-id` is `AccountId`, too."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower()).removeprefix("your")
    bare = plain.removeprefix("aws").removeprefix("my")
    if bare in ("region", "regionname", "regionid", "regioncode"):
        return (name, plain, "Region", "AWS::Region")
    if bare in ("account", "accountid", "accountnumber", "accountno"):
        return (name, plain, "Account", "AccountId", "AWS::AccountId")
    if bare == "partition":
        return (name, plain, "Partition", "AWS::Partition")
    return (name, plain)


def _field(text: str, at: int) -> tuple[int, int]:
    """Where a field of an ARN stands; nowhere in what is no ARN."""
    if not text.startswith("arn:"):
        return 0, 0
    fields = split_arn_fields(text)
    if len(fields) != ARN_FIELD_COUNT:
        return 0, 0
    start = sum(len(field) + 1 for field in fields[:at])
    return start, start + len(fields[at])


def _is_account(field: str) -> bool:
    return re.fullmatch(_ACCOUNT_ID, field) is not None or field in _NAMED_ACCOUNTS


def _apart(found: list[Placeholder]) -> tuple[Placeholder, ...]:
    """In order, of those that overlap the first."""
    kept: list[Placeholder] = []
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return tuple(kept)
