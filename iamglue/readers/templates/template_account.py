"""Reads the account that a CloudFormation, SAM or Terraform template creates, before deployment."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import replace

from iamglue.errors import IamglueError, Location
from iamglue.model.account import Account
from iamglue.policy.document import is_json
from iamglue.policy.file_kinds import wrong_file_error
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.json_reader import read_json
from iamglue.policy.source.merge_keys import read_yaml_with_merge_keys
from iamglue.policy.source.nodes import Node
from iamglue.readers.terraform.file_names import is_configuration_path

# In characters; a plan contains every resource of a state three times.
_MAX_JSON_SIZE = 64 * 1024 * 1024
_PARTITION_NAMES = ("AWS::Partition", "Partition")
_NAMED_PARTITION = re.compile(r"\barn:(aws(?:-[a-z]+)*):")
_NO_TEMPLATES = "the directory has no .tf or .tf.json files"
_TEMPLATE_KINDS = (
    "expected CloudFormation, SAM, a Terraform configuration, or the output of `terraform show -json PLAN`"
)


def read_template_account(path: str, text: str, settings: ParameterValues) -> Account:
    """The roles and functions of a template that is deployed alone, as far as they are known before deployment.

    Unknown values stay in texts as parameters, `${Name}`; undecided properties are in `Account.gaps`. Raises
    IamglueError, with a location, for a text that is not a template.
    """
    from iamglue.readers.templates.stack_links import link_stacks  # noqa: PLC0415 - startup: only for templates

    return link_stacks((read_stack_account(path, text, settings),))[0]


def read_stack_account(path: str, text: str, settings: ParameterValues) -> Account:
    """Like `read_template_account`, but what belongs to roles of other stacks is for `link_stacks`."""
    if is_configuration_path(path):
        from iamglue.readers.terraform.account import configuration_account  # noqa: PLC0415 - startup: rare
        from iamglue.readers.terraform.module_files import TextFile, configuration_files  # noqa: PLC0415 - startup: likewise

        return configuration_account(path, configuration_files(TextFile(path, text)), settings)
    return _document_account(path, text, settings)


def read_terraform_directory(directory: str, settings: ParameterValues) -> Account:
    """The account that the Terraform configuration in a directory creates, with all its files as one deployment.

    Raises IamglueError if the directory has no configuration, or none that can be read.
    """
    from iamglue.readers.terraform.account import configuration_account  # noqa: PLC0415 - startup: rare
    from iamglue.readers.terraform.module_files import read_directory  # noqa: PLC0415 - startup: likewise

    prefix = posixpath.normpath(directory) + "/"
    files = read_directory("" if prefix == "./" else prefix.replace("//", "/"))
    if not files.configuration:
        raise next(iter(files.errors), IamglueError(_NO_TEMPLATES, location=Location(directory)))
    settings = with_named_partition(settings, (file.text for file in (*files.configuration, *files.values)))
    return configuration_account(directory, files, settings)


def with_named_partition(settings: ParameterValues, texts: Iterable[str]) -> ParameterValues:
    """The settings, with the partition that the ARNs of templates name: they cannot be deployed in another one."""
    named = {partition for text in texts for partition in _NAMED_PARTITION.findall(text)}
    if len(named) != 1 or settings.value(*_PARTITION_NAMES) is not None:
        return settings
    return replace(settings, values=(*settings.values, (_PARTITION_NAMES[0], named.pop())))


def _document_account(path: str, text: str, settings: ParameterValues) -> Account:
    """The account of a JSON or YAML template. Raises IamglueError for any other document."""
    from iamglue.readers.templates.cloudformation import is_template  # noqa: PLC0415 - startup: only the reader that is needed
    from iamglue.readers.templates.serverless_format import is_serverless  # noqa: PLC0415 - startup: likewise
    from iamglue.readers.terraform.plan_format import is_plan  # noqa: PLC0415 - startup: likewise

    root = parse_template(path, text)
    if is_plan(root):
        from iamglue.readers.terraform.account import plan_account  # noqa: PLC0415 - startup: rare

        return plan_account(path, root, text, settings)
    if is_serverless(root):
        from iamglue.readers.templates.serverless_account import serverless_account  # noqa: PLC0415

        return serverless_account(path, root, text, settings)
    if is_template(root):
        from iamglue.readers.templates.cloudformation_account import cloudformation_account  # noqa: PLC0415

        return cloudformation_account(path, root, text, settings)
    raise wrong_file_error(root, path, "a template") or IamglueError(
        "the file is not a template", hint=_TEMPLATE_KINDS, location=Location(path, 1, 1)
    )


def parse_template(path: str, text: str) -> Node:
    """The first document of a JSON or YAML text. Raises IamglueError if it is malformed or empty."""
    reading = read_json(text, path, _MAX_JSON_SIZE) if is_json(text, path) else read_yaml_with_merge_keys(text, path)
    if not reading.documents:
        raise IamglueError("the file is empty", location=Location(path, 1, 1))
    return reading.documents[0]
