"""Lint the documents of a role that its owner wrote: inline and customer managed policies, trust, invoke permissions.

Suggestions are not reported: `lint` is about how a document is written, `audit` about what it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from iamglue.audit.access.statement_location import PolicyLocation
from iamglue.audit.rule_subject import role_arn, rule_subject
from iamglue.errors import IamglueError
from iamglue.findings import Finding, Report, Severity, Subject, merge_reports
from iamglue.lint.own_rules.forbidden_by_rule import may_match_arn
from iamglue.lint.own_rules.installed import checks_roles
from iamglue.lint.run import lint_file
from iamglue.lint.selection import BREADTH, RuleSelection
from iamglue.model.account import Account, AttachedPolicy
from iamglue.model.own_rule_set import NO_OWN_RULES, OwnRules
from iamglue.model.own_rules import OwnRule, OwnRuleKind
from iamglue.model.parsed_file import ParsedFile
from iamglue.model.role_context import RoleContext
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.patterns.variables import TokenKind, has_named_parameters, tokenize
from iamglue.policy.source.json_reader import read_json
from iamglue.policy.source.nodes import Node

# Audit rules report these with more context: all policies of the role, and which principals are external.
_REPORTED_BY_AUDIT = frozenset({BREADTH, "confused-deputy", "public-access", "principal-wildcard"})
_SELECTION = RuleSelection(ignore=_REPORTED_BY_AUDIT, min_severity=Severity.WARNING)
_VERSION_RULE = "missing-version"
_FUNCTION = "AWS::Lambda::Function"
_Key = tuple[str, PolicyType, str, bool, int]
_SelectionKey = tuple[bool, tuple[str, ...], frozenset[str]]


@dataclass(slots=True)
class DocumentLinter:
    """Lints the documents of roles. A document that several roles may share is linted once."""

    own_rules: OwnRules = NO_OWN_RULES
    _reports: dict[_Key, Report] = field(default_factory=dict)
    _selections: dict[_SelectionKey, RuleSelection] = field(default_factory=dict)
    _names: tuple[Account, Mapping[str, str]] | None = None

    def lint_role(self, context: RoleContext) -> Report:
        """The findings in all documents of a role and its functions, each with its policy and pointer."""
        return merge_reports(
            _with_subject(_without_irrelevant(self._report(policy, kind, context), policy), policy, subject)
            for policy, kind, subject in _documents(context)
            if policy.policy is not None and (policy.origin is None or policy.origin.has_document)
        )

    def _report(self, policy: AttachedPolicy, kind: PolicyType, context: RoleContext) -> Report:
        """The report of a document; managed policies and trust policies of the same text are checked once."""
        # Inline policies and invoke permissions belong to one role or function: their reports are not reused.
        if policy.arn is None and kind is not PolicyType.TRUST:
            return _lint(policy, kind, context, self._reference_names(context.account), self._selection(kind, context))
        selection = self._selection(kind, context)
        key = (policy.text, kind, context.account.id, _is_synthesized(policy), id(selection))
        report = self._reports.get(key)
        if report is None:
            names = self._reference_names(context.account)
            report = self._reports[key] = _lint(policy, kind, context, names, selection)
        return report

    def _selection(self, kind: PolicyType, context: RoleContext) -> RuleSelection:
        """The rules for the documents of a role: without own rules that an exception leaves out, the same object again.

        What identity policies allow is checked for all policies of a role together.
        """
        if not self.own_rules:
            return _SELECTION
        subject = rule_subject(context)
        rules = tuple(
            rule
            for rule in self.own_rules.rules
            if not rule.is_excepted(subject)
            and (kind is not PolicyType.IDENTITY or rule.kind is OwnRuleKind.MAXIMUM_SIZE)
            and (kind is not PolicyType.TRUST or _is_about_role(rule, context) is not False)
        )
        about = frozenset(rule.slug for rule in rules if kind is PolicyType.TRUST and _is_about_role(rule, context))
        key = (kind is PolicyType.IDENTITY, tuple(rule.slug for rule in rules), about)
        if key not in self._selections:
            own_rules = tuple(_without_subject(rule, is_about_role=rule.slug in about) for rule in rules)
            installed = self.own_rules.installed
            if kind is PolicyType.IDENTITY:
                installed = tuple(rule for rule in installed if not checks_roles(rule))
            self._selections[key] = replace(_SELECTION, own_rules=OwnRules(own_rules, installed))
        return self._selections[key]

    def _reference_names(self, account: Account) -> Mapping[str, str]:
        """The references of an account to names, as a mapping: made once for the roles of an account."""
        if self._names is None or self._names[0] is not account:
            self._names = account, dict(account.reference_names)
        return self._names[1]


def _is_about_role(rule: OwnRule, context: RoleContext) -> bool | None:
    """Whether a rule is about the trust policy of a role, which is the resource of its requests; None: not known."""
    answers = [may_match_arn(pattern, role_arn(context)) for pattern in rule.resources]
    return True if True in answers else None if None in answers else False


def _without_subject(rule: OwnRule, *, is_about_role: bool) -> OwnRule:
    """The rule for a document to which no exception applies, and that is perhaps known to be about its resources."""
    return replace(rule, exceptions=(), resources=("*",) if is_about_role else rule.resources)


def _without_irrelevant(report: Report, policy: AttachedPolicy) -> Report:
    """The report without a missing Version that changes nothing, because the document has no policy variable."""
    others = tuple(item for item in report.findings if item.rule != _VERSION_RULE)
    if len(others) == len(report.findings):
        return report
    if any(token.kind in (TokenKind.VARIABLE, TokenKind.ESCAPE) for token in tokenize(policy.text)):
        return report
    return replace(report, findings=others)


def _documents(context: RoleContext) -> Iterator[tuple[AttachedPolicy, PolicyType, Subject]]:
    """Yield each policy that the account itself writes, with its type and whose it is."""
    role = Subject("role", context.role.name, context.role.arn)
    limit = (context.role.boundary,) if context.role.boundary else ()
    for policy in (*context.role.policies, *limit):
        if not policy.is_aws_managed:
            yield policy, PolicyType.IDENTITY, role
    yield context.role.trust, PolicyType.TRUST, role
    for function in context.functions:
        for permissions in function.permissions:
            yield permissions.policy, PolicyType.RESOURCE, Subject("function", function.name, function.arn)


def _lint(
    policy: AttachedPolicy,
    kind: PolicyType,
    context: RoleContext,
    names: Mapping[str, str],
    selection: RuleSelection,
) -> Report:
    """The report of one document; malformed JSON is a finding of it."""
    path, text = "policy.json", policy.text
    try:
        reading = read_json(text, path)
    except IamglueError as error:
        return lint_file(ParsedFile(path, text, syntax_error=error), selection, date.max)
    settings = ParameterValues((("AWS::AccountId", context.account.id),) if context.account.id.isdecimal() else ())
    if context.account.planned:
        _mark_parameters(reading.documents)
    of_function = _FUNCTION if kind is PolicyType.RESOURCE else None
    policies = tuple(
        ParsedPolicy(
            root,
            kind,
            resource_type=of_function,
            parameter_values=settings,
            reference_names=names,
            synthesized=_is_synthesized(policy),
        )
        for root in reading.documents
    )
    return lint_file(ParsedFile(path, text, policies, duplicate_keys=reading.problems), selection, date.max)


def _is_synthesized(policy: AttachedPolicy) -> bool:
    """Whether a program wrote the document of a template."""
    return policy.origin is not None and policy.origin.synthesized


def _mark_parameters(documents: Iterable[Node]) -> None:
    """Mark parameters of a template as unresolved values: they are set at deployment and are not placeholders."""
    for document in documents:
        for node in document.walk():
            node.unresolved = has_named_parameters(node.text)


def _with_subject(report: Report, policy: AttachedPolicy, subject: Subject) -> Report:
    """The report with whose policy it is, which a report of the text alone does not say."""
    if not report.findings and not report.not_evaluated:
        return report
    findings = tuple(_finding(item, policy, subject) for item in report.findings)
    not_evaluated = tuple(
        replace(item, subject=subject, what=f"{item.what} on `{policy.name}`") for item in report.not_evaluated
    )
    return replace(report, findings=findings, not_evaluated=not_evaluated)


def _finding(finding: Finding, policy: AttachedPolicy, subject: Subject) -> Finding:
    """The finding at the policy or, if a template has it, at its place there; without a fix."""
    # Its lines and columns refer to a text that the user does not see, and no fix could edit that.
    location = PolicyLocation(policy, (finding.span.pointer,))
    span = location.template_span
    if span is None:
        return replace(finding, span=location.span, subject=subject, fix=None)
    return replace(finding, span=span, document=location.span, subject=subject, fix=None)
