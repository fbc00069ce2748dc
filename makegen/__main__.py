"""python -m makegen: the command proof-makefile."""

import sys

from makegen.cli.main import main

sys.exit(main())
