"""How long property tests search: bounded by default, for hours with HYPOTHESIS_PROFILE=nightly (`make fuzz`)."""

import os

from hypothesis import settings

# No deadlines: what a test takes depends on what else the machine does.
settings.register_profile("default", deadline=None, print_blob=True)
settings.register_profile("nightly", settings.get_profile("default"), max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
