"""A policy without a Version, which AWS evaluates as version 2008-10-17.

Without `"Version": "2012-10-17"` a policy variable such as `${aws:username}` is a literal string, so it does not match
the intended value. The fix adds the element, which changes nothing in a policy without variables.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, build_fix
from iamglue.lint.analysis.bare_statements import has_bare_statement
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.element_names import has_template_transform, misspelled_document_elements
from iamglue.policy.model import VERSION_2012
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import insert_pair
from iamglue.policy.source.nodes import NodeKind

RULE = Rule(Severity.WARNING, codes=("MISSING_VERSION",), form=True)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report the document if it has no Version."""
    node = policy.node
    if node.kind is not NodeKind.MAP or node.get("Version") is not None:
        return
    if has_template_transform(node) or has_bare_statement(policy) or "Version" in misspelled_document_elements(node):
        return
    first = node.pairs[0][0] if node.pairs else None
    has_no_variables = all("${" not in descendant.text for descendant in node.walk())
    fix = build_fix("add `Version`", insert_pair(node, "Version", VERSION_2012, before=first), safe=has_no_variables)
    help_ = f'write `"Version": "{VERSION_2012}"`; without it policy variables are literal strings'
    yield RuleViolation(node, "`Version` is missing from the policy", help=help_, fix=fix)


GOOD = (
    RuleExample('{"Version": "2012-10-17", "Statement": []}'),
    RuleExample('{"Verison": "2012-10-17", "Statement": []}'),
)
BAD = (
    RuleExample('{"Statement": []}', fixed='{"Version": "2012-10-17", "Statement": []}'),
    RuleExample("Statement: []\n"),
)
