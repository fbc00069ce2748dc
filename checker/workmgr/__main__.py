"""python -m checker.workmgr is proof-workmgr."""

import sys

from checker.workmgr.cli import main

if __name__ == "__main__":
    sys.exit(main())
