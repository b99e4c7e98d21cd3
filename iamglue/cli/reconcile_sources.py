"""Reads what `iamglue reconcile` compares with a spec: code, the record of requests, and the role's policies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from iamglue.audit.role_contexts import AuditSelection, build_role_contexts
from iamglue.aws.collect_request import CollectRequest
from iamglue.catalog.partitions import infer_partition
from iamglue.cli.audit_sources import AuditSources, common_location_settings, read_accounts
from iamglue.cli.stderr import print_note
from iamglue.deployed_code.inference import CodeInput, CodeProject, left_out_files, read_code_project
from iamglue.errors import IamglueError, Location
from iamglue.findings import NotEvaluated
from iamglue.generate.requirements.role_names import role_name
from iamglue.infer.code.calls import CodePlace, UnresolvedCall
from iamglue.infer.evidence import InferredCode
from iamglue.model.account import Account, AttachedPolicy, DeployedFunction, Role
from iamglue.model.policy_file import PolicyFile
from iamglue.model.reconciliation import AccessSource, ReconcileGap
from iamglue.model.required_access import DeploymentScope
from iamglue.model.role_context import RoleContext
from iamglue.model.spec import SpecFunction
from iamglue.model.usage import Usage
from iamglue.policy.arns import split_arn_fields
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, REGION_PARAMETER, has_named_parameters
from iamglue.readers.policy_file import read_policy_files, split_paths
from iamglue.readers.usage_file import read_usage_file
from iamglue.readers.usage_lines import UsageScope
from iamglue.reconcile.run import FunctionSources, RoleSource

_NOWHERE = "the spec has no Region or account: give --region and --account"
_OUTSIDE = "a permissions boundary, SCPs and resource policies of the account"


@dataclass(frozen=True, slots=True)
class ReconcileOptions:
    """The command line options."""

    spec: str
    code: tuple[str, ...]
    handler: str | None
    usage: str | None
    role: str | None
    policy: str | None
    function: str | None
    template: str | None
    input: str | None
    name: str | None
    region: str | None
    account: str | None
    profile: str | None
    format: str
    fix: bool
    output: str | None


def read_sources(options: ReconcileOptions, functions: Sequence[SpecFunction]) -> Iterator[FunctionSources]:
    """The sources of each function. Raises IamglueError if something that was given cannot be read."""
    accounts = tuple(_accounts(options, functions))
    project = _code_project(options, accounts)
    of_functions = [_find_deployed(function, accounts, options, alone=len(functions) == 1) for function in functions]
    pairs = tuple(zip(functions, of_functions, strict=True))
    usage = _usage(options, frozenset((item and item.name) or function.name for function, item in pairs))
    for function, deployed in pairs:
        scope = _scope(function, deployed, options)
        inferred = None if project is None else _infer_calls(project, function, deployed, functions)
        role = _role_source(function, deployed, scope, accounts, options)
        if role.is_given and options.template is None and "${" in scope.region + scope.account:
            gap = ReconcileGap(AccessSource.GRANTED, f"where `{function.name}` is deployed", _NOWHERE)
            role = replace(role, gaps=(gap, *role.gaps))
        name = "" if deployed is None else deployed.name
        roles, gaps = _role_names(role, options), tuple(_code_gaps(project))
        yield FunctionSources(function, scope, inferred, usage, roles, role, name, gaps)


def chosen_functions(options: ReconcileOptions, functions: Sequence[SpecFunction]) -> tuple[SpecFunction, ...]:
    """All functions of the spec, or the one that --name or --function names. Raises IamglueError if it is not clear."""
    name = options.name
    if name is None and options.function in {function.name for function in functions}:
        name = options.function
    chosen = tuple(function for function in functions if name in (None, function.name))
    names = ", ".join(f"`{function.name}`" for function in functions)
    location = Location(options.spec)
    if not chosen:
        raise IamglueError(f"the spec has no function `{name}`", hint=f"its functions are {names}", location=location)
    one = "--policy" if options.policy else "--function" if options.function else "--role" if options.role else None
    if len(chosen) > 1 and one is not None:
        hint = f"name one with --name: {names}"
        raise IamglueError(f"{one} applies to one function, but the spec has several", hint=hint, location=location)
    return chosen


def _code_project(options: ReconcileOptions, accounts: Sequence[Account]) -> CodeProject | None:
    """The project of the code; None without --code. A template gives it what it says of environment and handlers."""
    if not options.code:
        return None
    has_code = any(function.code for account in accounts for function in account.functions)
    template = options.template if has_code else None
    project = read_code_project(CodeInput(options.code, options.handler, template))
    for note in project.notes:
        print_note(note)
    return project


def _infer_calls(
    project: CodeProject, function: SpecFunction, deployed: DeployedFunction | None, functions: Sequence[SpecFunction]
) -> InferredCode:
    """What the code of one function calls. Raises IamglueError if it is not known which code is the function's."""
    own = [item for item in project.functions if item.name == function.name or (deployed and item.arn == deployed.arn)]
    if len(functions) == 1 and not own:
        inferred = project.inferred()
        # Without a handler, any of the code may be the function's.
        unread = () if project.given.handler is not None else tuple(map(_unread_language, project.project.unread))
        return replace(inferred, unresolved=(*inferred.unresolved, *unread))
    if not own:
        names = ", ".join(f"`{item.name}`" for item in functions)
        raise IamglueError(
            f"it is not known which part of the code is that of `{function.name}`",
            hint=f"name one function with --name, and its code: {names}",
        )
    return project.inferred_for(own)


