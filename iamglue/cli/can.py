"""`iamglue can`: decides whether requests are allowed, and explains why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import click

from iamglue import can as verb
from iamglue.cli.color import paint_report
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import print_data, print_lines
from iamglue.cli.progress import show_elapsed
from iamglue.cli.stderr import print_error
from iamglue.engine.evaluate.layers import Layers
from iamglue.errors import ExitCode, IamglueError
from iamglue.files.text_files import display_path, read_lines
from iamglue.formats.reports.decision import decision_json, decision_line, decision_text, unreadable_request_line
from iamglue.formats.words.labelled_lines import count_text
from iamglue.model.policy_file import PolicyFile
from iamglue.model.question import Question, build_pattern_question
from iamglue.policy.action_names import ACTION_NAME_PATTERN
from iamglue.readers.policy_file import read_policy_files
from iamglue.readers.questions import parse_context, parse_question

_ACTION_OR_ARN = re.compile(rf"arn:.*|[a-z0-9-]+:{ACTION_NAME_PATTERN}")
# Maximum number of invalid lines that are reported one by one.
_MAX_REPORTED = 20


@dataclass(frozen=True, slots=True)
class _Options:
    """The command line options."""

    policies: tuple[str, ...]
    policy: tuple[str, ...]
    action: str | None
    resource: str | None
    context: tuple[str, ...]
    principal: str | None
    resource_account: str | None
    boundary: str | None
    session: str | None
    scp: tuple[str, ...]
    rcp: tuple[str, ...]
    resource_policy: str | None
    endpoint_policy: str | None
    block_public_access: bool
    management_account: str | None
    requests: str | None
    error: str | None
    function: str | None
    input: str | None
    region: str | None
    profile: str | None
    never: tuple[str, ...]
    format: str


@click.command(cls=HelpCommand)
@click.argument("policies", metavar="[POLICY]...", nargs=-1)
@click.option("--policy", metavar="FILE", multiple=True, help="An identity policy, as POLICY; repeatable.")
@click.option("--action", metavar="ACTION", help="Action, such as s3:GetObject, or a pattern of actions.")
@click.option(
    "--resource", metavar="ARN", help="ARN of the resource, or a pattern; * for an action without a resource."
)
@click.option(
    "--context",
    metavar="KEY=VALUE",
    multiple=True,
    help="Condition key of the request; repeat the option for a multivalued key.",
)
@click.option("--principal", metavar="ARN", help="Principal of the request: an ARN, a service, or * for anyone.")
@click.option("--resource-account", metavar="ID", help="Account of the resource, if its ARN does not contain it.")
@click.option("--boundary", metavar="FILE", help="Permissions boundary of the principal.")
@click.option("--session", metavar="FILE", help="Session policies.")
@click.option("--scp", metavar="FILE", multiple=True, help="SCPs; repeat the option for each organization level.")
@click.option(
    "--rcp", metavar="FILE", multiple=True, help="RCPs of the resource's account; repeat the option for each level."
)
@click.option("--resource-policy", metavar="FILE", help="Resource-based policy, key policy or trust policy.")
@click.option("--endpoint-policy", metavar="FILE", help="Policy of the VPC endpoint that the request goes through.")
@click.option("--block-public-access", is_flag=True, help="S3 Block Public Access is on for the bucket.")
@click.option("--management-account", metavar="ID", help="Account of the organization that SCPs and RCPs do not bind.")
@click.option("--requests", metavar="FILE", help="Evaluate one JSON request per line; - reads stdin.")
@click.option(
    "--error", metavar="FILE", help="Explain access denied messages of AWS and how to fix them; - reads stdin."
)
@click.option("--function", metavar="NAME", help="With --error: use the policies of this deployed function's role.")
@click.option("--input", metavar="FILE", help="With --function: read a file of `iamglue audit --save`, not AWS.")
@click.option("--region", metavar="REGION", help="With --function: Region of the function.")
@click.option("--profile", metavar="NAME", help="With --function: profile of the AWS configuration.")
@click.option(
    "--never",
    metavar="ACTION[@ARN]",
    multiple=True,
    help="Check that no request for ACTION on ARN may be allowed; both may have wildcards; repeatable.",
)
@click.option("--format", type=click.Choice(("text", "json")), default="text", show_default=True, help="Output format.")
def can(**values: Any) -> ExitCode:
    """Evaluate whether a request is allowed, and which statements decide.

    The POLICY files are the principal's identity policies. Wherever a policy file is expected, you can join several
    with +. Policy types that you do not pass are assumed absent.

    With wildcards in --action or --resource, the answer is which requests of the pattern are allowed: all, none or
    some, with an example of each, or unknown. Exits 0 if all are allowed, otherwise 1.

    A line of --requests is {"action", "resource", "context", "principal", "resource_account"}; the output has one line
    of JSON per request. Exits 0 if every request is allowed, otherwise 1. With --error, the options --action,
    --resource and --principal supply what the message does not contain.

    With --never, the POLICY files may also be resource-based policies or trust policies. Exits 0 if it is proved that
    no principal, resource and condition keys exist with which a request is allowed, otherwise 1.
    """
    options = _Options(**values)
    if options.never:
        return _check_never(options)
    if options.requests is not None and options.error is not None:
        raise click.UsageError("give --requests or --error, not both")
    if options.function is not None and options.error is None:
        raise click.UsageError("--function is only for --error")
    if options.function is None and any((options.input, options.region, options.profile)):
        raise click.UsageError("--input, --region and --profile are only for --function")
    _check_policy_paths(options.policies)
    policies = _policies(options)
    if options.error is not None:
        return _explain_error(options, options.error, policies)
    layers = verb.build_layers(policies)
    if options.requests is not None:
        return _batch(options, layers)
    if options.action is None or options.resource is None:
        raise click.UsageError("give --action and --resource, or --requests")
    question = build_pattern_question(
        options.action,
        options.resource,
        parse_context(options.context),
        options.principal,
        options.resource_account,
    )
    if question.is_pattern:
        return _answer_pattern(options, layers, question)
    answer = verb.evaluate_question(layers, question)
    render = decision_json if options.format == "json" else decision_text
    print_data(render(answer.effective, answer.notes, answer.aws_owned), options.format, paint_report)
    return ExitCode.OK if answer.effective.allowed else ExitCode.FINDINGS


def _check_never(options: _Options) -> ExitCode:
    """Check what must never be allowed. Raises UsageError for options that describe a single request."""
    from iamglue.cli.never import check_never  # noqa: PLC0415 - startup: proofs are slow to import

    values = {
        "--action": options.action,
        "--resource": options.resource,
        "--context": options.context,
        "--principal": options.principal,
        "--resource-account": options.resource_account,
        "--rcp": options.rcp,
        "--resource-policy": options.resource_policy,
        "--endpoint-policy": options.endpoint_policy,
        "--block-public-access": options.block_public_access,
        "--management-account": options.management_account,
        "--requests": options.requests,
        "--error": options.error,
        "--function": options.function,
    }
    unusable = next((name for name, value in values.items() if value), None)
    if unusable is not None:
        raise click.UsageError(f"--never does not use {unusable}: it takes POLICY, --boundary, --session and --scp")
    policies = (*options.policies, *options.policy)
    if not policies:
        raise click.UsageError("--never requires a POLICY")
    limits = tuple(paths for paths in (options.boundary, options.session, *options.scp) if paths is not None)
    return check_never(options.never, policies, limits, options.format)


def _answer_pattern(options: _Options, layers: Layers, question: Question) -> ExitCode:
    """Answer which requests of a pattern are allowed."""
    from iamglue.formats.reports.pattern_decision import pattern_json, pattern_text  # noqa: PLC0415 - startup: proofs

    with show_elapsed("deciding all requests of the pattern"):
        result, notes = verb.evaluate_pattern_question(layers, question)
    print_data(
        (pattern_json if options.format == "json" else pattern_text)(result, notes), options.format, paint_report
    )
    return ExitCode.OK if result.answer.value == "all" else ExitCode.FINDINGS


def _explain_error(options: _Options, path: str, policies: verb.PolicySet) -> ExitCode:
    """Explain the messages of access denied in a file, by the given policies or those of a function's role."""
    from iamglue.cli.can_error import RequestOverrides, explain_error  # noqa: PLC0415 - startup: only for --error

    facts = RequestOverrides(
        options.action, options.resource, options.principal, options.resource_account, options.context
    )
    if options.function is None:
        return explain_error(path, facts, lambda denial: (denial, policies), options.format)
    if policies.files:
        raise click.UsageError("give --function or policies, not both")
    from iamglue.cli.can_function import FunctionSource, read_function  # noqa: PLC0415 - startup: reads an account

    source = FunctionSource(options.function, options.input, options.region, options.profile)
    return explain_error(path, facts, read_function(source).with_policies, options.format)


