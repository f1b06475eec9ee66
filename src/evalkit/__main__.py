"""`evalkit` and `python -m evalkit`: Ctrl-C while everything is imported is no traceback either."""

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Import the command and run it."""
    gc.set_threshold(50_000)  # imports make many objects and no garbage
    try:
        from evalkit import cli
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        raise SystemExit(130) from None
    cli.main()


if __name__ == "__main__":
    main()
