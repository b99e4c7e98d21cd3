"""`iamglue infer function` and `iamglue infer sam`: from functions with their roles to a spec."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from iamglue.aws.collect_request import CollectRequest
from iamglue.cli.audit_sources import AuditSources, read_accounts
from iamglue.cli.can_function import FunctionSource, read_function
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.infer_output import deliver, output_options
from iamglue.errors import ExitCode, IamglueError, Location
from iamglue.files.input_digests import read_input_digests
from iamglue.infer.deployed_role import infer_role
from iamglue.model.account import Account, DeployedFunction, Role
from iamglue.model.inference import ChangeKind, Inference, SpecChange
from iamglue.model.spec_comments import CommentedFunction
from iamglue.spelling import did_you_mean


@click.command("function", cls=HelpCommand)
@click.argument("function", metavar="NAME")
@click.option("--name", metavar="NAME", help="Name of the function in the spec; default: its own name.")
@click.option("--input", "saved", metavar="FILE", help="Read a file of `iamglue audit --save`, not AWS.")
@click.option("--region", metavar="REGION", help="Region of the function.")
@click.option("--profile", metavar="NAME", help="Profile of the AWS configuration.")
@output_options
def infer_function(function: str, name: str | None, **values: Any) -> ExitCode:
    """Write the spec of the deployed function NAME (or its ARN).

    Triggers and settings are those of the function; entries are what the
    policies of its role allow for its code. It only reads from AWS.
    """
    read = read_input_digests([values["saved"]], values["output"])
    source = read_function(FunctionSource(function, values["saved"], values["region"], values["profile"]))
    result = infer_role(source.function, source.role)
    inference = Inference((_with_name(result.function, name),), result.changes)
    return deliver(inference, values["format"], values["output"], read, strict=values["strict"])


@click.command("sam", cls=HelpCommand)
@click.argument("templates", nargs=-1, required=True, metavar="TEMPLATE...")
@click.option("--function", metavar="NAME", help="Only this function: its logical ID or its name.")
@click.option("--name", metavar="NAME", help="Name of the function in the spec; default: its own name.")
@output_options
def infer_sam(
    templates: tuple[str, ...],
    function: str | None,
    name: str | None,
    format: str,
    output: str | None,
    strict: bool,
) -> ExitCode:
    """Write the spec of the functions of a SAM template.

    SAM policy templates such as S3ReadPolicy and statements become entries,
    events become triggers. CloudFormation templates, serverless.yml and
    Terraform are read too, as `audit --template` reads them. Parameters and
    references of the template are parameters of the spec.
    """
    read = read_input_digests(templates, output)
    accounts = read_accounts(AuditSources(CollectRequest(()), templates=templates))
    pairs = [(account, item) for account in accounts for item in account.functions]
    chosen = _select_functions(pairs, function, templates)
    if name is not None and len(chosen) > 1:
        raise click.UsageError("--name is the name of one function: choose it with --function")
    results = [infer_role(item, _role(account, item), planned=True) for account, item in chosen]
    unread = tuple(
        SpecChange(ChangeKind.DROPPED, gap.what, gap.reason, Location(", ".join(templates)))
        for account in accounts
        for gap in account.gaps
    )
    inference = Inference(
        tuple(_with_name(result.function, name) for result in results),
        (*unread, *(change for result in results for change in result.changes)),
    )
    return deliver(inference, format, output, read, strict=strict)


def _select_functions(
    pairs: list[tuple[Account, DeployedFunction]], name: str | None, templates: tuple[str, ...]
) -> list[tuple[Account, DeployedFunction]]:
    """The functions of this name, or else of this logical ID; all if there is no name."""
    if not pairs:
        hint = "`iamglue infer policy` writes a spec from the policies of a role"
        raise IamglueError(f"{', '.join(templates)} has no functions", hint=hint)
    if name is None:
        return pairs
    by_name = [(account, item) for account, item in pairs if item.name == name]
    chosen = by_name or [(account, item) for account, item in pairs if item.logical_id == name]
    if not chosen:
        names = {text: None for _, item in pairs for text in (item.name, item.logical_id) if text}
        raise IamglueError(f"{', '.join(templates)} has no function `{name}`", hint=did_you_mean(name, names))
    return chosen


def _role(account: Account, function: DeployedFunction) -> Role | None:
    return next((role for role in account.roles if role.arn == function.role_arn), None)


def _with_name(commented: CommentedFunction, name: str | None) -> CommentedFunction:
    """The function under another name; its log group is still the one that it writes to."""
    if name is None:
        return commented
    function, settings = commented.function, commented.function.settings
    group = settings.logs.group or f"/aws/lambda/{function.name}"
    logs = replace(settings.logs, group=None if group == f"/aws/lambda/{name}" else group)
    return replace(commented, function=replace(function, name=name, settings=replace(settings, logs=logs)))
