"""moto's server with those of AWS's managed policies that are named: to load all takes seconds, and again at a reset.

Its arguments are a port and the names of policies.
"""

from __future__ import annotations

import json
import sys

from moto.iam import models
from moto.server import main


def keep_policies(names: list[str]) -> None:
    """Let moto know these policies alone."""
    policies = json.loads(models.aws_managed_policies_data)
    models.aws_managed_policies_data = json.dumps({name: policies[name] for name in names})


if __name__ == "__main__":
    port, *names = sys.argv[1:]
    keep_policies(names)
    main(["-H", "127.0.0.1", "-p", port])