def _check_policy_paths(paths: Sequence[str]) -> None:
    """Raise UsageError for an action or an ARN in place of a POLICY file."""
    for path in paths:
        if _ACTION_OR_ARN.fullmatch(path) and not Path(path).exists():
            raise click.UsageError(f"`{path}` is not a file: write the action after --action, the ARN after --resource")


def _policies(options: _Options) -> verb.PolicySet:
    """The policies of the options."""
    return verb.PolicySet(
        tuple(chain.from_iterable(map(read_policy_files, (*options.policies, *options.policy)))),
        _files(options.boundary),
        _files(options.session),
        tuple(map(read_policy_files, options.scp)),
        tuple(map(read_policy_files, options.rcp)),
        _files(options.resource_policy),
        _files(options.endpoint_policy),
        options.management_account,
        options.block_public_access,
    )


def _files(paths: str | None) -> Sequence[PolicyFile]:
    return read_policy_files(paths) if paths is not None else ()


def _batch(options: _Options, layers: Layers) -> ExitCode:
    """Evaluate the requests of --requests line by line."""
    single = (options.action, options.resource, options.principal, options.resource_account, *options.context)
    if any(value is not None for value in single):
        raise click.UsageError("with --requests, action, resource, context and principal belong in each line")
    outcome = _RequestBatch(display_path(options.requests or ""))
    print_lines(outcome.lines(layers, read_lines(options.requests or "")), "json")
    return outcome.code()


