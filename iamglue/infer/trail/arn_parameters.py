"""The parameters of a record with names as in ARNs: with the path of IAM, without the version of an SSM parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from iamglue.infer.code.arn_names import SELECTED_NAMES, created_name, parameter_name

_IAM, _SSM = "iam", "ssm"
_PATH, _NEW = "path", "new"


def path_parameters(client: str, operation: str) -> tuple[str, ...]:
    """The parameters that say where an operation of IAM creates something, or what it renames it to."""
    name = created_name(operation) if client == _IAM else ""
    if not name:
        return ()
    return ("newPath", f"new{name}") if operation.startswith("Update") else (_PATH,)


def with_arn_names(client: str, operation: str, parameters: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    """The parameters as they are for most operations; twice for a renaming, which AWS checks on both names."""
    if client == _SSM and operation in SELECTED_NAMES:
        member = SELECTED_NAMES[operation]
        return (
            {name: _bare_names(value) if _is_spelled(name, member) else value for name, value in parameters.items()},
        )
    member = created_name(operation) if client == _IAM else ""
    return tuple(_at_paths(member, parameters)) if member else (parameters,)


def _at_paths(member: str, parameters: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The parameters with the name below its path, and with the new name below the new path."""
    others = {name: value for name, value in parameters.items() if not _is_spelled(name, member)}
    own, path, new, new_path = (
        next((value for key, value in parameters.items() if _is_spelled(key, name) and isinstance(value, str)), "")
        for name in (member, _PATH, _NEW + member, _NEW + _PATH)
    )
    yield {**others, member: path.lstrip("/") + own} if own else parameters
    if own and (new or new_path):
        yield {**others, member: new_path.lstrip("/") + (new or own)}


def _is_spelled(name: object, member: str) -> bool:
    return str(name).lower() == member.lower()


def _bare_names(value: object) -> object:
    """A name, or each name of a list, without the version or label after it."""
    if isinstance(value, list):
        return [_bare_names(item) for item in value]
    return parameter_name(value) if isinstance(value, str) else value
