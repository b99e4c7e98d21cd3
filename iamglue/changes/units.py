"""Reads who has which policies in a file or a Terraform directory, to compare two versions of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from iamglue.changes.access_calls import find_named_access, may_have_other_access
from iamglue.errors import IamglueError, MultipleErrors
from iamglue.files.text_files import read_text
from iamglue.findings import NotEvaluated, NotEvaluatedKind
from iamglue.inputs.parsed_files import read_file_for_lint
from iamglue.model.access_change import AccessUnit, NotCompared, PolicyHolder, unique_holders
from iamglue.model.account import Account, AttachedPolicy, DeployedFunction, Pairs, Role
from iamglue.model.parsed_file import ParsedFile
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.model import Policy
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.source.nodes import Node
from iamglue.readers.broken_texts import may_be_broken
from iamglue.readers.policy_texts import is_spec, may_contain_policies

_MAX_BYTES = 64 * 1024 * 1024
_NO_VALUES = ParameterValues()
# What a template writes to read another file: nested stacks, applications, and files of the Serverless Framework.
_READS_FILES = re.compile(r"TemplateURL|AWS::Serverless::Application|\$\{file|Fn::Transform|AWS::Include")
# What refers to another template or module that is not read; its arguments are in `not_compared`.
_COMPARED_SUBJECTS = frozenset({"stack", "module"})
_DOCUMENT_NAMES = {PolicyType.SCP: "SCP", PolicyType.RCP: "RCP", PolicyType.TRUST: "trust policy"}


def may_read_other_files(text: str) -> bool:
    """Whether the access of a JSON or YAML file may depend on other files."""
    return _READS_FILES.search(text) is not None


def read_file_unit(path: str, *, is_policy: bool = False) -> AccessUnit:
    """The holders of policies in a JSON or YAML file. What cannot be read is in `unknown`.

    With `is_policy`, another version of the file has policies: a malformed text is not taken for one without.
    """
    try:
        text = read_text(path, _MAX_BYTES)
        if not is_policy and not _may_give_access(path, text):
            return AccessUnit({(): {}}, not_compared=find_named_access(path, text))
        if is_spec(text):
            from iamglue.changes.spec_unit import read_spec_unit  # noqa: PLC0415 - startup: only for specs

            return read_spec_unit(path, text)
        from iamglue.changes.other_access import find_other_access  # noqa: PLC0415 - startup: likewise
        from iamglue.changes.template_values import find_template_values  # noqa: PLC0415 - startup: likewise
        from iamglue.readers.templates.template_account import parse_template  # noqa: PLC0415

        file = read_file_for_lint(path, text, type=None, parameter_values=_NO_VALUES)
        root = None if file.syntax_error else parse_template(path, text)
        account = None if root is None else _read_template(root, path, text)
    except IamglueError as error:
        return AccessUnit({(): {}}, tuple(_error_texts(error)), failed=True)
    unit = _build_unit((file,), account)
    if root is None:
        return unit
    roles = (role for roles in unit.function_roles.values() for role in roles)
    values = find_template_values(root, unit.holders.values(), _condition_names(file, account), roles)
    others = find_other_access(path, root, text)
    if account is not None:
        others = {**others, "the documents after the first": NotCompared(text.partition("\n---")[2], is_grant=True)}
    return replace(unit, not_compared={**others, **dict(values)})


def _condition_names(file: ParsedFile, account: Account | None) -> Iterator[str]:
    """Yield the names of the conditions that decide which policies, or which parts of them, are deployed."""
    for case in account.cases if account else ():
        yield from (name for name, _ in case.conditions)
    for policy in file.policies:
        for node in policy.node.walk():
            yield from (name for name, _ in node.branches)


def _may_give_access(path: str, text: str) -> bool:
    """Whether a text can contain policies or a template; a file for which this is False need not be parsed."""
    is_framework = PurePath(path).name.startswith("serverless.")
    is_template = "AWS::" in text or "Transform" in text
    may_have = may_contain_policies(text) or may_have_other_access(text)
    may_have = may_have or is_spec(text) or is_framework or is_template
    return may_have or may_read_other_files(text) or may_be_broken(path, text)


def read_directory_unit(directory: str, paths: Iterable[str]) -> AccessUnit:
    """The holders of policies in a Terraform configuration; `paths` are its files. `directory` is "" at the top."""
    from iamglue.changes.terraform_parts import find_other_access_of_directory  # noqa: PLC0415 - startup: only for Terraform
    from iamglue.readers.templates.template_account import read_terraform_directory  # noqa: PLC0415 - startup: likewise

    try:
        texts = {path: read_text(path, _MAX_BYTES) for path in paths}
        files = [read_file_for_lint(path, text, type=None, parameter_values=_NO_VALUES) for path, text in texts.items()]
        account = read_terraform_directory(directory or ".", _NO_VALUES)
        other = find_other_access_of_directory(directory)
    except IamglueError as error:
        return AccessUnit({(): {}}, tuple(_error_texts(error)), failed=True)
    return replace(_build_unit(files, account), not_compared={**other, **dict(_conditions(files))})


def _conditions(files: Iterable[ParsedFile]) -> Iterator[tuple[str, NotCompared]]:
    """Yield the parts of each policy of Terraform that a condition decides, with the condition."""
    texts: dict[str, list[str]] = {}
    for file in files:
        for policy in file.policies:
            name = f"what conditions decide in the policy {policy.name} of {policy.owner or file.path}"
            texts.setdefault(name, []).extend(map(" ".join, _conditional_parts(policy)))
    for name, parts in texts.items():
        yield name, NotCompared("\n".join(sorted(parts)), only_if_changed=True)


def _read_template(root: Node, path: str, text: str) -> Account | None:
    """The account of a template; None for a text that is not a template. Raises IamglueError for a malformed one."""
    from iamglue.readers.templates.cloudformation import is_template  # noqa: PLC0415 - startup: only for templates
    from iamglue.readers.templates.serverless_format import is_serverless  # noqa: PLC0415
    from iamglue.readers.templates.template_account import read_template_account  # noqa: PLC0415
    from iamglue.readers.terraform.plan_format import is_plan  # noqa: PLC0415

    is_account = is_plan(root) or is_serverless(root) or is_template(root)
    return read_template_account(path, text, _NO_VALUES) if is_account else None


def _build_unit(files: Sequence[ParsedFile], account: Account | None) -> AccessUnit:
    """The unit of a parsed file: who has which policies, and what is not known."""
    unknown = [
        text
        for file in files
        for error in (file.syntax_error, *file.spec_errors, *file.duplicate_keys)
        if error is not None
        for text in _error_texts(error)
    ]
    failed = bool(unknown)
    gaps: dict[str, None] = {}
    of_holders = {gap for role in account.roles for gap in _outside_gaps(account, role)} if account else set()
    for gap in (*(gap for file in files for gap in file.not_evaluated), *(account.gaps if account else ())):
        is_compared = gap.subject.kind in _COMPARED_SUBJECTS and gap.kind is not NotEvaluatedKind.FAILED
        if is_compared or gap in of_holders:
            continue
        gaps[_gap_text(gap)] = None
        failed = failed or gap.kind is NotEvaluatedKind.FAILED
    others = tuple(_document_holders(files, is_template=account is not None))
    cases: dict[Pairs, Mapping[str, PolicyHolder]] = {(): unique_holders((*_account_holders(account), *others))}
    by_conditions = {case.conditions: case for case in account.cases} if account else {}
    cases |= {key: unique_holders((*_account_holders(case), *others)) for key, case in by_conditions.items()}
    return AccessUnit(cases, (*unknown, *gaps), failed, function_roles=_function_roles(account) if account else {})


def _function_roles(account: Account) -> Mapping[str, tuple[str, ...]]:
    """The role of each function in each case that has the function: a holder's name, or the ARN of an outside role."""
    roles: dict[str, tuple[str, ...]] = {}
    for case in (account, *account.cases):
        titles = {role.arn: _role_title(role) for role in case.roles}
        for function in case.functions:
            title = titles.get(function.role_arn, f"`{function.role_arn}`")
            roles[function.name] = (*roles.get(function.name, ()), title)
    return roles


