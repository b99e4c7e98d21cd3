"""The names of the files of a Terraform or OpenTofu configuration.

https://developer.hashicorp.com/terraform/language/files and https://opentofu.org/docs/language/files/
"""

from __future__ import annotations

from iamglue.policy.file_kinds import TERRAFORM_SUFFIXES

CONFIGURATION_SUFFIXES = TERRAFORM_SUFFIXES


def is_configuration_path(path: str) -> bool:
    """Whether a path has the name of a configuration file."""
    return path.endswith(CONFIGURATION_SUFFIXES)


def is_automatic_values_path(path: str) -> bool:
    """Whether Terraform reads a file of values by itself, without `-var-file`.

    https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files
    """
    name = path.rpartition("/")[2]
    return name in ("terraform.tfvars", "terraform.tfvars.json") or ".auto.tfvars" in name
