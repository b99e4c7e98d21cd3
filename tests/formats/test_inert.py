"""Text that nobody should act on: names, descriptions and other halves are shown and do nothing."""

import pytest
import yaml
from formats.samples import CONTROLS, FULL, PEER, bundle, prose
from hypothesis import given
from hypothesis import strategies as st

from iamglue.formats.policies.renderer import DOCUMENT_FORMATS, render_permission_sets
from iamglue.formats.words.safe_text import counterpart_comment
from iamglue.model.permission_set import CounterpartPolicy
from iamglue.output_escaping import escape_to_one_line


@pytest.mark.parametrize("format", sorted(DOCUMENT_FORMATS))
def test_another_half_is_shown_labelled_and_commented_out(format):
    with_peer = render_permission_sets([FULL], format).splitlines()
    without = render_permission_sets(
        [bundle("exif-extractor", **_parts_of(FULL), counterparts=())], format
    ).splitlines()
    added = [line.strip() for line in with_peer if line not in without]
    assert added[0] == r"# Counterpart policy, for the role\nof the schedule:"
    assert any("arn:aws:s3:::peer" in line for line in added)
    assert all(line.startswith("#") for line in added)


def _parts_of(found):
    return {
        "policies": found.policies,
        "invoke_permissions": found.invoke_permissions,
        "description": found.description,
    }


@given(prose(CONTROLS))
def test_every_line_of_another_half_is_a_comment(where):
    written = counterpart_comment(CounterpartPolicy(where, PEER.policy))
    assert all(line.startswith("# ") for line in written.splitlines())
    assert yaml.safe_load(written) is None


@given(st.text())
def test_one_line_is_one_line(text):
    assert len(f"x{escape_to_one_line(text)}x".splitlines()) == 1


@pytest.mark.parametrize("format", ["cloudformation", "sam", "terraform", "aws-cli"])
def test_a_function_named_like_a_directive_adds_no_line(format):
    plain = render_permission_sets([bundle("abc", role_name="r", policies=())], format).splitlines()
    hostile = render_permission_sets(
        [bundle("a\nb\u2028c\rshellcheck disable=all", role_name="r", policies=())], format
    ).splitlines()
    assert len(hostile) == len(plain)
