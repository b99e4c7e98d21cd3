"""`iamglue compact`: shrinks a policy to a size limit without changing what it allows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from iamglue import compact as verb
from iamglue.catalog.limits import MANAGED_POLICY_SIZE
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import print_data, replace_files
from iamglue.cli.progress import show_elapsed
from iamglue.cli.stderr import print_note
from iamglue.compact import CompactOptions, CompactResult
from iamglue.errors import ExitCode, IamglueError
from iamglue.files.atomic_write import InputDigests
from iamglue.files.input_digests import read_input_digests
from iamglue.files.text_files import STDIN
from iamglue.formats.words.single_document import DOCUMENT_WRITERS
from iamglue.policy.document import policy_data
from iamglue.readers.policy_file import read_policy_file


@dataclass(frozen=True, slots=True)
class _Options:
    """The command line options."""

    policy: str
    limit: int
    smallest: bool
    split: bool
    drop_sids: bool
    format: str
    output: str | None


@click.command(cls=HelpCommand)
@click.argument("policy")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=MANAGED_POLICY_SIZE,
    show_default=True,
    metavar="N",
    help="Maximum number of characters of a policy, without white space.",
)
@click.option("--max", "smallest", is_flag=True, help="Make the policy as short as possible, not only short enough.")
@click.option("--split", is_flag=True, help="Write no wildcards: split into the fewest policies instead.")
@click.option("--drop-sids", is_flag=True, help="Remove the Sids of the statements.")
@click.option(
    "--format", type=click.Choice(tuple(DOCUMENT_WRITERS)), default="json", show_default=True, help="Output format."
)
@click.option("-o", "--output", metavar="PATH", help="Write to a file, or to a directory for several policies.")
def compact(**values: Any) -> ExitCode:
    """Shrink POLICY to a size limit; it allows and denies the same as before.

    POLICY is a JSON or YAML file, or - for stdin. Only as much is changed as
    the limit requires: first duplicates are merged; then actions are replaced
    by readable wildcards such as s3:Get*Tagging that match no other current
    action; then the policy is split. A note on stderr describes future actions
    that a wildcard might match.
    """
    options = _Options(**values)
    compact_options = CompactOptions(options.limit, options.smallest, options.split, options.drop_sids)
    read = read_input_digests([options.policy], options.output)
    policy = read_policy_file(options.policy).policy
    with show_elapsed("shrinking the policy"):
        result = verb.compact(policy, compact_options)
    _deliver(result, options, read)
    _print_notes(result, options)
    return ExitCode.OK


def _print_notes(result: CompactResult, options: _Options) -> None:
    """Print sizes and notes on stderr."""
    sizes = " + ".join(f"{size:,}" for size in result.sizes)
    if result.sizes == (result.original_size,):
        why = (
            "no shorter one was found" if options.smallest else f"the limit is {options.limit:,}: nothing was shortened"
        )
        print_note(f"the policy has {sizes} characters, and {why}")
    else:
        print_note(f"{result.original_size:,} characters before, {sizes} now")
    for text in verb.future_action_notes(result.new_wildcards):
        print_note(text)
    if len(result.policies) > 1:
        print_note("the policies together replace the original policy: attach all of them")
        for text in verb.policy_count_notes(len(result.policies)):
            print_note(text)


def _deliver(result: CompactResult, options: _Options, read: InputDigests) -> None:
    """Write the policies to stdout, a file, or a directory. Raises IamglueError for several policies without one."""
    texts = [DOCUMENT_WRITERS[options.format](policy_data(policy)) for policy in result.policies]
    path = None if options.output in (None, STDIN) else Path(str(options.output))
    if path is None or not _is_folder(path, len(texts), options):
        if len(texts) > 1:
            sizes = ", ".join(f"{size:,}" for size in result.sizes)
            raise IamglueError(
                f"{len(texts)} policies are needed for the limit of {options.limit:,} characters; their sizes: {sizes}",
                hint="write them to a directory with -o DIR, or give a higher --limit",
            )
        if path is None:
            return print_data(texts[0], options.format)
        return replace_files({path: texts[0]}, as_read=read)
    stem = "policy" if options.policy == STDIN else Path(options.policy).stem
    numbers = [f"-{number}" for number in range(1, len(texts) + 1)] if len(texts) > 1 else [""]
    names = [f"{stem}.compact{number}.{options.format}" for number in numbers]
    files = {path / name: text for name, text in zip(names, texts, strict=True)}
    return replace_files(files, path, as_read=read)


def _is_folder(path: Path, count: int, options: _Options) -> bool:
    """True if -o is a directory: it exists, ends with `/`, or is a new name without suffix for several policies."""
    new = count > 1 and not path.suffix and not path.exists()
    return path.is_dir() or str(options.output).endswith("/") or new
