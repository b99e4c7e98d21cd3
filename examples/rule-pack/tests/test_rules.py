"""The examples of every rule: copy this file into your own package."""

from importlib.metadata import EntryPoint, entry_points

import pytest

from iamglue.rules import example_problems

PACKAGE = "example_rules."
RULES = [entry for entry in entry_points(group="iamglue.rules") if entry.value.startswith(PACKAGE)]


def test_the_package_is_installed() -> None:
    """Without the package there would be nothing to test."""
    assert RULES


@pytest.mark.parametrize("entry", RULES, ids=[entry.name for entry in RULES])
def test_good_examples_are_clean_and_bad_ones_are_not(entry: EntryPoint) -> None:
    """`example_problems` says which example of a rule is wrong, and why."""
    assert example_problems(entry.load()) == []
