"""A spec as `lint` sees it: its errors, and the policies that would be generated from it."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.cli.deployment_target import Flags, choices
from iamglue.errors import IamglueError, Problems
from iamglue.generate import generate as verb
from iamglue.model.parsed_file import WrittenFile
from iamglue.model.permission_set import Bundle
from iamglue.model.spec import Function
from iamglue.policy.document import policy_json
from iamglue.policy.model import Policy
from iamglue.policy.parsed_policy import PolicyType, Settings, WrittenPolicy
from iamglue.policy.patterns.variables import Kind, tokens
from iamglue.policy.source.json_text import JsonReader
from iamglue.policy.source.nodes import Node, Shape
from iamglue.policy.source.source_text import Origin, QuotedOrigin, Syntax
from iamglue.readers.spec.reader import parse_spec

_NOWHERE = Flags(None, None, None, from_aws=False)
_UNKNOWN = (Kind.PARAMETER, Kind.PSEUDO)


def read_spec_policies(path: str, text: str, settings: Settings) -> WrittenFile:
    """The policies that the functions of a spec would get; each stands where its function does.

    What the spec leaves to the deployment is not known here either. Errors of the spec are among the file's problems.
    """
    try:
        spec = parse_spec(text, path)
        places = zip(spec.functions, choices(_NOWHERE, spec.functions, "cloudformation"), strict=True)
        bundles = [(function, verb.generate(function, choice)) for function, choice in places]
    except Problems as problems:
        return WrittenFile(path, text, problems=problems.problems)
    except IamglueError as error:
        return WrittenFile(path, text, problems=(error,))
    policies = [
        WrittenPolicy(_node(policy, function, text), kind, name, settings=settings)
        for function, bundle in bundles
        for name, policy, kind in _policies(bundle.function, bundle)
    ]
    return WrittenFile(path, text, tuple(policies))


def _policies(function: str, bundle: Bundle) -> Iterator[tuple[str, Policy, PolicyType]]:
    yield f"{function}: trust policy", bundle.trust, PolicyType.TRUST
    for named in bundle.policies:
        yield f"{function}: {named.name}", named.policy, PolicyType.IDENTITY


def _node(policy: Policy, function: Function, text: str) -> Node:
    outer = Origin(function.location.path, text, Syntax.YAML)
    start = outer.offset(function.location.line or 1, function.location.column or 1)
    end = start + len(text[start:].split("\n", 1)[0])
    root = JsonReader(QuotedOrigin(outer, policy_json(policy), start, end)).read().documents[0]
    for node in root.walk():
        node.holes = node.shape is Shape.SCALAR and any(token.kind in _UNKNOWN for token in tokens(node.text))
    return root
