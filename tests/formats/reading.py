"""Rendered documents read back by parsers that are not ours, and resolved as a deployment would resolve them."""

import json
import re
from collections.abc import Iterable

import hcl2
import yaml

from iamglue.model.permission_set import PermissionSet
from iamglue.policy.document import policy_data
from iamglue.policy.patterns.variables import substitute_parameters


def expected(bundle: PermissionSet, values: dict[str, str]) -> list:
    """The trust policy and the policies of `bundle`, as they must come out of any document."""
    policies = [bundle.trust, *(named.policy for named in bundle.policies)]
    return [_substituted(policy_data(policy), values) for policy in policies]


def expected_permissions(bundle: PermissionSet, values: dict[str, str]) -> list[tuple]:
    return [
        tuple(_substituted(each, values) for each in permission_fields(permission))
        for permission in bundle.invoke_permissions
    ]


def permission_fields(permission) -> tuple:
    return (
        permission.action,
        permission.principal,
        permission.source_arn,
        permission.source_account,
        permission.event_source_token,
        permission.function_url_auth_type,
        permission.invoked_via_function_url,
    )


def _substituted(data, values):
    if isinstance(data, dict):
        return {key: _substituted(value, values) for key, value in data.items()}
    if isinstance(data, list):
        return [_substituted(value, values) for value in data]
    return substitute_parameters(data, values) if isinstance(data, str) else data


# CloudFormation, SAM, Serverless Framework


class _Loader(yaml.CSafeLoader):
    """PyYAML's fast loader, with the short forms of the intrinsic functions."""


def _intrinsic(loader, suffix, node):
    read = {
        yaml.ScalarNode: loader.construct_scalar,
        yaml.SequenceNode: lambda n: loader.construct_sequence(n, deep=True),
    }
    return {"Ref" if suffix == "Ref" else f"Fn::{suffix}": read[type(node)](node)}


_Loader.add_multi_constructor("!", _intrinsic)


def yaml_data(text: str):
    return yaml.load(text, yaml.CSafeLoader)


def cfn(text: str) -> dict:
    return yaml.load(text, _Loader)


def resolved(data, values):
    """`data` with Ref, Fn::Sub and Fn::Join carried out; Fn::GetAtt is left."""
    if isinstance(data, list):
        return [resolved(each, values) for each in data]
    if not isinstance(data, dict):
        return data
    if set(data) == {"Ref"}:
        return values.get(data["Ref"], data)
    if set(data) == {"Fn::Join"}:
        separator, pieces = data["Fn::Join"]
        return separator.join(resolved(piece, values) for piece in pieces)
    if set(data) == {"Fn::Sub"}:
        body, more = (data["Fn::Sub"], {}) if isinstance(data["Fn::Sub"], str) else data["Fn::Sub"]
        return re.sub(r"\$\{([^{}]*)\}", lambda found: _sub(found[1], values | more), body)
    return {key: resolved(value, values) for key, value in data.items()}


def _sub(name, values):
    return "${" + name[1:] + "}" if name.startswith("!") else values[name]


def stack_policies(resources: dict, role: str, values: dict[str, str]) -> list:
    """The documents of a role: trust, inline policies, managed policies in the order they are attached."""
    properties = resources[role]["Properties"]
    managed = [resources[each["Ref"]]["Properties"] for each in properties.get("ManagedPolicyArns", [])]
    documents = [properties["AssumeRolePolicyDocument"]]
    documents += [each["PolicyDocument"] for each in [*properties.get("Policies", []), *managed]]
    return resolved(documents, values)


STACK_FIELDS = [
    "Action",
    "Principal",
    "SourceArn",
    "SourceAccount",
    "EventSourceToken",
    "FunctionUrlAuthType",
    "InvokedViaFunctionUrl",
]


def stack_permissions(resources: dict, prefix: str, values: dict[str, str]) -> list[tuple]:
    found = [each["Properties"] for name, each in resources.items() if re.fullmatch(rf"{prefix}Permission\d+", name)]
    return [tuple(resolved(each.get(field), values) for field in STACK_FIELDS) for each in found]


# Terraform


def terraform(text: str) -> dict[str, dict[str, dict]]:
    """Resource type -> name -> arguments, as python-hcl2 reads them."""
    found: dict[str, dict[str, dict]] = {}
    for block in hcl2.loads(text).get("resource", []):
        for kind, named in block.items():
            for name, body in named.items():
                found.setdefault(json.loads(kind), {})[json.loads(name)] = body
    return found


def encoded(expression: str, values: dict[str, str]):
    """What `${jsonencode({...})}` encodes."""
    inner = expression.removeprefix("${jsonencode(").removesuffix(")}")
    return _hcl_value(hcl2.loads(f"x = {inner}\n")["x"], values)


def hcl_string(text: str, values: dict[str, str]) -> str:
    """The value of an expression that is a string or a reference, as python-hcl2 gives it."""
    if text.startswith('"'):
        return "".join(_hcl_pieces(text[1:-1], values))
    return _reference(text.removeprefix("${").removesuffix("}"), values)


def _hcl_value(data, values):
    if isinstance(data, dict):
        return {_key(key, values): _hcl_value(value, values) for key, value in data.items()}
    if isinstance(data, list):
        return [_hcl_value(value, values) for value in data]
    return hcl_string(data, values) if isinstance(data, str) else data


def _key(key, values):
    return hcl_string(key, values) if key.startswith('"') else key


_TEMPLATE = re.compile(r"(\$\$\{)|(%%\{)|\$\{([^{}]*)\}|\\(u[0-9a-f]{4}|U[0-9a-f]{8}|.)|(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def _hcl_pieces(body: str, values) -> Iterable[str]:
    for dollar, percent, reference, escape, other in _TEMPLATE.findall(body):
        if dollar or percent:
            yield (dollar or percent)[1:]
        elif reference:
            yield _reference(reference, values)
        elif escape:
            yield chr(int(escape[1:], 16)) if escape[0] in "uU" else _ESCAPES[escape]
        else:
            yield other


_SOURCES = {
    "data.aws_region.current.region": "AWS::Region",
    "data.aws_caller_identity.current.account_id": "AWS::AccountId",
    "data.aws_partition.current.partition": "AWS::Partition",
}


def _reference(text: str, values) -> str:
    return values[_SOURCES.get(text, text.removeprefix("var."))]
