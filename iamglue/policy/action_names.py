"""How an action is written, `service:Name`, as parts of regular expressions.

Names have letters and digits, and one a hyphen, `vpc-lattice:AssociateViaAWSService-EventsAndStates`:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonvpclattice.html
"""

from __future__ import annotations

SERVICE_PREFIX = "[A-Za-z0-9-]+"
ACTION_NAME = "[A-Za-z0-9-]+"
ACTION_NAME_PATTERN = "[A-Za-z0-9*?-]+"
