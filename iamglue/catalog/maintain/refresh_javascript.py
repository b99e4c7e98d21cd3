"""For maintainers: writes `data/javascript_clients.tsv`, the names that the SDKs for JavaScript give to services.

`python -m iamglue.catalog.maintain.refresh_javascript METADATA`, where METADATA is apis/metadata.json of the npm
package aws-sdk 2: https://github.com/aws/aws-sdk-js/blob/master/apis/metadata.json
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

_TABLE = Path(__file__).parents[1] / "data" / "javascript_clients.tsv"
_HEAD = """\
# What the SDKs for JavaScript call the boto3 clients: the packages of v3 (`@aws-sdk/` is left out), which are named
# after service IDs, and the constructors of v2. By `python -m iamglue.catalog.maintain.refresh_javascript`.
name	client	source
"""
# Its service ID in the SDK v3 is "CloudWatch Events", though it is the API of EventBridge.
_OTHER_PACKAGES = {"client-cloudwatch-events": "events"}
_PACKAGES_PAGE = "https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/cloudwatch-events/"
_CONSTRUCTORS_PAGE = "https://docs.aws.amazon.com/AWSJavaScriptSDK/latest/index.html"


def javascript_client_rows(constructors: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """The rows of the table; `constructors` is the document apis/metadata.json of the SDK v2."""
    loader = Loader()
    metadata = {
        client: dict(loader.load_service_model(client, "service-2")["metadata"])
        for client in sorted(loader.list_available_services("service-2"), reverse=True)
    }
    packages = {f"client-{row['serviceId'].lower().replace(' ', '-')}": client for client, row in metadata.items()}
    names = {name: client for key, row in constructors.items() for client, name in _client(key, row, metadata)}
    return sorted(
        [
            *((package, client, "serviceId in botocore") for package, client in packages.items()),
            *((package, client, _PACKAGES_PAGE) for package, client in _OTHER_PACKAGES.items()),
            *((name, client, _CONSTRUCTORS_PAGE) for name, client in names.items()),
        ]
    )


def _client(key: str, row: Mapping[str, Any], metadata: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """The client of a constructor of v2: that of its service ID, of its prefix, or of its endpoint."""
    name, prefix = row["name"], row.get("prefix", key)
    by_id = [
        client for client, described in metadata.items() if _normalize_id(described["serviceId"]) == _normalize_id(name)
    ]
    by_name = [client for client in (prefix, _RENAMED.get(name, "")) if client in metadata]
    by_endpoint = [client for client, described in metadata.items() if described["endpointPrefix"] == prefix]
    clients = by_name or by_id or by_endpoint
    if clients:
        yield clients[0], name


_RENAMED = {"ELB": "elb", "ELBv2": "elbv2"}


def _normalize_id(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(prog="python -m iamglue.catalog.maintain.refresh_javascript", description=__doc__)
    parser.add_argument("metadata", type=Path)
    constructors = json.loads(parser.parse_args().metadata.read_text(encoding="utf-8"))
    lines = ["\t".join(row) for row in javascript_client_rows(constructors)]
    _TABLE.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
