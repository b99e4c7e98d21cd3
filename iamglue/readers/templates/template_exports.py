"""The values that stacks export to each other, when several templates are read as one deployment.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.errors import IamglueError
from iamglue.readers.templates.cloudformation import is_template
from iamglue.readers.templates.intrinsics import IntrinsicResolver
from iamglue.readers.templates.named_exports import named_exports
from iamglue.readers.templates.reference_values import template_references
from iamglue.readers.templates.stack_scopes import rename_unknown_values, stack_scope
from iamglue.readers.templates.template_account import parse_template


def exported_values(templates: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The values of `Fn::ImportValue` that the templates export, as parameters with their texts.

    `templates` are paths with texts; a text that is not a template exports nothing. Unknown values of a template have
    its name as a prefix, so that those of two templates are not taken for the same. What is exported on a condition is
    not among them: see `Account.exports`.
    """
    # Each template is parsed again when it is read: most export nothing.
    return tuple(value for path, text in templates if "Export" in text for value in _exports(path, text))


def _exports(path: str, text: str) -> Iterator[tuple[str, str]]:
    """The exports of one template; none of a text that is malformed, or not a template."""
    try:
        root = parse_template(path, text)
    except IamglueError:
        return  # the reader of the template reports it
    if is_template(root):
        resolver = IntrinsicResolver(root, references=template_references(root))
        for name, value in named_exports(root, resolver, conditional=False):
            yield name, rename_unknown_values(value, stack_scope(path))
