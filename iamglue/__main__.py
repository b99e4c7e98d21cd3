"""`python -m iamglue`: the same program as the `iamglue` script."""

from __future__ import annotations

from iamglue.cli.main import main

if __name__ == "__main__":
    main(prog_name="iamglue")
