"""The own rules of a command: rule files of `--rules` and the configuration, and rules of installed packages."""

from __future__ import annotations

from collections.abc import Sequence

from iamglue.cli.config import Config
from iamglue.inputs.run_rules import read_rules
from iamglue.lint.own_rules.installed import find_installed_rules
from iamglue.model.own_rule_set import OwnRules


def read_run_rules(files: Sequence[str], config: Config) -> OwnRules:
    """The rules of the files, of those that the configuration names, and of installed packages, as they are today.

    Raises IamglueError if a file cannot be read, for each error in it, and if two rules have the same name.
    """
    return read_rules((*config.rules, *files), find_installed_rules(), config.base)