def _unread_language(path: str) -> UnresolvedCall:
    """The code of a language that is not read, as a call of which nothing is known."""
    return UnresolvedCall(CodePlace(path, 0, 0), path, "iamglue does not read this language")


def _code_gaps(project: CodeProject | None) -> Iterator[ReconcileGap]:
    """The files that were left out on purpose."""
    for files in left_out_files(project.project) if project is not None else ():
        yield ReconcileGap(AccessSource.CALLED, f"{files} left out", "they are not what the function runs")


def _usage(options: ReconcileOptions, names: frozenset[str]) -> Usage | None:
    """What functions with these names used, and what is recorded of no function."""
    return None if options.usage is None else read_usage_file(options.usage, UsageScope(names))


def _accounts(options: ReconcileOptions, functions: Sequence[SpecFunction]) -> tuple[Account, ...]:
    """The accounts with the functions' roles: deployed, saved, or of a template; () if none is asked for."""
    if options.template is not None:
        settings = common_location_settings(functions)
        return read_accounts(AuditSources(CollectRequest(), templates=(options.template,), settings=settings))
    if options.function is None:
        return ()
    resources: tuple[str, ...] = ()
    if options.input is None:
        from iamglue.cli.audit_specs import spec_resource_arns  # noqa: PLC0415 - startup: only for live reading

        resources = spec_resource_arns(functions, options.region)
    request = CollectRequest((options.function,), region=options.region, profile=options.profile, resources=resources)
    return read_accounts(AuditSources(request, (options.input,) if options.input else ()))


def _find_deployed(
    function: SpecFunction, accounts: Sequence[Account], options: ReconcileOptions, *, alone: bool
) -> DeployedFunction | None:
    """The deployed function of a spec's function: by its name, or the only one of a template."""
    known = [item for account in accounts for item in account.functions]
    wanted = options.function or function.name
    named = [item for item in known if wanted in (item.name, item.arn)]
    if not named and alone and options.function is None and len(known) == 1:
        named = known
    if len(named) > 1:
        raise IamglueError(f"there are several functions `{wanted}`", hint="give the ARN of one with --function")
    if not named and options.function is not None:
        raise IamglueError(f"there is no function `{wanted}`", hint="give the name or ARN of a function that was read")
    return named[0] if named else None


def _scope(function: SpecFunction, deployed: DeployedFunction | None, options: ReconcileOptions) -> DeploymentScope:
    """Where the function is: by the options, the spec, or where it is deployed."""
    fields = split_arn_fields(deployed.arn) if deployed is not None else ("", "", "", "", "")
    region = options.region or function.region or fields[3] or REGION_PARAMETER
    account = options.account or function.account or fields[4] or ACCOUNT_PARAMETER
    partition = function.partition or infer_partition(region) or fields[1] or "aws"
    return DeploymentScope(partition, region, account)


