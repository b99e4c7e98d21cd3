"""SAM templates for tests: read as an account, and as AWS's own translator makes them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any
from unittest.mock import Mock

from iamglue.catalog.managed_policies import managed_policy_names, managed_policy_paths
from iamglue.model.account import Account, AttachedPolicy, Role
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.template_account import read_template_account

TRANSFORM = "AWS::Serverless-2016-10-31"
CODE = {"Runtime": "python3.13", "Handler": "app.handler", "CodeUri": "s3://code/app.zip"}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def function(**properties: Any) -> dict[str, Any]:
    return resource("AWS::Serverless::Function", **CODE, **properties)


def sam_template(resources: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return {"Transform": TRANSFORM, **sections, "Resources": resources}


def account_of(template: dict[str, Any] | str, **values: str) -> Account:
    text = template if isinstance(template, str) else json.dumps(template)
    path = "template.yaml" if isinstance(template, str) else "template.json"
    return read_template_account(path, text, ParameterValues(tuple(values.items())))


def role_named(account: Account, name: str) -> Role:
    return next(role for role in account.roles if role.name == name)


def statements_of(policies: Iterable[AttachedPolicy]) -> list[dict[str, Any]]:
    return [statement for policy in policies for statement in json.loads(policy.text)["Statement"]]


def translate(template: dict[str, Any]) -> dict[str, Any]:
    """The CloudFormation template that aws-sam-translator makes."""
    from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
    from samtranslator.translator.transform import transform

    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    loader = Mock(spec=ManagedPolicyLoader)
    loader.load.return_value = {
        name: f"arn:aws:iam::aws:policy{managed_policy_paths()[name]}{name}" for name in managed_policy_names()
    }
    translated: dict[str, Any] = transform(json.loads(json.dumps(template)), {}, loader)
    return translated
