"""How long it takes to shrink every AWS managed policy that is over the size limit, and by how much: `make bench`."""

from __future__ import annotations

import json
import sys
import time

from moto.iam.aws_managed_policies import aws_managed_policies_data

from iamglue.catalog.limits import MANAGED_POLICY_SIZE
from iamglue.engine.compact.compaction import compact_policy, deduplicate_policy
from iamglue.policy.document import policy_size, read_policy
from iamglue.policy.model import Policy

# A person waits for one policy.
MOST_SECONDS = 15


def oversized() -> dict[str, Policy]:
    """The managed policies over the limit that holds for customers' policies, by name."""
    known = json.loads(aws_managed_policies_data)
    policies = {name: read_policy(json.dumps(policy["Document"]), f"{name}.json") for name, policy in known.items()}
    return {name: policy for name, policy in policies.items() if policy_size(policy) > MANAGED_POLICY_SIZE}


def main() -> int:
    """Print the sum of sizes and the slowest policies; 1 when one takes too long."""
    rows = []
    for name, policy in oversized().items():
        begin = time.perf_counter()
        compacted = compact_policy(policy, MANAGED_POLICY_SIZE)
        seconds = time.perf_counter() - begin
        rows.append(
            (seconds, name, policy_size(policy), policy_size(deduplicate_policy(policy)), policy_size(compacted))
        )
    rows.sort(reverse=True)
    for seconds, name, before, tidy, after in rows[:5]:
        print(f"{seconds:6.2f} s  {before:>7,} -> {tidy:>7,} -> {after:>7,}  {name}")  # noqa: T201 - it prints
    before, tidy, after = (sum(row[at] for row in rows) for at in (2, 3, 4))
    fit = sum(row[4] <= MANAGED_POLICY_SIZE for row in rows)
    print(f"{len(rows)} policies: {before:,} -> tidied {tidy:,} -> {after:,} characters; {fit} fit")  # noqa: T201
    holds = rows[0][0] <= MOST_SECONDS
    print(f"{'ok  ' if holds else 'FAIL'} no policy takes more than {MOST_SECONDS} s")  # noqa: T201
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
