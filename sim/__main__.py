"""``python -m sim`` does what the command ``jobbtorg`` does."""

import sys

if __name__ == "__main__":
    try:
        from sim.cli import main
    except ModuleNotFoundError as missing:
        if (missing.name or "sim").split(".")[0] == "sim":
            raise
        # The words' own packages may be what is missing, so this one sentence stands here.
        sys.exit(
            f"The package {missing.name} is not installed for this Python ({sys.executable}). "
            "`make test` sets everything up; by hand: python -m pip install -c constraints.txt -e ."
        )
    main()
