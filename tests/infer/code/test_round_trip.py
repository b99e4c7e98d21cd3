"""From code to a spec to a policy: what is generated from the spec is exactly what the code needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.rows import every_row

from iamglue.errors import Location
from iamglue.formats.policies.spec_text import commented_spec_text
from iamglue.generate.requirements.function_requirements import function_requirements
from iamglue.infer.code.access import infer_access
from iamglue.infer.code.deployment import CodeDeployment, with_deployment
from iamglue.infer.code.project import read_project
from iamglue.infer.code.reading import read_calls
from iamglue.infer.code.spec import code_spec
from iamglue.infer.entry_grants import ANY_SCOPE, entry_grants
from iamglue.model.spec import SpecFunction
from iamglue.readers.spec.reader import parse_spec

CORPUS = Path(__file__).parents[2] / "corpus" / "code"
PROGRAMS = sorted(CORPUS.glob("*/*/expected.json"))


def programs():
    for expected in PROGRAMS:
        yield pytest.param(expected.parent, id=f"{expected.parent.parent.name}-{expected.parent.name}")


@every_row("folder", list(programs()))
def test_the_policy_of_the_inferred_spec_allows_the_actions_that_the_code_needs(folder):
    inferred = infer_access(with_deployment(read_calls(read_project([str(folder)])), CodeDeployment()))
    text = commented_spec_text([code_spec(inferred, SpecFunction("corpus", Location("")))])
    (function,) = parse_spec(text, "spec.yaml").functions
    requirements = function_requirements(function, ANY_SCOPE)
    generated = {action for item in requirements for need in item.needs for action in need.actions}
    needed = {item.action for item in inferred.access if item.is_reached}
    # An entry with a name that no resource can have stands as a comment.
    invalid = {item.action for item in inferred.access if entry_grants(item.entry) is None}
    companions = {item.action for item in inferred.access if item.companion_of in invalid}
    generated = {action for action in generated if not action.startswith("logs:")}
    needed = {action for action in needed if not action.startswith("logs:")}
    assert generated <= needed
    assert needed - generated <= invalid | companions
