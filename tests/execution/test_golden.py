"""What is kept under `expected/` is what the command line prints today; `make golden` brings it up to date."""

import golden
import pytest
from execution.generated import printed
from execution.lambda_service import EXAMPLES

OUTPUTS = [(example, name) for example, outputs in golden.GOLDEN.items() for name in outputs]


@pytest.mark.parametrize(("example", "name"), OUTPUTS)
def test_the_expected_output_is_up_to_date(example, name):
    kept = golden.path(example, name).read_text(encoding="utf-8")
    assert kept == printed(example, *golden.GOLDEN[example][name])


def test_the_readme_shows_the_policy_as_it_is():
    assert golden.README.read_text(encoding="utf-8") == golden.readme()


def test_nothing_else_is_kept():
    assert {(found.parts[-3], found.name) for found in EXAMPLES.glob("*/expected/*")} == set(OUTPUTS)


def test_every_example_has_expected_output_and_a_readme():
    assert {found.parent.name for found in EXAMPLES.glob("*/spec.yaml")} == set(golden.GOLDEN)
    assert {found.parent.name for found in EXAMPLES.glob("*/README.md")} == {*golden.GOLDEN, "blog-post", "rule-pack"}
