"""What `Ref` and `Fn::GetAtt` of CloudFormation resources return: names, IDs, URLs and ARNs.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER, PARTITION_PARAMETER, REGION_PARAMETER


@dataclass(frozen=True, slots=True)
class ReturnValues:
    """The return values of a resource type.

    `name_property` is the property that names a resource, empty if AWS always generates its name or ID. `ref` is what
    `Ref` returns: "name", "id", "url" or "arn". `arn` has `{}` for the name or ID, `{id}` for an ID that AWS generates
    beside the name, and `{path}` for the property Path; it is empty if the ARN has more parts. `attributes` have the
    ARN as their value. `name_attribute` has the name, if `Ref` returns another value.
    """

    name_property: str
    ref: str
    arn: str
    attributes: tuple[str, ...]
    name_attribute: str

    @property
    def ref_is_arn(self) -> bool:
        """Whether `Ref` returns the ARN."""
        return self.ref == "arn"


def find_return_values(kind: str) -> ReturnValues | None:
    """The return values of a resource type (`AWS::S3::Bucket`); None if they are not in the table."""
    return _values_by_type().get(kind)


@cache
def _values_by_type() -> dict[str, ReturnValues]:
    """The return values of each resource type of the table."""
    return {
        row["type"]: ReturnValues(
            row["name"], row["ref"], _full_arn(row["arn"]), tuple(row["attributes"].split()), row["name_attribute"]
        )
        for row in table_rows("return_values")
    }


def _full_arn(arn: str) -> str:
    """An ARN of the table, which begins with the service, with CloudFormation's pseudo parameters; "" for ""."""
    if not arn:
        return ""
    arn = arn.replace("${Region}", REGION_PARAMETER).replace("${Account}", ACCOUNT_PARAMETER)
    return f"arn:{PARTITION_PARAMETER}:{arn}"
