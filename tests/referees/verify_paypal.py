"""Feeds the notifications that `simulate.py` made to PayPal's Python SDK. `verify` runs it."""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from paypal_sdk import believes, read_certificate

FOLDER = Path(sys.argv[1])
WEBHOOK = "8PT597110X687430L"


def certificate():
    """Returns a certificate of the key that signed, because the SDK takes no bare key."""
    key = load_pem_private_key((FOLDER / "private.pem").read_bytes(), None)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "throw-away.paypal.com")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(),
                                   datetime(2026, 1, 1), datetime(2026, 1, 1) + timedelta(days=1))
    return read_certificate(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode())


def main():
    failed, pinned = False, certificate()
    made = json.loads((FOLDER / "notifications.json").read_text(encoding="utf-8"))["made"]
    made = [one for one in made if one["provider"] == "paypal"]
    assert made, "simulate.py made none of PayPal's"
    for one in made:
        believed = believes(dict(one["headers"]), one["body"], WEBHOOK, pinned)
        good = believed is one["good"]
        failed = failed or not good
        verdict = "believed" if believed else "refused"
        print(f"{'ok' if good else 'FAILED'}  paypalrestsdk: {one['name']}: {verdict}")
    return failed


sys.exit(main())
