"""Lines and columns are the same whether a few places are asked for or many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iamglue.policy.source.source_text import SourceText


@given(st.text(st.sampled_from("ab\n")), st.lists(st.integers(0, 40), max_size=60))
def test_a_place_is_the_same_in_whatever_order_places_are_asked_for(text, offsets):
    origin = SourceText("p.json", text)
    for offset in (min(each, len(text)) for each in offsets):
        before = text[:offset].split("\n")
        assert origin.line_and_column(offset) == (len(before), len(before[-1]) + 1)
