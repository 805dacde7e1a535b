"""PayPal's own verifier. It takes a certificate object, so nothing goes over the network."""

import contextlib
import io

from OpenSSL import crypto
from paypalrestsdk.notifications import WebhookEvent


def believes(headers, body, webhook_id, certificate):
    """Returns whether the SDK accepts the signature. It takes the body as text."""
    with contextlib.redirect_stdout(io.StringIO()):  # it prints why it refuses
        return WebhookEvent._verify_signature(
            headers["paypal-transmission-id"], headers["paypal-transmission-time"], webhook_id,
            body, certificate, headers["paypal-transmission-sig"], "sha256WithRSAEncryption")


def read_certificate(pem):
    return crypto.load_certificate(crypto.FILETYPE_PEM, pem.encode())
