"""A spec for `lint`: its errors, and the policies that would be generated from it."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.model.parsed_file import ParsedFile
from iamglue.model.permission_set import PermissionSet
from iamglue.model.spec import SpecFunction
from iamglue.policy.document import policy_json
from iamglue.policy.model import Policy
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.patterns.variables import has_named_parameters
from iamglue.policy.source.json_reader import JsonReader
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import QuotedSourceText, SourceText, Syntax
from iamglue.readers.spec.reader import parse_spec


def read_spec_policies(path: str, text: str, settings: ParameterValues) -> ParsedFile:
    """The policies that would be generated for the functions of a spec, each at the position of its function.

    Deployment parameters of the spec are unresolved values in the policies. Errors of the spec are in `spec_errors`.
    """
    try:
        permission_sets = generate_permission_sets(path, text)
    except MultipleErrors as problems:
        return ParsedFile(path, text, spec_errors=problems.problems)
    except IamglueError as error:
        return ParsedFile(path, text, spec_errors=(error,))
    policies = [
        ParsedPolicy(_node(policy, function, text), kind, name, parameter_values=settings)
        for function, permission_set in permission_sets
        for name, policy, kind in _policies(permission_set.function, permission_set)
    ]
    return ParsedFile(path, text, tuple(policies))


def generate_permission_sets(path: str, text: str) -> tuple[tuple[SpecFunction, PermissionSet], ...]:
    """What would be generated for each function of a spec, with parameters for values that the deployment knows.

    Raises the errors of the spec.
    """
    functions = parse_spec(text, path).functions
    return tuple((function, generate(function, _deployment_target(function))) for function in functions)


def _deployment_target(function: SpecFunction) -> DeploymentTarget:
    """Where the spec says that the function is deployed; the rest are parameters."""
    return DeploymentTarget(
        function.region, function.account, function.partition, use_pseudo_parameters=True, allow_parameters=True
    )


def _policies(function: str, permission_set: PermissionSet) -> Iterator[tuple[str, Policy, PolicyType]]:
    """Name, document and type of each policy of a permission set."""
    yield f"{function}: trust policy", permission_set.trust, PolicyType.TRUST
    for named in permission_set.policies:
        yield f"{function}: {named.name}", named.policy, PolicyType.IDENTITY


def _node(policy: Policy, function: SpecFunction, text: str) -> Node:
    """The policy parsed from its JSON, with source positions in the spec: the line where the function begins."""
    outer = SourceText(function.location.path, text, Syntax.YAML)
    start = outer.offset_at(function.location.line or 1, function.location.column or 1)
    end = start + len(text[start:].split("\n", 1)[0])
    root = JsonReader(QuotedSourceText(outer, policy_json(policy), start, end)).read().documents[0]
    for node in root.walk():
        node.unresolved = node.kind is NodeKind.SCALAR and has_named_parameters(node.text)
    return root
