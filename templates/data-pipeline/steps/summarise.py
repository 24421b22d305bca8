"""Step 2: from rows to totals."""

from collections import defaultdict
from decimal import Decimal


def summarise(rows):
    """Gives the total, and the totals by month and by product, the largest first."""
    months, products = defaultdict(Decimal), defaultdict(Decimal)
    for row in rows:
        value = row["amount"] * row["price"]
        months[row["day"].strftime("%Y-%m")] += value
        products[row["product"]] += value
    ranked = sorted(products.items(), key=lambda item: (-item[1], item[0]))
    return {
        "total": money(sum(products.values(), Decimal())),
        "months": {month: money(value) for month, value in sorted(months.items())},
        "products": {product: money(value) for product, value in ranked},
    }


def money(value):
    """Text, because a JSON number would lose digits."""
    return f"{value:.2f}"
