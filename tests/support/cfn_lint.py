"""cfn-lint on many templates with one set of rules, as its command line checks them: to make the rules takes 0.4 s."""

from __future__ import annotations

from functools import cache
from typing import Any


def cfn_lint_rules(text: str, *, hints: bool = False) -> list[str]:
    """The rules of cfn-lint that the text of a template breaks; with `hints` also those that only inform."""
    from cfnlint.decode.decode import decode_str

    template, errors = decode_str(text)
    return [match.rule.id for match in errors or _runner(hints=hints).validate_template(template)]


@cache
def _runner(*, hints: bool) -> Any:
    """A runner: imported and made when it is needed, which takes more than a second."""
    from cfnlint.config import ConfigMixIn, ManualArgs
    from cfnlint.runner import Runner

    more = ManualArgs(include_checks=["I"]) if hints else ManualArgs()
    return Runner(ConfigMixIn(**more))
