"""Step 1: from text to rows that can be trusted."""

import csv
import io
from datetime import date
from decimal import Decimal, InvalidOperation


def clean(text):
    """Gives the rows that can be used, and the line number and reason of each that cannot."""
    rows, refused, seen = [], [], set()
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    for row in reader:
        try:
            rows.append(check(row, seen))
        except ValueError as error:
            refused.append((reader.line_num, str(error)))
    return rows, refused


def check(row, seen):
    """Gives the row with its values as a date, a number and money."""
    identity = (row.get("id") or "").strip()
    if not identity:
        raise ValueError("it has no id")
    if identity in seen:
        raise ValueError(f"the id {identity} was there before")
    day = date.fromisoformat((row.get("day") or "").strip())
    try:
        amount, price = int(row.get("amount") or ""), Decimal((row.get("price") or "").strip())
    except InvalidOperation:
        raise ValueError("its price is not a number") from None
    if amount <= 0 or not price.is_finite() or price < 0:
        raise ValueError("its amount or price is out of range")
    seen.add(identity)
    product = " ".join((row.get("product") or "").split()).lower()
    return {"id": identity, "day": day, "product": product, "amount": amount, "price": price}
