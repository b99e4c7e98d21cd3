"""The samples are bundles as `generate` makes them: what they mention, they declare."""

import pytest
from formats import samples
from hypothesis import find, settings
from hypothesis.errors import NoSuchExample

from iamglue.policy.patterns.variables import deployment_parameter_names

SEARCH = settings(max_examples=500, database=None)


@pytest.fixture
def few_pieces(monkeypatch):
    # "${", "a" and "}" once met among all the others, and `var.a` was nowhere declared.
    monkeypatch.setattr(samples, "PIECES", ["${", "a", "}"])


@pytest.mark.usefixtures("few_pieces")
def test_no_text_mentions_a_parameter_that_is_not_declared():
    with pytest.raises(NoSuchExample):
        find(samples.texts(), deployment_parameter_names, settings=SEARCH)


@pytest.mark.usefixtures("few_pieces")
def test_prose_may_look_like_a_parameter():
    assert find(samples.prose(), deployment_parameter_names, settings=SEARCH) == "${a}"
