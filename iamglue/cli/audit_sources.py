"""Reads the accounts and usage for an audit from AWS, saved files, exports or templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from iamglue.aws.collect_request import CollectRequest
from iamglue.catalog.partitions import infer_partition
from iamglue.cli.progress import show_progress
from iamglue.cli.stderr import print_note
from iamglue.files.text_files import STDIN, display_path, read_text
from iamglue.model.account import Account
from iamglue.model.usage import Usage
from iamglue.policy.parsed_policy import ParameterValues

if TYPE_CHECKING:  # startup: only needed with --spec
    from iamglue.model.spec import SpecFunction

# Enough for an export of an account with tens of thousands of roles.
_MAX_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AuditSources:
    """The inputs of an audit, from the command line options."""

    collect_request: CollectRequest
    inputs: tuple[str, ...] = ()
    functions: str | None = None
    templates: tuple[str, ...] = ()
    assumed_roles: tuple[str, ...] = ()
    usage: str | None = None
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def is_live(self) -> bool:
        """True if the audit reads from AWS."""
        return not (self.inputs or self.templates)


def read_accounts(sources: AuditSources) -> tuple[Account, ...]:
    """All accounts of the sources. Raises IamglueError if a source cannot be read at all."""
    if sources.is_live:
        return tuple(_live_accounts(sources))
    accounts = [_saved_account(path, sources) for path in sources.inputs]
    return (*accounts, *(_template_accounts(sources) if sources.templates else ()))


def with_evaluation_time(accounts: Sequence[Account]) -> tuple[Account, ...]:
    """The accounts with the current time if their collection time is unknown. No output contains this time."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return tuple(account if account.collected else replace(account, assumed_time=now) for account in accounts)


def collect_usage(sources: AuditSources, accounts: Sequence[Account]) -> tuple[Usage, tuple[Account, ...]]:
    """Usage of the roles, and the accounts with additional gaps if last-accessed data could not be read."""
    usage = Usage()
    if sources.usage is not None:
        from iamglue.readers.usage_file import read_usage_file  # noqa: PLC0415 - startup: rarely needed
        from iamglue.readers.usage_lines import UsageScope  # noqa: PLC0415

        usage = read_usage_file(sources.usage, UsageScope(by_action=True))
    if not sources.collect_request.last_accessed or not sources.is_live:
        return usage, tuple(accounts)
    from iamglue.aws.last_accessed import collect_last_accessed  # noqa: PLC0415

    updated = []
    for request, account in zip(_collect_requests(sources), accounts, strict=True):
        with show_progress("reading last-accessed data") as report:
            last_accessed, gaps = collect_last_accessed(request, account.roles, report)
        usage = replace(usage, last_accessed=(*usage.last_accessed, *last_accessed))
        updated.append(replace(account, gaps=(*account.gaps, *gaps)))
    return usage, tuple(updated)


def _collect_requests(sources: AuditSources) -> Iterator[CollectRequest]:
    """One request per assumed role, or a single one for the current credentials."""
    for role in sources.assumed_roles or (None,):
        yield replace(sources.collect_request, assume_role=role)


def _live_accounts(sources: AuditSources) -> Iterator[Account]:
    """Collect one account per request from AWS."""
    from iamglue.aws.collect import collect  # noqa: PLC0415 - startup: boto3 is slow to import

    for request in _collect_requests(sources):
        with show_progress(f"reading {request.assume_role or 'the account'}") as report:
            account = collect(request, report)
        yield account


def _saved_account(path: str, sources: AuditSources) -> Account:
    """The account of a saved file or of authorization details."""
    from iamglue.aws.saved_account import is_saved_account  # noqa: PLC0415
    from iamglue.inputs.account_file import parse_account  # noqa: PLC0415 - startup: only for --input

    text = read_text(path, _MAX_BYTES)
    if sources.functions is None:
        return parse_account(text, display_path(path))
    if is_saved_account(text):
        print_note(f"{display_path(path)} already contains functions: --functions is only for authorization details")
    return parse_account(
        text, display_path(path), read_text(sources.functions, _MAX_BYTES), display_path(sources.functions)
    )


def common_location_settings(functions: Sequence[SpecFunction]) -> tuple[tuple[str, str], ...]:
    """Region, account and partition on which all specs agree, as settings for a template's pseudo-parameters."""
    regions = {function.region for function in functions if function.region}
    candidates: dict[str, set[str | None]] = {
        "Region": set(regions),
        "Account": {function.account for function in functions if function.account},
        "Partition": {infer_partition(region) for region in regions},
    }
    return tuple((name, value) for name, values in candidates.items() if len(values) == 1 for value in values if value)


def _deployment_paths(templates: Sequence[str]) -> tuple[str, ...]:
    """The templates, those of a directory in its place; all Terraform files of a directory are one configuration."""
    from iamglue.readers.templates.template_directory import directory_templates  # noqa: PLC0415 - startup: only for templates
    from iamglue.readers.terraform.module_files import has_configuration, without_siblings  # noqa: PLC0415

    paths: list[str] = []
    for path in without_siblings(templates):
        is_directory = path != STDIN and Path(path).is_dir()
        paths += directory_templates(path) if is_directory and not has_configuration(path) else (path,)
    return tuple(dict.fromkeys(paths))


def _exported_values(texts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What several stacks export to each other; `texts` are those of their templates, by path."""
    files = [(path, text) for path, text in texts.items() if path != STDIN]
    if len(files) < 2:
        return ()
    from iamglue.readers.templates.template_exports import exported_values  # noqa: PLC0415 - startup: only for templates

    return exported_values((display_path(path), text) for path, text in files)


def _template_accounts(sources: AuditSources) -> tuple[Account, ...]:
    """The accounts of templates that are deployed together."""
    from iamglue.readers.templates.stack_links import link_stacks  # noqa: PLC0415 - startup: only for templates
    from iamglue.readers.templates.template_account import with_named_partition  # noqa: PLC0415 - likewise

    paths = _deployment_paths(sources.templates)
    texts = {path: read_text(path) for path in paths if path == STDIN or not Path(path).is_dir()}
    settings = ParameterValues((*sources.settings, *_exported_values(texts)))
    settings = with_named_partition(settings, texts.values())
    return link_stacks([_template_account(path, texts.get(path), settings) for path in paths])


def _template_account(path: str, text: str | None, settings: ParameterValues) -> Account:
    """The account of a template; without a text, of a directory with a Terraform configuration."""
    from iamglue.readers.templates.template_account import (  # noqa: PLC0415 - startup: only for templates
        read_stack_account,
        read_terraform_directory,
    )

    if text is None:
        account = read_terraform_directory(path, settings)
    else:
        account = read_stack_account(display_path(path), text, settings)
    if not account.roles and not account.functions and not account.gaps:
        print_note(f"{display_path(path)} has no functions and no roles")
    return account
