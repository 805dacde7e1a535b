"""Refund notifications that PayPal's Python SDK verifies. `make` runs it.

The SDK only verifies. `cryptography` signs, and the SDK must believe what this service believes.
The bodies have the members of what PayPal's simulator sends, with other values.
"""

import json
import sys
import zlib
from base64 import b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from made_file import KEYS, PAYPAL, accepted, private_key, refused, write
from paypal_sdk import believes, read_certificate

sys.path.append(str(KEYS.parent))
from paypal.forgery import with_crc32

CERTIFICATE = (KEYS / "paypal_old_certificate.pem").read_text(encoding="utf-8")
CERTIFICATE = CERTIFICATE[CERTIFICATE.index("-----BEGIN"):]
CERTIFICATE_ID = "CERT-360caa42-fca2a594-5a0e1b2c"
WEBHOOK, TIME = "8PT597110X687430L", "2026-01-01T00:00:00Z"
ACCOUNT = {"provider": "paypal", "environment": "live", "webhook_ids": [WEBHOOK],
           "certificates": [{"id": CERTIFICATE_ID, "pem": CERTIFICATE}]}
API = "https://api.paypal.com"
EVENT_ID = "WH-7AB12345CD678901E-2FG34567HJ890123K"


def money(value):
    return {"currency_code": "USD", "value": value}


def link(href, rel, method="GET"):
    return {"href": f"{API}{href}", "rel": rel, "method": method}


def body_of(event_type, amount, **more):
    refund, events = "5TR12345AB678901C", f"/v1/notifications/webhooks-events/{EVENT_ID}"
    event = {
        "id": EVENT_ID, "event_version": "1.0", "create_time": "2025-12-31T23:59:59.543Z",
        "resource_type": "refund", "resource_version": "2.0", "event_type": event_type,
        "summary": f"A $ {amount} USD capture payment was refunded",
        "resource": {
            "id": refund, "amount": money(amount),
            "seller_payable_breakdown": {
                "gross_amount": money(amount), "paypal_fee": money("0.30"),
                "net_amount": money("7.70"), "total_refunded_amount": money("16.00")},
            "status": "COMPLETED", "create_time": "2025-12-31T15:59:50-08:00",
            "update_time": "2025-12-31T15:59:58-08:00",
            "links": [link(f"/v2/payments/refunds/{refund}", "self"),
                      link("/v2/payments/captures/8CP12345DE678901F", "up")],
            **more},
        "links": [link(events, "self"), link(f"{events}/resend", "resend", "POST")],
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def signed(body, transmission_id, webhook_id=WEBHOOK):
    text = f"{transmission_id}|{TIME}|{webhook_id}|{zlib.crc32(body.encode())}"
    key = private_key("paypal_old")
    signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return [
        ["content-type", "application/json"],
        ["paypal-transmission-id", transmission_id],
        ["paypal-transmission-time", TIME],
        ["paypal-transmission-sig", b64encode(signature).decode()],
        ["paypal-cert-url", f"{API}/v1/notifications/certs/{CERTIFICATE_ID}"],
        ["paypal-auth-algo", "SHA256withRSA"],
    ]


def case(name, about, body, headers, expected, **settings):
    """Writes a case, after the SDK has judged it in the same way."""
    good = expected["verdict"] != "refused"
    believed = believes(dict(headers), body, WEBHOOK, read_certificate(CERTIFICATE))
    assert believed is good, f"{name}: paypalrestsdk says {believed}"
    write(f"paypal_python_{name}", about, ACCOUNT | settings, "/notify/paypal/shop-paypal",
          headers, body, "2026-01-01T00:00:01Z", expected, PAYPAL)


def event(**members):
    return accepted(CERTIFICATE_ID, "headers_and_checksum", {
        "merchant_refund_id": "5TR12345AB678901C", "status": "succeeded",
        "authenticity": "checksum", "provider_payment_id": "8CP12345DE678901F", "currency": "USD",
        "order_refunded_minor": 1600, "fee_refunded_minor": 30, **members})


def main():
    body = body_of("PAYMENT.CAPTURE.REFUNDED", "8.00")
    headers = signed(body, "6b1f2c40-e6a1-11f0-9c5d-157053fd3e43")
    case("refunded", "A refund that paypalrestsdk accepts.", body, headers,
         event(amount_minor=800, flags=[]))
    reversed_body = body_of("PAYMENT.CAPTURE.REVERSED", "8.00", note_to_payer="Payment reversed")
    case("reversed", "A reversal that paypalrestsdk accepts.", reversed_body,
         signed(reversed_body, "6d5a9e10-e6a1-11f0-9c5d-157053fd3e43"),
         event(amount_minor=800, flags=["reversal"]), reversals="refund")
    case("altered", "The amount was altered: paypalrestsdk refuses it.",
         body.replace('"8.00"', '"9.00"', 1), headers, refused("signature_mismatch"))
    case("other_webhook", "Signed for another webhook: paypalrestsdk refuses it.", body,
         signed(body, "6f02b7d0-e6a1-11f0-9c5d-157053fd3e43", "4JH86294D6297924G"),
         refused("signature_mismatch"))
    forged = body_of("PAYMENT.CAPTURE.REFUNDED", "800.00").encode()
    forged = with_crc32(forged, zlib.crc32(body.encode())).decode()
    case("crc_forged", "Another amount under the headers of the first: paypalrestsdk accepts it.",
         forged, headers, event(amount_minor=80000, flags=["unusual_white_space"]))


main()
