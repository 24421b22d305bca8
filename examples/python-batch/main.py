"""Answers questions about visits to a site: a table in, SQL in the middle, a small report out.

What comes on standard input is loaded into SQLite in memory. Without input the sample beside this file is used.
"""

import argparse
import csv
import json
import sqlite3
import sys
from pathlib import Path

REPORTS = {
    "pages": "SELECT page, count(*) AS visits, sum(seconds) AS seconds FROM visits GROUP BY page ORDER BY seconds DESC, page",
    "visitors": "SELECT visitor, count(*) AS pages, max(seconds) AS longest FROM visits GROUP BY visitor ORDER BY pages DESC, visitor",
    "left": "SELECT visitor FROM visits GROUP BY visitor HAVING count(*) = 1 AND max(seconds) < 5 ORDER BY visitor",
}


def load(text):
    """A database with the table `visits`; lines that are not whole are told in the log and left out."""
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    database.execute("CREATE TABLE visits (visitor TEXT NOT NULL, page TEXT NOT NULL, seconds INTEGER NOT NULL)")
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            database.execute("INSERT INTO visits VALUES (?, ?, ?)", (row["visitor"], row["page"], int(row["seconds"])))
        except (KeyError, TypeError, ValueError, sqlite3.Error) as reason:
            print(f"line {number} left out: {reason!r}", file=sys.stderr)
    return database


def main():
    parser = argparse.ArgumentParser(prog="visits")
    parser.add_argument("report", nargs="?", choices=sorted(REPORTS), default="pages")
    parser.add_argument("--top", type=int, default=10, help="how many rows at most")
    wish = parser.parse_args()
    text = sys.stdin.read() or Path(__file__).with_name("data").joinpath("visits.csv").read_text()
    rows = load(text).execute(f"{REPORTS[wish.report]} LIMIT ?", (wish.top,)).fetchall()
    json.dump({"report": wish.report, "rows": [dict(row) for row in rows]}, sys.stdout, ensure_ascii=False, indent=2)
    print()


main()
