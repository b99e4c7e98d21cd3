"""`iamglue can --error`: explains access denied messages, and evaluates the given policies on the denied requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from iamglue.can import PolicySet
from iamglue.cli.output import print_data
from iamglue.cli.stderr import print_error
from iamglue.errors import ExitCode, IamglueError
from iamglue.explain_denial.denial_report import RequestFacts, build_denial_report
from iamglue.explain_denial.explain import with_overrides
from iamglue.files.text_files import read_text
from iamglue.formats.reports.denial import denials_json, denials_text
from iamglue.model.denial import AccessDenial, DenialReport
from iamglue.model.policy_file import PolicyFile
from iamglue.readers.denials.reader import read_denials
from iamglue.readers.questions import parse_context

# A log with messages in it.
_MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RequestOverrides:
    """What the options say of the denied request."""

    action: str | None
    resource: str | None
    principal: str | None
    resource_account: str | None
    context: tuple[str, ...]


PoliciesOf = Callable[[AccessDenial], tuple[AccessDenial, PolicySet]]


def explain_error(path: str, facts: RequestOverrides, policies_of: PoliciesOf, output_format: str) -> ExitCode:
    """Explain each denial in a file, and print the report.

    `policies_of` gives the policies for a denial, and the denial with what they say of it.
    """
    request_facts = RequestFacts(facts.resource_account, tuple(parse_context(facts.context).items()), "--{}")
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
        report, problem = build_denial_report(denial, request_facts, policies)
        problems += [problem] if problem else []
        files |= {file.path: file for file in policies.files}
        reports.append(report)
    render = denials_json if output_format == "json" else denials_text
    print_data(render(reports, files), output_format)
    for problem in problems:
        print_error(f"the policies could not be evaluated: {problem.message}", problem.hint)
    if problems or any(report.explanation.denial.action is None for report in reports):
        return ExitCode.NOT_EVALUATED
    return ExitCode.OK if all(map(_is_allowed, reports)) else ExitCode.FINDINGS


def _is_allowed(report: DenialReport) -> bool:
    """Whether policies were given, and allow the request."""
    return bool(report.evaluations) and all(evaluation.allowed for evaluation in report.evaluations)
