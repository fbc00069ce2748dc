"""python -m checker.workers.manager is proof-workmgr."""

import sys

from checker.workers.manager.cli import main

if __name__ == "__main__":
    sys.exit(main())
