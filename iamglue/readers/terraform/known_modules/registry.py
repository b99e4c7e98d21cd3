"""Public modules that are read by their arguments: each has a file that says what the module creates from them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from iamglue.policy.source.nodes import Node
from iamglue.policy.source.source_text import QuotedSourceText, SourceText, Syntax
from iamglue.readers.terraform.hcl_parser import parse_hcl
from iamglue.readers.terraform.hcl_syntax import HclBody
from iamglue.readers.terraform.module_files import ModuleFile

# https://developer.hashicorp.com/terraform/language/modules/sources
_LAMBDA_SOURCE = re.compile(
    r"(?:[\w.-]+/)?terraform-aws-modules/lambda/aws"
    r"|.*\bgithub\.com[/:]terraform-aws-modules/terraform-aws-lambda(?:\.git)?(?:\?.*)?"
)


def known_module_file(source: str, call: Node) -> ModuleFile | None:
    """The file for a module's source, with the location of the block that calls it; None for other modules."""
    if not _LAMBDA_SOURCE.fullmatch(source):
        return None
    text, body = _parsed_file("lambda.tf")
    return ModuleFile(call.path, QuotedSourceText(call.source, text, call.start, call.end, Syntax.HCL), body=body)


@lru_cache
def _parsed_file(name: str) -> tuple[str, HclBody]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return text, parse_hcl(SourceText(name, text, Syntax.HCL))
