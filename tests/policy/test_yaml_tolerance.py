"""What PyYAML, the scanner of SAM's and CloudFormation's tools, accepts, we read as it does."""

from __future__ import annotations

import pytest
import yaml

from iamglue.policy.source.nodes import NodeKind
from iamglue.policy.source.yaml_reader import read_yaml_documents

TEXTS = {
    "a block after a line of blanks": "a: |\n \n  text\n",
    "a block after several lines of blanks": "a: |\n\n  \n \n  text\n  more\nb: 1\n",
    "a folded block after a line of blanks": "a: >-\n \n  text\n  more\n",
    "a tab in a block": "a: |\n  x\n  \ty\nb: 1\n",
    "the end of a document": "a: 1\n...\n",
    "an indicator of the indentation": "a: |2\n    x\n",
    "lines at the end that are kept": "a: |+\n  x\n\n\nb: 1\n",
    "a directive": "%YAML 1.1\n---\na: 1\n",
    "a quoted text of several lines": "a: 'x\n\n  y'\n",
    "an explicit key": "? a\n: b\n",
    "line ends of Windows": "a: |\r\n  x\r\n  y\r\nb: 1\r\n",
}


def plain(node):
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    return {plain(key): plain(value) for key, value in node.value}


def ours(node):
    if node.kind is NodeKind.MAP:
        return {key.text: ours(value) for key, value in node.pairs}
    return [ours(item) for item in node.items] if node.kind is NodeKind.LIST else node.text


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_as_pyyaml_reads_it(name):
    (document,) = read_yaml_documents(TEXTS[name], "f.yaml").documents
    assert ours(document) == plain(yaml.compose(TEXTS[name], Loader=yaml.SafeLoader))


@pytest.mark.parametrize("text", ["a: |\n      \n  text\nb: 1\n", "a: |\n text\nmore\n"])
def test_a_block_that_pyyaml_refuses_is_refused(text):
    with pytest.raises(yaml.YAMLError):
        yaml.compose(text, Loader=yaml.SafeLoader)
    with pytest.raises(Exception, match="malformed YAML"):
        read_yaml_documents(text, "f.yaml")
