"""Cleans a table of sales and sums it up. What it prints is the output of the run."""

import json
import sys
from pathlib import Path

from steps.clean import clean
from steps.summarise import summarise

# The data given with --stdin, or else the sample that lies beside this file.
text = sys.stdin.read() or Path(__file__).with_name("data").joinpath("sales.csv").read_text("utf-8")

rows, refused = clean(text)
for line, reason in refused:
    # Standard error goes to the log: `dsdn logs` shows it.
    print(f"line {line} left out: {reason}", file=sys.stderr)

json.dump({"rows": len(rows), "refused": len(refused), **summarise(rows)}, sys.stdout, ensure_ascii=False, indent=2)
print()

# Nothing to work on is a failure, so that a schedule or a script that waits notices it.
sys.exit(0 if rows else 1)
