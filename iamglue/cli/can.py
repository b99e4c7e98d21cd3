"""`iamglue can`: whether requests are allowed, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import click

from iamglue import can as verb
from iamglue.cli.output import print_data, print_lines
from iamglue.cli.stderr import print_error as tell
from iamglue.engine.evaluate.layers import Layers
from iamglue.engine.evaluate.request_evaluation import EvaluationResult
from iamglue.errors import ExitCode, IamglueError
from iamglue.explain_denial import explain_denial, with_overrides
from iamglue.files.text_files import display_path, read_lines, read_text
from iamglue.formats.reports.decision import decision_json, decision_line, decision_text, unreadable_request_line
from iamglue.formats.reports.denial import denial_json, denial_text
from iamglue.model.denial import AccessDenial
from iamglue.model.policy_file import PolicyFile
from iamglue.model.question import build_question
from iamglue.readers.denials import read_denial
from iamglue.readers.policy_file import read_policy_files
from iamglue.readers.questions import parse_context, parse_question

# A message of AWS is shorter by far.
_LONGEST = 256 * 1024
# So many bad lines are told of one by one.
_TOLD = 20


@dataclass(frozen=True, slots=True)
class _Options:
    """The options as given."""

    policies: tuple[str, ...]
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
    requests: str | None
    error: str | None
    format: str


@click.command()
@click.argument("policies", metavar="[POLICY]...", nargs=-1)
@click.option("--action", metavar="ACTION", help="The action, such as s3:GetObject.")
@click.option("--resource", metavar="ARN", help="The resource's ARN, or * for an action on no resource.")
@click.option(
    "--context",
    metavar="KEY=VALUE",
    multiple=True,
    help="A condition key of the request; give a multivalued key once for each value.",
)
@click.option("--principal", metavar="ARN", help="Who makes the request: an ARN, a service, or * for anyone.")
@click.option("--resource-account", metavar="ID", help="The resource's account, where its ARN does not say it.")
@click.option("--boundary", metavar="FILE", help="The principal's permissions boundary.")
@click.option("--session", metavar="FILE", help="The session policies.")
@click.option("--scp", metavar="FILE", multiple=True, help="SCPs: one option for each level of the organization.")
@click.option("--rcp", metavar="FILE", multiple=True, help="RCPs of the resource's account, level by level.")
@click.option("--resource-policy", metavar="FILE", help="The policy of the resource, key or role (its trust policy).")
@click.option("--requests", metavar="FILE", help="Answer a request a line, as JSON; - reads stdin.")
@click.option(
    "--error", metavar="FILE", help="Read AWS's access denied message and say what would help; - reads stdin."
)
@click.option("--format", type=click.Choice(("text", "json")), default="text", show_default=True, help="What to print.")
def can(**given: Any) -> ExitCode:
    """Say whether a request is allowed, and which statements decide.

    The POLICY files are the principal's identity policies. Several files joined with + stand wherever one does. A
    policy that is not given is taken not to be there.

    A line of --requests is {"action", "resource", "context", "principal", "resource_account"}; each gets one line of
    JSON back. Exits 0 if every request is allowed, else 1. With --error, --action, --resource and --principal add what
    the message does not say.
    """
    options = _Options(**given)
    if options.requests is not None and options.error is not None:
        raise click.UsageError("give --requests or --error, not both")
    layers = _layers(options)
    if options.requests is not None:
        return _batch(options, layers)
    if options.error is not None:
        return _explained(options, options.error, layers)
    if options.action is None or options.resource is None:
        raise click.UsageError("give --action and --resource, or --requests")
    asked = build_question(
        options.action,
        options.resource,
        parse_context(options.context),
        options.principal,
        options.resource_account,
    )
    found = verb.evaluate_question(layers, asked)
    shown = decision_json if options.format == "json" else decision_text
    print_data(shown(found.effective, found.notes), options.format)
    return ExitCode.OK if found.effective.allowed else ExitCode.FINDINGS


def _explained(options: _Options, path: str, layers: Layers) -> ExitCode:
    said = with_overrides(read_denial(read_text(path, _LONGEST)), options.action, options.resource, options.principal)
    found = explain_denial(said)
    effective, problem = _asked_again(options, said, layers) if layers.present else (None, None)
    print_data((denial_json if options.format == "json" else denial_text)(found, effective), options.format)
    if problem:
        tell(f"the policies could not be asked: {problem.message}", problem.hint)
    if said.action is None or problem:
        return ExitCode.NOT_EVALUATED
    return ExitCode.OK if effective and effective.allowed else ExitCode.FINDINGS


def _asked_again(
    options: _Options, said: AccessDenial, layers: Layers
) -> tuple[EvaluationResult | None, IamglueError | None]:
    """What the given policies say of the request that was denied; an error when the message tells too little."""
    if said.action is None or said.resource is None:
        lacking = "action" if said.action is None else "resource"
        return None, IamglueError(f"the message does not name the {lacking}", hint=f"say it with --{lacking}")
    context = {**said.context, **parse_context(options.context)}
    try:
        asked = build_question(said.action, said.resource, context, said.principal, options.resource_account)
        return verb.evaluate_question(layers, asked).effective, None
    except IamglueError as error:
        return None, error


def _layers(options: _Options) -> Layers:
    return verb.build_layers(
        verb.PolicySet(
            tuple(chain.from_iterable(map(read_policy_files, options.policies))),
            _files(options.boundary),
            _files(options.session),
            tuple(map(read_policy_files, options.scp)),
            tuple(map(read_policy_files, options.rcp)),
            _files(options.resource_policy),
        )
    )


def _files(paths: str | None) -> Sequence[PolicyFile]:
    return read_policy_files(paths) if paths is not None else ()


def _batch(options: _Options, layers: Layers) -> ExitCode:
    single = (options.action, options.resource, options.principal, options.resource_account, *options.context)
    if any(value is not None for value in single):
        raise click.UsageError("with --requests, each line says its action, resource, context and principal itself")
    outcome = _Outcome(display_path(options.requests or ""))
    print_lines(outcome.lines(layers, read_lines(options.requests or "")), "json")
    return outcome.code()


class _Outcome:
    """The answers to a batch, line by line, and what they come to."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._denied = False
        self._bad = 0

    def lines(self, layers: Layers, requests: Iterator[str]) -> Iterator[str]:
        """One line for each; what cannot be read gets an unknown and is told of on stderr."""
        for number, line in enumerate(requests, start=1):
            try:
                found = verb.evaluate_question(layers, parse_question(line))
            except IamglueError as error:
                yield self._unread(number, error)
                continue
            self._denied = self._denied or not found.effective.allowed
            yield decision_line(found.effective, found.notes)

    def code(self) -> ExitCode:
        """The exit code, when all lines have been taken."""
        if self._bad > _TOLD:
            tell(f"{self._path}: {self._bad - _TOLD} more lines could not be read")
        return ExitCode.USAGE if self._bad else ExitCode.FINDINGS if self._denied else ExitCode.OK

    def _unread(self, number: int, error: IamglueError) -> str:
        self._bad += 1
        where = f"{self._path}:{number}"
        if self._bad <= _TOLD:
            tell(f"{where}: {error.message}", error.hint)
        return unreadable_request_line(f"{where}: {error.message}")
