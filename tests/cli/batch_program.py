"""The program that tests of batches start and kill: `jobbtorg batch`, writing below a folder of its own."""

import signal
import sys
from pathlib import Path

from sim import places
from sim.cli.entry import status_of


def main(outputs: str, *arguments: str) -> int:
    """Make the reports of a file below `outputs`, two at a time."""
    # whoever runs the tests in the background may have switched Ctrl-C off, for the programs they start too
    signal.signal(signal.SIGINT, signal.default_int_handler)
    places.OUTPUTS = Path(outputs)
    return status_of(["batch", *arguments, "--at-a-time", "2", "--language", "en"])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
