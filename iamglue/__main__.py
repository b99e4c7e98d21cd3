"""`python -m iamglue`: the same program as the `iamglue` script."""

from __future__ import annotations

from iamglue.cli.entry_point import main

if __name__ == "__main__":
    main()
