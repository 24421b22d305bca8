"""Step 2, in Python: readings by day and sensor, with coldest, mean and hottest, as CSV."""

import csv
import json
import sys
from collections import defaultdict
from statistics import fmean

days = defaultdict(list)
for line in sys.stdin:
    if line.strip():
        reading = json.loads(line)
        days[reading["at"][:10], reading["sensor"]].append(reading["celsius"])

out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["day", "sensor", "readings", "coldest", "mean", "hottest"])
for (day, sensor), values in sorted(days.items()):
    out.writerow([day, sensor, len(values), *(f"{value:.1f}" for value in (min(values), fmean(values), max(values)))])
