"""Finds the template that deploys code: the one that the user names, or one beside the code."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from iamglue.errors import IamglueError, Location
from iamglue.files.text_files import display_path, read_text
from iamglue.infer.code.calls import CodeFile
from iamglue.infer.code.deployment import functions_of_code
from iamglue.model.account import Account, DeployedFunction
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.template_directory import SERVERLESS_FILES, directory_templates
from iamglue.readers.terraform.file_names import is_configuration_path

if TYPE_CHECKING:
    from iamglue.infer.code.cdk.app import CdkApp

_TEMPLATE_SUFFIXES = (".yaml", ".yml", ".json", ".template")
# Directories beside the code in which people keep templates.
_TEMPLATE_FOLDERS = ("", "cdk.out", "infra", "infrastructure", "terraform", "cloudformation", "deploy", "iac")
# Directories above the code in which a template may be.
_MAX_LEVELS = 4
# Directories beside the code in which people keep an app of the CDK; `bin` and `lib` are those of `cdk init`.
_CDK_FOLDERS = ("", "cdk", "infra", "infrastructure", "bin", "lib", "stacks", "deploy", "iac")
_CDK_FILE = "cdk.json"
_CDK_LANGUAGES = (".ts", ".mts", ".js", ".mjs", ".py")
_MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CodeTemplate:
    """The functions of a template whose handlers are in the code; () if no template is known.

    `notes` say which template beside the code was used, and which could not be read.
    """

    functions: tuple[DeployedFunction, ...] = ()
    notes: tuple[str, ...] = ()


def named_template(path: str, name: str | None, files: Sequence[CodeFile]) -> CodeTemplate:
    """The template that the user names. Raises IamglueError if none of its functions runs the code."""
    app = _read_app(path) if _is_cdk_app(path) else None
    functions = _functions_in(path) if app is None else _functions_of_app(path, app)
    chosen = [function for function in functions if name is None or name in _names(function)]
    if not functions or not chosen:
        problem = f"the template has no function `{name}`" if functions else "the template has no functions"
        names = ", ".join(f"`{function.name}`" for function in functions)
        raise IamglueError(
            problem, hint=f"its functions are {names}" if names else None, location=Location(display_path(path))
        )
    matching = chosen if name is not None else functions_of_code(chosen, files)
    if matching or len(chosen) == 1:
        result = tuple(matching or chosen)
        return CodeTemplate(result, _app_notes(app, result) if app is not None else ())
    names = ", ".join(f"`{function.name}`" for function in chosen)
    raise IamglueError(
        "no handler of the template's functions is in the code",
        hint=f"choose a function by its name: {names}",
        location=Location(display_path(path)),
    )


def template_beside(paths: Iterable[str], name: str | None, files: Sequence[CodeFile]) -> CodeTemplate:
    """The nearest template with a function whose handler is in the code."""
    notes: list[str] = []
    for path in dict.fromkeys(os.path.normpath(item) for place in paths for item in _candidates(Path(place))):
        try:
            app = _read_app(path) if _is_cdk_app(path) else None
            functions = _functions_in(path) if app is None else _functions_of_app(path, app)
        except IamglueError as error:
            notes.append(f"{display_path(path)} was not read as a template of the code: {error.message}")
            continue
        local = [function for function in functions if _is_local(path, function, files)]
        matching = functions_of_code(local, files)
        chosen = tuple(function for function in matching if name is None or name in _names(function))
        if chosen:
            notes.append(f"environment variables and triggers are those in {display_path(path)}")
            notes += _app_notes(app, chosen) if app is not None else ()
            return CodeTemplate(chosen, tuple(notes))
    return CodeTemplate(notes=tuple(notes))


def _is_local(path: str, function: DeployedFunction, files: Sequence[CodeFile]) -> bool:
    """Whether files are in the directory that a template names as the function's code, if it names one."""
    if function.code is None or not function.code.path or Path(path).is_dir():
        return True
    root = Path(path).parent.joinpath(function.code.path).resolve()
    return any(Path(file.path).resolve().is_relative_to(root) for file in files)


def _functions_in(path: str) -> tuple[DeployedFunction, ...]:
    """The functions of a template, with those of each combination of its conditions."""
    return tuple(
        function
        for account in _accounts(path)
        for case in (account.cases or (account,))
        for function in case.functions
        if function.code is not None
    )


