"""`iamglue compact`: a policy shrunk to a size limit, the same for every action there is today."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from iamglue import compact as verb
from iamglue.catalog.limits import MANAGED_POLICY_SIZE
from iamglue.cli.output import print_data, replace_files
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
    """The options as given."""

    policy: str
    limit: int
    smallest: bool
    split: bool
    drop_sids: bool
    format: str
    output: str | None


@click.command()
@click.argument("policy")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=MANAGED_POLICY_SIZE,
    show_default=True,
    metavar="N",
    help="The characters a policy may have, white space left out.",
)
@click.option("--max", "smallest", is_flag=True, help="Make it as short as can be, not only short enough.")
@click.option("--split", is_flag=True, help="Write no wildcards: split it into the fewest policies instead.")
@click.option("--drop-sids", is_flag=True, help="Leave out the statements' Sids.")
@click.option(
    "--format", type=click.Choice(tuple(DOCUMENT_WRITERS)), default="json", show_default=True, help="What to write."
)
@click.option("-o", "--output", metavar="PATH", help="Write a file, or a directory for several policies.")
def compact(**given: Any) -> ExitCode:
    """Shrink POLICY to a size limit; it allows and denies the same as before.

    POLICY is a file of JSON or YAML, or - for stdin. It is changed no more than
    the limit asks for: what is said twice is said once; then readable wildcards
    such as s3:Get*Tagging stand for actions, where they match no other action of
    today; then it is split. What a wildcard would match of the actions that AWS
    may add is told on stderr.
    """
    options = _Options(**given)
    aim = CompactOptions(options.limit, options.smallest, options.split, options.drop_sids)
    read = read_input_digests([options.policy], options.output)
    found = verb.compact(read_policy_file(options.policy).policy, aim)
    _deliver(found, options, read)
    _tell(found)
    return ExitCode.OK


def _tell(found: CompactResult) -> None:
    sizes = " + ".join(f"{size:,}" for size in found.sizes)
    print_note(f"{found.original_size:,} characters before, {sizes} now")
    for text in verb.future_action_notes(found.new_wildcards):
        print_note(text)
    if len(found.policies) > 1:
        print_note("the policies say together what the one did: attach all of them")
        for text in verb.policy_count_notes(len(found.policies)):
            print_note(text)


def _deliver(found: CompactResult, options: _Options, read: InputDigests) -> None:
    texts = [DOCUMENT_WRITERS[options.format](policy_data(each)) for each in found.policies]
    path = None if options.output in (None, STDIN) else Path(str(options.output))
    if path is None or not _is_folder(path, len(texts), options):
        if len(texts) > 1:
            sizes = ", ".join(f"{size:,}" for size in found.sizes)
            raise IamglueError(
                f"it takes {len(texts)} policies to stay within {options.limit:,} characters: {sizes}",
                hint="write them into a directory with -o DIR, or give a higher --limit",
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
    new = count > 1 and not path.suffix and not path.exists()
    return path.is_dir() or str(options.output).endswith("/") or new
