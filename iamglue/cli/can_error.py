"""`iamglue can --error`: explains access denied messages, and evaluates the given policies on the denied requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from iamglue.can import PolicySet, build_layers, evaluate_question
from iamglue.cli.output import print_data
from iamglue.cli.stderr import print_error
from iamglue.engine.evaluate.layers import Layers
from iamglue.engine.evaluate.request_evaluation import EvaluationResult
from iamglue.errors import ExitCode, IamglueError
from iamglue.explain_denial.explain import explain_denial, with_overrides
from iamglue.explain_denial.policy_changes import changes_without_resource, policy_changes
from iamglue.explain_denial.resources import is_masked
from iamglue.files.text_files import read_text
from iamglue.formats.reports.denial import DenialReport, denials_json, denials_text
from iamglue.model.denial import AccessDenial, DenialPolicyType, PolicyChange
from iamglue.model.policy_file import PolicyFile
from iamglue.model.question import build_question
from iamglue.readers.denials.reader import read_denials
from iamglue.readers.questions import parse_context

# A log with messages in it.
_MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What the options say of the denied request."""

    action: str | None
    resource: str | None
    principal: str | None
    resource_account: str | None
    context: tuple[str, ...]


PoliciesOf = Callable[[AccessDenial], tuple[AccessDenial, PolicySet]]


def explain_error(path: str, facts: RequestFacts, policies_of: PoliciesOf, output_format: str) -> ExitCode:
    """Explain each denial in a file, and print the report.

    `policies_of` gives the policies for a denial, and the denial with what they say of it.
    """
    reports: list[DenialReport] = []
    problems: list[IamglueError] = []
    files: dict[str, PolicyFile] = {}
    for message in read_denials(read_text(path, _MAX_BYTES)):
        denial = with_overrides(message, facts.action, facts.resource, facts.principal)
        try:
            denial, policies = policies_of(denial)
        except IamglueError as error:
            problems.append(error)
            policies = PolicySet()
        layers = build_layers(policies)
        evaluations, problem = _evaluate(denial, facts, layers) if layers.present else ((), None)
        problems += [problem] if problem else []
        files |= {file.path: file for file in policies.files}
        reports.append(DenialReport(explain_denial(denial), evaluations, _changes(denial, evaluations, layers)))
    render = denials_json if output_format == "json" else denials_text
    print_data(render(reports, files), output_format)
    for problem in problems:
        print_error(f"the policies could not be evaluated: {problem.message}", problem.hint)
    if problems or any(report.explanation.denial.action is None for report in reports):
        return ExitCode.NOT_EVALUATED
    return ExitCode.OK if all(map(_is_allowed, reports)) else ExitCode.FINDINGS


def _changes(
    denial: AccessDenial, evaluations: tuple[EvaluationResult, ...], layers: Layers
) -> tuple[PolicyChange, ...]:
    """What to change in the given policies; none without policies, or if no IAM policy decided."""
    if denial.action is None or denial.other_cause or not layers.present:
        return ()
    if not evaluations:
        return changes_without_resource(denial, layers)
    changes = (change for evaluation in evaluations for change in policy_changes(denial, evaluation))
    return tuple(dict.fromkeys(changes))


def _is_allowed(report: DenialReport) -> bool:
    """Whether policies were given, and allow the request."""
    return bool(report.evaluations) and all(evaluation.allowed for evaluation in report.evaluations)


def _evaluate(
    denial: AccessDenial, facts: RequestFacts, layers: Layers
) -> tuple[tuple[EvaluationResult, ...], IamglueError | None]:
    """Decisions of the given policies on the denied request, or an error if the message does not contain enough."""
    # A trust policy has no Resource: it is about its own role.
    resource = denial.resource or ("*" if denial.policy_type is DenialPolicyType.TRUST else None)
    if denial.action is None or resource is None:
        missing = "action" if denial.action is None else "resource"
        return (), IamglueError(f"the message does not contain the {missing}", hint=f"give --{missing}")
    if is_masked(resource):
        return (), IamglueError(f"the resource in the message is masked: `{resource}`", hint="give --resource")
    context = {**denial.context, **parse_context(facts.context)}
    try:
        return tuple(
            evaluate_question(
                layers,
                build_question(action, resource, context, denial.principal, facts.resource_account),
            ).effective
            for action in denial.actions
        ), None
    except IamglueError as error:
        return (), error
