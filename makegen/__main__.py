"""python -m makegen: the command proof-makefile."""

import sys

from makegen.cli import main

sys.exit(main())
