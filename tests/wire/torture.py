"""`make torture`: the whole crash matrix of a day and of a quiz, then the soak; goes on after failures and sums up."""

import argparse
import sys
import time
from collections.abc import Sequence

from tests.wire import matrix, soak


def main(argv: Sequence[str] | None = None) -> int:
    """Run both, or the one asked for; gives the exit code."""
    parser = argparse.ArgumentParser(prog="make torture ARGS=…", description=__doc__)
    parser.add_argument("--only", choices=("matrix", "soak"), help="run just this one")
    parser.add_argument("--doubles", type=int, default=3, help="how many second kills to try after each first one")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10_000, help="of the soak")
    parser.add_argument("--minutes", type=float, default=10.0, help="of the soak, in real time")
    args = parser.parse_args(argv)
    codes = {}
    if args.only != "soak":
        codes["matrix of a day"] = matrix.main(["--doubles", str(args.doubles)])
        # Its questions are those of a day: second kills would find the same once more.
        codes["matrix of a quiz"] = matrix.main(["--life", "quiz", "--doubles", "0"])
    if args.only != "matrix":
        codes["soak"] = soak.main(["--seed", str(args.seed), "--minutes", str(args.minutes)])
    for name, code in codes.items():
        print(f"{name}: {'failed, see above' if code else 'all is well'}")  # noqa: T201 - the command's output
    return max(codes.values())


if __name__ == "__main__":
    sys.exit(main())