def _error_texts(error: IamglueError) -> Iterator[str]:
    """The messages of an error, and of each error in it, with their lines and hints."""
    if isinstance(error, MultipleErrors):
        for problem in error.problems:
            yield from _error_texts(problem)
        return
    where = f"line {error.location.line}: " if error.location and error.location.line else ""
    yield f"{where}{error.message}{f' ({error.hint})' if error.hint else ''}"


def _gap_text(gap: NotEvaluated) -> str:
    return f"{gap.subject.kind} {gap.subject.name}: {gap.what}: {gap.reason}"


def _account_holders(account: Account | None) -> Iterator[PolicyHolder]:
    """The roles of a template, their trust policies, and who may invoke its functions."""
    if account is None:
        return
    for role in account.roles:
        texts = (f"{gap.what}: {gap.reason}" for gap in _outside_gaps(account, role))
        yield from _role_holders(role, tuple(dict.fromkeys(texts)))
    for function in account.functions:
        if function.permissions:
            yield _invoke_holder(function)
    for role_name, policy in account.outside_policies:
        yield _attached_holder(f"outside role {role_name}: {policy.name}", (policy,))


def _outside_gaps(account: Account, role: Role) -> Iterator[NotEvaluated]:
    """The gaps of a role's managed policies that are declared elsewhere."""
    for gap in account.gaps:
        if gap.outside_policy and (gap.subject.name, gap.subject.arn) == (role.name, role.arn):
            yield gap


