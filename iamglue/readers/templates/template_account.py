"""An account as a template will make it, before anything is deployed: CloudFormation, SAM, Terraform."""

from __future__ import annotations

from iamglue.errors import IamglueError, Location
from iamglue.model.account import Account
from iamglue.policy.document import is_json
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.json_reader import read_json
from iamglue.policy.source.merge_keys import read_yaml_with_merge_keys
from iamglue.policy.source.nodes import Node

# A plan has every resource of a state thrice.
_MAX_JSON = 64 * 1024 * 1024
_KINDS = "a template is one of CloudFormation or SAM, a Terraform configuration, or `terraform show -json PLAN`"


def read_template_account(path: str, text: str, settings: ParameterValues) -> Account:
    """The roles and functions of a template, as far as they are known before deployment.

    What is not known stays in texts as a parameter, `${Name}`; what cannot be decided is a gap. Raises IamglueError,
    with a place, for a text that is no template, and for one without roles and functions.
    """
    if path.endswith((".tf", ".tf.json")):
        from iamglue.readers.terraform.account import configuration_account  # noqa: PLC0415 - startup: python-hcl2

        found = configuration_account(path, text, settings)
    else:
        found = _of_document(path, text, settings)
    if not found.roles and not found.functions and not found.gaps:
        raise IamglueError("this template has no roles and no functions", location=Location(path, 1, 1))
    return found


def _of_document(path: str, text: str, settings: ParameterValues) -> Account:
    from iamglue.readers.templates.cloudformation import is_template  # noqa: PLC0415 - startup: the one that is asked for only
    from iamglue.readers.terraform.account import is_plan, plan_account  # noqa: PLC0415

    root = _root(path, text)
    if is_plan(root):
        return plan_account(path, root, text, settings)
    if is_template(root):
        from iamglue.readers.templates.cloudformation_account import cloudformation_account  # noqa: PLC0415

        return cloudformation_account(path, root, text, settings)
    hint = None
    if root.get("RoleDetailList") is not None:
        hint = "this is an account's export: audit it with --input"
    elif root.get("Statement") is not None:
        hint = "this is a policy: `iamglue lint` reads it"
    raise IamglueError("this is no template", hint=hint or _KINDS, location=Location(path, 1, 1))


def _root(path: str, text: str) -> Node:
    reading = read_json(text, path, _MAX_JSON) if is_json(text, path) else read_yaml_with_merge_keys(text, path)
    if not reading.documents:
        raise IamglueError("the file is empty", location=Location(path, 1, 1))
    return reading.documents[0]
