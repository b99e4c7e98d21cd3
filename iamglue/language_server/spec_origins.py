"""The entries of specs that require a statement of a policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from iamglue.errors import IamglueError, Location
from iamglue.files.text_files import read_text
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import required_statements
from iamglue.generate.requirements.function_requirements import function_requirements
from iamglue.generate.requirements.raw_statements import raw_statement_reason
from iamglue.inputs.parsed_files import read_file_for_lint
from iamglue.language_server.document_lint import PlainData
from iamglue.language_server.document_source import DocumentSource
from iamglue.model.permission_set import ExplainedStatement
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import SpecFunction
from iamglue.policy.parsed_policy import ParameterValues, ParsedStatement
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER, REGION_PARAMETER
from iamglue.readers.policy_paths import find_policy_paths
from iamglue.readers.policy_texts import is_spec
from iamglue.readers.spec.reader import parse_spec

_MAX_FILES = 5000
_MAX_BYTES = 1024 * 1024
_SIMILAR, _EQUAL = 1, 2
_VARIABLE = re.compile(r"\$\{[^}]*\}")


def origins_data(document: DocumentSource, offset: int) -> PlainData:
    """Where specs of the workspace ask for the statement at an offset, as plain data: path, line and column of each.

    An entry asks for a statement if the policy generated from its spec has a statement with the same Sid and actions,
    or, if the Sid is another one, with the same actions on the same resources. If specs have such statements for the
    same resources, as those of several functions' logs, these alone count. Raises IamglueError if the document
    needs a reader of a missing extra, and if there are too many files.
    """
    config, path = document.enter_directory()
    file = read_file_for_lint(path, document.text, type=config.type, parameter_values=ParameterValues())
    statement = next(
        (
            statement
            for policy in file.policies
            for statement in policy.statements
            if statement.node.source.path == path
            and statement.node.source.file_offset(statement.node.start)
            <= offset
            <= statement.node.source.file_offset(statement.node.end)
        ),
        None,
    )
    if statement is None or is_spec(document.text):
        return {"locations": []}
    origins = [origin for spec_path in _spec_paths() for origin in _spec_origins(spec_path, statement)]
    best = max((similarity for similarity, _ in origins), default=0)
    locations = dict.fromkeys(location for similarity, location in origins if similarity == best)
    rows = [[str(Path(location.path).absolute()), location.line or 1, location.column or 1] for location in locations]
    return {"locations": rows}


def _spec_paths() -> Iterator[str]:
    """The specs below the working directory. Raises IamglueError if there are too many files to look into."""
    paths = find_policy_paths(["."]).paths
    if len(paths) > _MAX_FILES:
        message = f"there are {len(paths):,} files in {Path.cwd()}, more than the {_MAX_FILES:,} that are searched"
        raise IamglueError(message, hint="open the folder of the spec")
    for path in paths:
        if path.endswith((".yaml", ".yml", ".json")):
            try:
                text = read_text(path, _MAX_BYTES)
            except IamglueError:  # it cannot be a spec that asked for anything
                continue
            if is_spec(text):
                yield path


def _spec_origins(path: str, statement: ParsedStatement) -> Iterator[tuple[int, Location]]:
    """The entries of a spec that ask for the statement, with the similarity of the resources.

    Nothing if the spec has errors, which a check of it reports.
    """
    try:
        for function in parse_spec(read_text(path, _MAX_BYTES), path).functions:
            target = DeploymentTarget(
                function.region, function.account, function.partition, use_pseudo_parameters=True, allow_parameters=True
            )
            for explained in required_statements(function, target):
                if _is_same(explained, statement):
                    similarity = _resource_similarity(explained, statement)
                    for location in _reason_locations(explained, function, target):
                        yield similarity, location
    except IamglueError:
        return


def _is_same(explained: ExplainedStatement, written: ParsedStatement) -> bool:
    """Whether a written statement is the generated one: the same actions, with its Sid or on the same resources."""
    generated = explained.statement
    if written.action is None or written.action.negated:
        return False
    actions = {node.text.lower() for node in written.action.values}
    if actions != {action.lower() for action in generated.actions.values}:
        return False
    is_named_so = written.sid is not None and written.sid.text == generated.sid
    return is_named_so or _resource_similarity(explained, written) == _EQUAL


def _resource_similarity(explained: ExplainedStatement, written: ParsedStatement) -> int:
    """How similar the resources of two statements are: equal, equal apart from partition, Region and account, or not.

    Formats write these three in their own ways, such as `${AWS::Region}`.
    """
    resources = {node.text for node in written.resource.values} if written.resource else set()
    generated = set(explained.statement.resources.values if explained.statement.resources else ())
    if resources == generated:
        return _EQUAL
    return _SIMILAR if set(map(_own_part, resources)) == set(map(_own_part, generated)) else 0


def _own_part(arn: str) -> str:
    """An ARN without its partition, Region and account."""
    parts = _VARIABLE.sub("$", arn).split(":", 5)
    return ":".join((parts[2], parts[5])) if len(parts) > 5 else arn


def _reason_locations(
    explained: ExplainedStatement, function: SpecFunction, target: DeploymentTarget
) -> Iterator[Location]:
    """Yield where in the spec the entries are because of which a statement was generated."""
    scope = DeploymentScope(
        target.partition or PARTITION_PARAMETER, target.region or REGION_PARAMETER, target.account or ACCOUNT_PARAMETER
    )
    reasons = set(explained.reasons)
    for item in function_requirements(function, scope):
        if any(need.reason in reasons for need in item.needs):
            yield item.location
    for raw in function.raw:
        if raw_statement_reason(raw) in reasons:
            yield raw.location
