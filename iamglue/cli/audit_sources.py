"""Where an audit's accounts and usage come from: AWS, saved files, exports, templates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from iamglue.aws.collect_request import CollectRequest
from iamglue.catalog.partitions import infer_partition
from iamglue.cli.stderr import print_note, progress_callback
from iamglue.files.text_files import display_path, read_text
from iamglue.model.account import Account
from iamglue.model.usage import Usage
from iamglue.policy.parsed_policy import ParameterValues

if TYPE_CHECKING:  # startup: only what is read of specs needs them
    from iamglue.model.spec import SpecFunction

# An export of an account with tens of thousands of roles.
_MAX_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AuditSources:
    """What the options say of where to look."""

    collect_request: CollectRequest
    inputs: tuple[str, ...] = ()
    functions: str | None = None
    templates: tuple[str, ...] = ()
    assumed_roles: tuple[str, ...] = ()
    usage: str | None = None
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def is_live(self) -> bool:
        """Whether AWS itself is asked."""
        return not (self.inputs or self.templates)


def read_accounts(sources: AuditSources) -> tuple[Account, ...]:
    """Every account that is asked about. Raises IamglueError for what cannot be read at all."""
    if sources.is_live:
        return tuple(_live(sources))
    found = [_saved(path, sources) for path in sources.inputs]
    found += [_template(path, sources) for path in sources.templates]
    return tuple(found)


def with_evaluation_time(accounts: Sequence[Account]) -> tuple[Account, ...]:
    """The accounts, judged as of now where nothing says when they were read. Nothing that is written says this time."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return tuple(account if account.collected else replace(account, collected=now) for account in accounts)


def collect_usage(sources: AuditSources, accounts: Sequence[Account]) -> tuple[Usage, tuple[Account, ...]]:
    """What is known of what roles did, and the accounts with what could not be read of it among their gaps."""
    usage = Usage()
    if sources.usage is not None:
        from iamglue.readers.usage_file import read_usage  # noqa: PLC0415 - startup: seldom asked for

        usage = read_usage(display_path(sources.usage), read_text(sources.usage, _MAX_BYTES))
    if not sources.collect_request.last_accessed or not sources.is_live:
        return usage, tuple(accounts)
    from iamglue.aws.last_accessed import collect_last_accessed  # noqa: PLC0415

    told = []
    for wanted, account in zip(_each(sources), accounts, strict=True):
        found, gaps = collect_last_accessed(wanted, account.roles, progress_callback("last accessed"))
        usage = replace(usage, last_accessed=(*usage.last_accessed, *found))
        told.append(replace(account, gaps=(*account.gaps, *gaps)))
    return usage, tuple(told)


def _each(sources: AuditSources) -> Iterator[CollectRequest]:
    for role in sources.assumed_roles or (None,):
        yield replace(sources.collect_request, assume_role=role)


def _live(sources: AuditSources) -> Iterator[Account]:
    from iamglue.aws.collect import collect  # noqa: PLC0415 - startup: boto3 is slow to import

    for wanted in _each(sources):
        yield collect(wanted, progress_callback(f"reading {wanted.assume_role or 'the account'}"))


def _saved(path: str, sources: AuditSources) -> Account:
    from iamglue.aws.saved_account import check_arns, is_saved_account, read_account  # noqa: PLC0415 - startup: only for --input
    from iamglue.readers.exports.authorization_details import read_authorization_details  # noqa: PLC0415

    text = read_text(path, _MAX_BYTES)
    if is_saved_account(text):
        if sources.functions:
            print_note(f"{display_path(path)} holds its functions itself: --functions is for authorization details")
        account = read_account(text, display_path(path))
        check_arns(account, display_path(path))
        return account
    functions = None if sources.functions is None else read_text(sources.functions, _MAX_BYTES)
    shown = None if sources.functions is None else display_path(sources.functions)
    return read_authorization_details(display_path(path), text, functions, shown)


def common_location_settings(functions: Sequence[SpecFunction]) -> tuple[tuple[str, str], ...]:
    """What specs agree on of where the functions live: what a template leaves to its deployment, as settings."""
    regions = {function.region for function in functions if function.region}
    found: dict[str, set[str | None]] = {
        "Region": set(regions),
        "Account": {function.account for function in functions if function.account},
        "Partition": {infer_partition(region) for region in regions},
    }
    return tuple((name, value) for name, values in found.items() if len(values) == 1 for value in values if value)


def _template(path: str, sources: AuditSources) -> Account:
    from iamglue.readers.templates.template_account import read_template_account  # noqa: PLC0415 - startup: only for templates

    return read_template_account(display_path(path), read_text(path), ParameterValues(sources.settings))
