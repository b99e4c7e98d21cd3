"""`iamglue changes`: what a branch of Git adds to and removes from the access of roles and policies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from iamglue.changes.review import review_changes
from iamglue.cli.config import CONFIG_FILE, PROJECT_FILE, read_config
from iamglue.cli.help_command import HelpCommand
from iamglue.cli.output import escape_for_format, print_data, replace_files
from iamglue.cli.stderr import print_note
from iamglue.engine.solve.comparison import ComparisonAnswer
from iamglue.errors import ExitCode, IamglueError, worst_exit_code
from iamglue.files.git_repository import GitRepository, find_repository
from iamglue.files.git_tree import written_tree
from iamglue.files.text_files import STDIN
from iamglue.formats.reports.changes import FORMATS, render_changes


@click.command(cls=HelpCommand)
@click.option("--base", required=True, metavar="REV", help="Branch or commit to compare with.")
@click.option("--head", default="HEAD", show_default=True, metavar="REV", help="Branch or commit with the changes.")
@click.option("--format", type=click.Choice(FORMATS), default="text", show_default=True, help="Output format.")
@click.option("-o", "--output", metavar="FILE", help="Write the report to a file instead of stdout.")
def changes(base: str, head: str, **options: Any) -> ExitCode:
    """Show what access the changes of a Git branch add and remove.

    Policies, specs, CloudFormation, SAM and Serverless Framework templates and
    Terraform configurations are read from two commits: HEAD, and the commit
    where it left the branch REV. For each role and each policy of a changed
    file, and of files that read a changed one, what it is allowed to do is
    compared. Uncommitted changes are left out.

    Exit code 0: no new access; 1: new access, or this could not be decided;
    3: a changed file could not be read. Files that the configuration in the
    older commit excludes from lint are not compared: a branch cannot hide its
    own changes.
    """
    repository = find_repository()
    head_commit = repository.commit(head)
    base_commit = repository.merge_base(repository.commit(base), head_commit)
    result = review_changes(repository, base_commit, head_commit, _excluded_patterns(repository, base_commit))
    text = render_changes(result, options["format"])
    if options["output"] not in (None, STDIN):
        replace_files({Path(options["output"]): escape_for_format(text, options["format"])})
    else:
        print_data(text, options["format"])
    for path in result.excluded[:3]:
        print_note(f"{path}: excluded by the configuration, so it was not compared")
    is_proved = result.answer is ComparisonAnswer.NO_NEW_ACCESS
    failed = ExitCode.NOT_EVALUATED if result.has_failures else ExitCode.OK
    return worst_exit_code([ExitCode.OK if is_proved else ExitCode.FINDINGS, failed])


def _excluded_patterns(repository: GitRepository, commit: str) -> tuple[str, ...]:
    """What the configuration at the top of a commit excludes. Raises IamglueError if it is not valid."""
    files = {name: file for name, file in repository.tree(commit).items() if name in (CONFIG_FILE, PROJECT_FILE)}
    with written_tree(repository, files) as tree:
        try:
            return read_config(tree.folder, upwards=False).exclude
        except IamglueError as error:
            raise IamglueError(f"the configuration in {commit[:12]}: {error.message}", hint=error.hint) from error
