"""SAM templates for tests: read as an account, and as AWS's own translator makes them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any
from unittest.mock import patch

import boto3

from iamglue.catalog.managed_policies import managed_policy_paths
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


def translate(template: dict[str, Any], parameters: dict[str, str] | None = None) -> dict[str, Any]:
    """The CloudFormation template that aws-sam-translator makes of one, which it is given a copy of.

    Two things that take most of its time, and are the same for all templates, are done once: to open a session of
    boto3 that knows the Region, and to check its own policy templates by their JSON Schema.
    """
    from samtranslator.parser.parser import Parser
    from samtranslator.policy_template_processor.processor import PolicyTemplatesProcessor
    from samtranslator.translator.translator import Translator
    from samtranslator.utils.py27hash_fix import to_py27_compatible_template, undo_mark_unicode_str_in_template

    template = json.loads(json.dumps(template))
    values = {**(parameters or {})}
    to_py27_compatible_template(template, values)
    with patch.object(PolicyTemplatesProcessor, "_is_valid_templates_dict"):
        translator = Translator(None, Parser(), boto_session=_session())
        translated = translator.translate(template, parameter_values=values, get_managed_policy_map=_managed_policies)
    return undo_mark_unicode_str_in_template(translated)


@cache
def _session() -> boto3.Session:
    return boto3.Session(region_name="eu-west-1")


@cache
def _managed_policies() -> dict[str, str]:
    return {name: f"arn:aws:iam::aws:policy{path}{name}" for name, path in managed_policy_paths().items()}