def _role_holders(role: Role, outside: tuple[str, ...]) -> Iterator[PolicyHolder]:
    """The role with its own policies, and its trust policy."""
    boundary = role.boundary
    yield replace(
        _attached_holder(_role_title(role), role.policies),
        boundary="" if boundary is None else f"{boundary.arn or boundary.name} {boundary.text}".strip(),
        outside=outside,
    )
    yield _attached_holder(f"trust policy of role {role.name}", (role.trust,))


def _role_title(role: Role) -> str:
    """How messages name a role; that of a role in two versions of a file is the same."""
    return f"role {role.name}"


def _invoke_holder(function: DeployedFunction) -> PolicyHolder:
    policies = [permission.policy for permission in function.permissions]
    return _attached_holder(f"who may invoke function {function.name}", policies)


def _attached_holder(name: str, policies: Sequence[AttachedPolicy]) -> PolicyHolder:
    """The policies under one name; a policy without a document (an unknown ARN, malformed JSON) is not known."""
    files = [PolicyFile(policy.name, policy.policy) for policy in policies if policy.policy is not None]
    unknown = [f"{policy.name} {policy.parse_failure}" for policy in policies if policy.parse_failure]
    parameters = any("${" in policy.text for policy in policies)
    return PolicyHolder(name, tuple(files), tuple(unknown), parameters=parameters)


def _document_holders(files: Iterable[ParsedFile], *, is_template: bool) -> Iterator[PolicyHolder]:
    """The policies that are not those of a template's roles."""
    owned: dict[str, list[PolicyHolder]] = {}
    for file in files:
        for policy in file.policies:
            if is_template and (policy.type is PolicyType.TRUST or _is_of_role(policy)):
                continue
            if policy.owner is not None:
                owned.setdefault(f"{policy.owner_kind} {policy.owner}", []).append(_document_holder(policy))
            else:
                yield _document_holder(policy)
    for name, holders in owned.items():
        yield PolicyHolder(
            name,
            tuple(file for holder in holders for file in holder.files),
            tuple(text for holder in holders for text in holder.unknown),
            parameters=any(holder.parameters for holder in holders),
            conditional=tuple(part for holder in holders for part in holder.conditional),
        )


def _is_of_role(policy: ParsedPolicy) -> bool:
    return policy.owner is not None and policy.owner_kind == "role"


def _document_holder(policy: ParsedPolicy) -> PolicyHolder:
    """A policy that no role of a template has. A trust policy has its own name, the others their kind before it."""
    kind = _DOCUMENT_NAMES.get(policy.type, "policy")
    name = policy.name if policy.type is PolicyType.TRUST and policy.name else f"{kind} {policy.name}".strip()
    return PolicyHolder(
        name,
        (_policy_file(policy),),
        tuple(_unknown_parts(policy)),
        parameters=policy.has_unresolved,
        conditional=tuple(_conditional_parts(policy)),
    )


def _policy_file(policy: ParsedPolicy) -> PolicyFile:
    """The policy; if a part of it is unknown, only the statements that are known completely."""
    known = [statement for statement in policy.statements if statement.value is not None]
    value = policy.value or Policy(
        tuple(statement.value for statement in known if statement.value is not None),
        policy.version,
    )
    locations = tuple(statement.node.location for statement in known)
    return PolicyFile(
        policy.path,
        value,
        locations if len(locations) == len(value.statements) else (),
        tuple(statement.index for statement in known) if policy.value is None else (),
    )


def _unknown_parts(policy: ParsedPolicy) -> Iterator[str]:
    """Why the comparison does not cover all of a policy: it is invalid, or a parameter decides a part of it."""
    for problem in policy.problems:
        yield f"the policy is not valid: {problem.message}"
    if policy.value is None and not policy.problems:
        numbers = [str(statement.index + 1) for statement in policy.statements if statement.value is None]
        what = f"of statement {' and '.join(numbers)} " if numbers else ""
        yield f"a part {what}is known only at deployment"


def _conditional_parts(policy: ParsedPolicy) -> Iterator[tuple[str, str]]:
    """What is in the policy only under conditions of the template: a sentence, and the condition with the text."""
    for node in policy.node.walk():
        for name, truth in sorted(node.branches):
            text = node.source.text[node.start : node.end]
            yield f"a part of it is in the policy only under the condition `{name}`", f"{truth} {text}"
