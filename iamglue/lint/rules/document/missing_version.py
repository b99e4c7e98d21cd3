"""A policy without a Version, which AWS reads by the rules of 2008.

Without `"Version": "2012-10-17"` a policy variable such as `${aws:username}` is plain text and matches nothing that
was meant. The fix adds it, which changes nothing in a policy without variables.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity, fix
from iamglue.lint.analysis.element_names import is_bare
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.element_names import is_transformed, meant_in_document
from iamglue.policy.model import VERSION_2012
from iamglue.policy.parsed_policy import WrittenPolicy
from iamglue.policy.source.edits import with_pair
from iamglue.policy.source.nodes import Shape

RULE = Rule(Severity.WARNING, codes=("MISSING_VERSION",))


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """The document, if it has no Version."""
    node = policy.node
    if node.shape is not Shape.MAP or node.get("Version") is not None:
        return
    if is_transformed(node) or is_bare(policy) or "Version" in meant_in_document(node):
        return
    first = node.pairs[0][0] if node.pairs else None
    literal = all("${" not in each.text for each in node.walk())
    added = fix("add it", with_pair(node, "Version", VERSION_2012, before=first), safe=literal)
    help_ = f'write `"Version": "{VERSION_2012}"`; without it policy variables are plain text'
    yield Hit(node, "the policy has no `Version`", help=help_, fix=added)


GOOD = (
    Case('{"Version": "2012-10-17", "Statement": []}'),
    Case('{"Verison": "2012-10-17", "Statement": []}'),
)
BAD = (
    Case('{"Statement": []}', fixed='{"Version": "2012-10-17", "Statement": []}'),
    Case("Statement: []\n"),
)