def _answer_line(layers: Layers, question: Question) -> tuple[str, bool]:
    """The line of JSON that answers a question, and whether all of it is allowed."""
    if question.is_pattern:
        from iamglue.formats.reports.pattern_decision import pattern_line  # noqa: PLC0415 - startup: proofs load slowly

        result, notes = verb.evaluate_pattern_question(layers, question)
        return pattern_line(result, notes), result.answer.value == "all"
    answer = verb.evaluate_question(layers, question)
    return decision_line(answer.effective, answer.notes, answer.aws_owned), answer.effective.allowed


class _RequestBatch:
    """Evaluates a batch of requests line by line, and keeps track of the exit code."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._denied = False
        self._invalid_count = 0

    def lines(self, layers: Layers, requests: Iterator[str]) -> Iterator[str]:
        """One line per request; an invalid request gets the decision `unknown` and an error on stderr."""
        for number, line in enumerate(requests, start=1):
            try:
                question = parse_question(line)
                answer_line, is_allowed = _answer_line(layers, question)
            except IamglueError as error:
                yield self._report_invalid(number, error)
                continue
            self._denied = self._denied or not is_allowed
            yield answer_line

    def code(self) -> ExitCode:
        """The exit code; valid after all lines were consumed."""
        if self._invalid_count > _MAX_REPORTED:
            more = self._invalid_count - _MAX_REPORTED
            print_error(f"{self._path}: {count_text(more, 'more line')} could not be read")
        return ExitCode.USAGE if self._invalid_count else ExitCode.FINDINGS if self._denied else ExitCode.OK

    def _report_invalid(self, number: int, error: IamglueError) -> str:
        """Count an invalid line and report the first ones on stderr; return the line to print."""
        self._invalid_count += 1
        where = f"{self._path}:{number}"
        if self._invalid_count <= _MAX_REPORTED:
            print_error(f"{where}: {error.message}", error.hint)
        return unreadable_request_line(f"{where}: {error.message}")
