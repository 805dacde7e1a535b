#!/usr/bin/env python3
"""Compares a CSV file with the spreadsheet that LibreOffice made of it: compare.py FILE.csv FILE.fods.

Each cell must have the same content. Numbers of refunds, orders and payments must be texts, amounts and
counts must be numbers, and no cell may be a formula."""

import csv
import sys
import xml.etree.ElementTree as xml
from decimal import Decimal

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"

NUMBERS = {
    "amount_minor", "amount", "count", "currency_exponent", "delivery_count", "event_count", "last_seq",
    "body_bytes", "response_status",
}


def cells(row):
    """Returns the type, the content and the formula of each cell of a row."""
    for cell in row.iter(f"{TABLE}table-cell"):
        kind = cell.get(f"{OFFICE}value-type")
        text = "\n".join("".join(it.itertext()) for it in cell.findall(f"{TEXT}p"))
        content = cell.get(f"{OFFICE}value") if kind == "float" else text
        for _ in range(int(cell.get(f"{TABLE}number-columns-repeated", "1"))):
            yield kind, content, cell.get(f"{TABLE}formula")


def differences(expected, sheet):
    """Yields what differs."""
    names = expected[0]
    rows = [list(cells(row)) for row in sheet.iter(f"{TABLE}table-row")]
    for line, wanted in enumerate(expected):
        found = rows[line] + [(None, "", None)] * len(wanted)
        for name, want, (kind, content, formula) in zip(names, wanted, found):
            place = f"line {line + 1}, {name}"
            if formula is not None:
                yield f"{place}: a formula: {formula}"
            if line > 0 and name in NUMBERS and want:
                if kind != "float" or Decimal(content) != Decimal(want):
                    yield f"{place}: expected the number {want}, found {kind} {content!r}"
            elif kind not in (None, "string") or (content or "") != want:
                yield f"{place}: expected the text {want!r}, found {kind} {content!r}"


def main():
    ours, theirs = sys.argv[1:]
    with open(ours, encoding="utf-8-sig", newline="") as file:
        expected = list(csv.reader(file, strict=True))
    found = list(differences(expected, xml.parse(theirs).getroot()))
    print("\n".join(found) or f"{ours}: {len(expected)} lines are the same in the spreadsheet")
    sys.exit(bool(found) or len(expected) < 2)


main()
