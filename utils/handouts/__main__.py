"""``python -m utils.handouts [lesson ...] [--out DIR]``."""

import sys

from utils.handouts.build import main

if __name__ == "__main__":
    sys.exit(main())