def _role_source(
    function: SpecFunction,
    deployed: DeployedFunction | None,
    scope: DeploymentScope,
    accounts: Sequence[Account],
    options: ReconcileOptions,
) -> RoleSource:
    """The policies that grant the function's access: those of --policy, of a deployed function or of a template."""
    if options.policy is not None:
        return _policy_source(function, scope, options.policy)
    if not accounts:
        return RoleSource()
    times = tuple(account.collected for account in accounts if not account.planned)
    contexts = build_role_contexts(accounts, (), Usage(), AuditSelection()).contexts
    context = _role_context(function, deployed, contexts)
    names = {function.name, *(() if context is None else (context.role.name, context.role.arn))}
    gaps = [_gap(item) for account in accounts for item in account.gaps if _is_about(item, names)]
    if options.template is not None:
        gaps.append(ReconcileGap(AccessSource.GRANTED, _OUTSIDE, "a template does not have them"))
    elif any(account.scps is None for account in accounts):
        gaps.append(ReconcileGap(AccessSource.GRANTED, "the SCPs of the account", "they were not read"))
    if context is None:
        reason = "; ".join(gap.reason for gap in gaps if gap.kind is not None)
        reason = reason or f"no role of `{function.name}` was read"
        if not any(gap.kind for gap in gaps):
            raise IamglueError(
                f"`{function.name}` and its role are not in {options.template or options.input or 'the account'}",
                hint="name the function of the spec with --name, or the deployed one with --function",
            )
        return RoleSource((), reason, gaps=tuple(gaps), is_given=True, reading_times=times)
    return RoleSource(context.cases or (context,), gaps=tuple(gaps), is_given=True, reading_times=times)


def _role_context(
    function: SpecFunction, deployed: DeployedFunction | None, contexts: Sequence[RoleContext]
) -> RoleContext | None:
    """The role that runs the function; without functions, as in a template of roles, the one that `generate` names."""
    if deployed is not None:
        return next((context for context in contexts if context.role.arn == deployed.role_arn), None)
    return next((context for context in contexts if context.role.name == role_name(function.name)), None)


def _policy_source(function: SpecFunction, scope: DeploymentScope, paths: str) -> RoleSource:
    """The role whose policies are the files; of the rest of it, and of its name, nothing is known."""
    files = read_policy_files(paths)
    policies = tuple(AttachedPolicy(file.path, "", file.policy) for file in files)
    arn = f"arn:{scope.partition}:iam::{scope.account}:role/${{RoleOf{_letters_and_digits(function.name)}}}"
    role = Role(function.name, arn, AttachedPolicy("trust policy", "", None), policies)
    place = (scope.partition, "lambda", scope.region, scope.account, "function")
    deployed = DeployedFunction(function.name, ":".join(("arn", *place, function.name)), arn)
    has_parameters = any(map(has_named_parameters, _resource_texts(files)))
    account = Account(
        scope.account, (deployed,), (role,), partition=scope.partition, source=paths, planned=has_parameters
    )
    locations = {file.path: file.statement_locations or () for file in files}
    gap = ReconcileGap(AccessSource.GRANTED, _OUTSIDE, "--policy has the policies of the role alone")
    context = RoleContext(role, (deployed,), account, Usage(), has_known_tags=False)
    return RoleSource((context,), "", locations, (gap,), is_given=True)


def _resource_texts(files: Sequence[PolicyFile]) -> Iterator[str]:
    """The texts of the policies that may have parameters of a deployment."""
    for file in files:
        for statement in file.policy.statements:
            yield from statement.resources.values if statement.resources else ()
            yield from (value for condition in statement.conditions for value in condition.values)


def _letters_and_digits(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum())


def _role_names(role: RoleSource, options: ReconcileOptions) -> frozenset[str]:
    """The names and ARNs that the records may have for the function's role; () if none is known."""
    if options.role is not None:
        return frozenset({options.role})
    if options.policy is not None:
        return frozenset()
    names = {name for context in role.contexts for name in (context.role.name, context.role.arn)}
    return frozenset(name for name in names if "${" not in name.rpartition("/")[2])


def _is_about(item: NotEvaluated, names: set[str]) -> bool:
    """Whether a gap of the account may be about the function or its role."""
    return item.subject.kind not in ("function", "role") or bool({item.subject.name, item.subject.arn} & names)


def _gap(item: NotEvaluated) -> ReconcileGap:
    """What could not be read of an account is not known of what the role is granted."""
    return ReconcileGap(
        AccessSource.GRANTED, f"{item.subject.kind} {item.subject.name}: {item.what}", item.reason, item.kind
    )


def input_paths(options: ReconcileOptions) -> tuple[str, ...]:
    """The files that the command reads, and that its output must not replace."""
    policies = split_paths(options.policy) if options.policy else ()
    paths = (options.spec, options.usage, options.template, options.input, *policies)
    return tuple(path for path in paths if path is not None and not Path(path).is_dir())