def _accounts(path: str) -> Iterator[Account]:
    """The accounts of a template, of the stacks of a directory, or of a Terraform configuration."""
    from iamglue.readers.templates.template_account import (  # noqa: PLC0415 - startup: only with a template
        read_stack_account,
        read_terraform_directory,
    )

    if not Path(path).is_dir():
        yield read_stack_account(display_path(path), read_text(path), ParameterValues(()))
        return
    from iamglue.readers.terraform.module_files import has_configuration  # noqa: PLC0415 - startup: rare

    if has_configuration(path):
        yield read_terraform_directory(path, ParameterValues(()))
    else:
        for template in directory_templates(path):
            yield read_stack_account(display_path(template), read_text(template), ParameterValues(()))


def _names(function: DeployedFunction) -> set[str]:
    """What a user may call a function: its name, or the logical ID in the template."""
    in_arn = function.arn.rpartition(":")[2].removeprefix("${").removesuffix("}")
    return {function.name, in_arn, *filter(None, [function.logical_id])}


def _candidates(place: Path) -> Iterator[str]:
    """The templates beside the code, the nearest first."""
    folder = place if place.is_dir() else place.parent
    absolute = folder.resolve()
    for level in range(_MAX_LEVELS):
        above = folder.joinpath(*[".."] * level) if level else folder
        for name in _TEMPLATE_FOLDERS:
            yield from _templates_in(above / name if name else above)
        for name in _CDK_FOLDERS:
            yield from _cdk_apps_in(above / name if name else above)
        if (above / ".git").exists() or absolute.parent == absolute:
            return
        absolute = absolute.parent


def _templates_in(folder: Path) -> Iterator[str]:
    """The templates of a directory, and the directory itself if it has a Terraform configuration."""
    try:
        names = sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError:
        return
    if any(is_configuration_path(name) for name in names):
        yield str(folder)
    for name in names:
        path = folder / name
        if name in SERVERLESS_FILES or (name.endswith(_TEMPLATE_SUFFIXES) and _is_template(path)):
            yield str(path)


def _is_template(path: Path) -> bool:
    """Whether a file looks like a template with a function, by its text."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return False
        text = read_text(str(path))
    except (OSError, IamglueError):
        return False
    return "Resources" in text and ("AWS::Serverless::Function" in text or "AWS::Lambda::Function" in text)


def _cdk_apps_in(folder: Path) -> Iterator[str]:
    """The app of the CDK in a directory, after the templates that it was made into.

    https://docs.aws.amazon.com/cdk/v2/guide/projects.html: `cdk.json` is in the directory of the app.
    """
    if (folder / _CDK_FILE).is_file():
        yield from _templates_in(folder / "cdk.out")
        yield str(folder / _CDK_FILE)
        return
    try:
        names = sorted(path.name for path in folder.iterdir() if path.name.endswith(_CDK_LANGUAGES) and path.is_file())
    except OSError:
        return
    from iamglue.infer.code.cdk.source_files import imports_cdk  # noqa: PLC0415 - startup: only without a template

    yield from (
        str(folder / name) for name in [next((item for item in names if imports_cdk(folder / item)), "")] if name
    )


def _read_app(path: str) -> CdkApp:
    """The app of the CDK that `cdk.json`, or a source file, belongs to."""
    from iamglue.infer.code.cdk.app import read_cdk_app  # noqa: PLC0415 - startup: only with an app

    return read_cdk_app(Path(path))


def _is_cdk_app(path: str) -> bool:
    return Path(path).name == _CDK_FILE or path.endswith(_CDK_LANGUAGES)


def _functions_of_app(path: str, app: CdkApp) -> tuple[DeployedFunction, ...]:
    """The functions of an app. Paths of code are from its directory, as those of a template there."""
    from iamglue.readers.templates.template_account import read_stack_account  # noqa: PLC0415 - startup: only with an app

    account = read_stack_account(display_path(path), app.template, ParameterValues(()))
    return tuple(function for function in account.functions if function.code is not None)


def _app_notes(app: CdkApp, functions: Iterable[DeployedFunction]) -> tuple[str, ...]:
    """What the source of an app does not show of the functions that run the code."""
    names = dict.fromkeys(name for function in functions for name in sorted(_names(function)))
    own = (note for name in names for note in app.function_notes.get(name, ()))
    folder = display_path(str(app.root))
    return tuple(dict.fromkeys(f"{folder}/{note}".removeprefix("./") for note in (*app.notes, *own)))
