"""Names of a document's parts."""

import re

from formats.samples import texts
from hypothesis import given
from hypothesis import strategies as st

from iamglue.formats.policies.names import logical_ids, terraform_identifiers, unused_name

NAMES = st.lists(texts() | st.text("aA1-_. ", max_size=5), max_size=6, unique=True)


@given(NAMES)
def test_logical_ids_are_letters_and_digits_and_all_different(functions):
    ids = logical_ids(functions)
    assert len(set(ids)) == len(functions)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", each) for each in ids)


@given(NAMES)
def test_identifiers_are_terraform_identifiers_and_all_different(functions):
    ids = terraform_identifiers(functions)
    assert len(set(ids)) == len(functions)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", each) for each in ids)


def test_parts_of_different_functions_never_share_a_name():
    suffixes = ["Role", "Policy1", "Permission1", "Permission11", "Function", "CodeKey", "Handler", "Runtime"]
    ids = logical_ids(["a", "a-role", "a-permission", "a-permission1", "a-policy-1", "a1", "A!", "A"])
    parts = [f"{each}{suffix}" for each in ids for suffix in suffixes]
    assert len(set(parts)) == len(parts)


def test_a_name_that_a_parameter_has_is_left_to_it():
    assert logical_ids(["exif"], {"ExifRole"}) == ["Exif2"]
    assert logical_ids(["exif"], {"ExifBucket"}) == ["Exif"]
    assert unused_name("CodeBucket", {"CodeBucket"}) == "CodeBucket2"
