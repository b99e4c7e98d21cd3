"""How long property tests search, bounded by default, for hours with HYPOTHESIS_PROFILE=nightly (`make fuzz`)."""

import gc
import os

from hypothesis import settings

# No deadlines: what a test takes depends on what else the machine does. In CI every run draws the same examples, so
# that a change is judged by itself; runs by hand and `make fuzz` look for new ones.
settings.register_profile("default", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.register_profile("nightly", settings.get_profile("default"), max_examples=3000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_finish():
    """Leave what collection made out of garbage collection, which took a third of the longest comparisons' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
