"""A spec as `lint` sees it: its errors, and the policies that would be generated from it."""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.generate.generate import DeploymentTarget, generate
from iamglue.model.parsed_file import ParsedFile
from iamglue.model.permission_set import PermissionSet
from iamglue.model.spec import SpecFunction
from iamglue.policy.document import policy_json
from iamglue.policy.model import Policy
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.patterns.variables import TokenKind, tokenize
from iamglue.policy.source.json_reader import JsonReader
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import QuotedSourceText, SourceText, Syntax
from iamglue.readers.spec.reader import parse_spec

_UNKNOWN = (TokenKind.PARAMETER, TokenKind.PSEUDO_PARAMETER)


def read_spec_policies(path: str, text: str, settings: ParameterValues) -> ParsedFile:
    """The policies that the functions of a spec would get; each stands where its function does.

    What the spec leaves to the deployment is not known here either. Errors of the spec are among the file's problems.
    """
    try:
        functions = parse_spec(text, path).functions
        bundles = [(function, generate(function, _deployment_target(function))) for function in functions]
    except MultipleErrors as problems:
        return ParsedFile(path, text, spec_errors=problems.problems)
    except IamglueError as error:
        return ParsedFile(path, text, spec_errors=(error,))
    policies = [
        ParsedPolicy(_node(policy, function, text), kind, name, parameter_values=settings)
        for function, bundle in bundles
        for name, policy, kind in _policies(bundle.function, bundle)
    ]
    return ParsedFile(path, text, tuple(policies))


def _deployment_target(function: SpecFunction) -> DeploymentTarget:
    return DeploymentTarget(
        function.region, function.account, function.partition, use_pseudo_parameters=True, allow_parameters=True
    )


def _policies(function: str, bundle: PermissionSet) -> Iterator[tuple[str, Policy, PolicyType]]:
    yield f"{function}: trust policy", bundle.trust, PolicyType.TRUST
    for named in bundle.policies:
        yield f"{function}: {named.name}", named.policy, PolicyType.IDENTITY


def _node(policy: Policy, function: SpecFunction, text: str) -> Node:
    outer = SourceText(function.location.path, text, Syntax.YAML)
    start = outer.offset_at(function.location.line or 1, function.location.column or 1)
    end = start + len(text[start:].split("\n", 1)[0])
    root = JsonReader(QuotedSourceText(outer, policy_json(policy), start, end)).read().documents[0]
    for node in root.walk():
        node.unresolved = node.kind is NodeKind.SCALAR and any(token.kind in _UNKNOWN for token in tokenize(node.text))
    return root
