"""Positions of the protocol: compared with Python's own encoders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from support.editor import utf16_offset

from iamglue.language_server.text_positions import TextPositions

TEXTS = st.text(st.sampled_from("ab😀é\u2028\u4e16\r\n"), max_size=40)
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@given(TEXTS, st.sampled_from(sorted(CODECS)), st.data())
def test_the_position_of_an_offset_is_counted_in_code_units(text, encoding, data):
    offset = data.draw(st.integers(0, len(text)))
    if text[offset - 1 : offset + 1] == "\r\n":
        offset -= 1  # within a line end is its start
    line, character = TextPositions(text, encoding).position(offset)
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    codec, size = CODECS[encoding]
    assert line == before.count("\n")
    assert character == len(before.rpartition("\n")[2].encode(codec)) // size


@given(TEXTS, st.sampled_from(sorted(CODECS)))
def test_the_offset_of_a_position_is_the_one_that_has_it(text, encoding):
    positions = TextPositions(text, encoding)
    for offset in range(len(text) + 1):
        back = positions.offset(*positions.position(offset))
        assert back == (offset - 1 if text[offset - 1 : offset + 1] == "\r\n" and offset else offset)


@given(TEXTS, st.data())
def test_utf_16_is_counted_as_the_editor_of_these_tests_counts(text, data):
    offset = data.draw(st.integers(0, len(text)))
    position = types.Position(*TextPositions(text).position(offset))
    assert TextPositions(text).offset(position.line, position.character) == utf16_offset(text, position)


@pytest.mark.parametrize(("line", "character", "offset"), [(0, 99, 2), (9, 0, 5), (1, 99, 5)])
def test_a_position_after_the_end_is_the_end(line, character, offset):
    assert TextPositions("ab\ncd").offset(line, character) == offset
