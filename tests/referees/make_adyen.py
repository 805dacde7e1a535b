"""Notifications whose items Adyen's Python library signs. `make` runs it."""

import json

from Adyen.util import generate_notification_sig, is_valid_hmac_notification

import made_file
from made_file import accepted, refused, write

KEY = "3A17D6C1B20F4E5D8C9B0A1F2E3D4C5B6A79880716253443526170FEDCBA9801"
FINGERPRINT = "d1c52368f006"
ITEM = {
    "amount": {"currency": "HKD", "value": 8850},
    "eventCode": "REFUND",
    "eventDate": "2026-01-01T01:00:00+01:00",
    "merchantAccountCode": "ShopHK",
    "merchantReference": "order:\\1001",
    "originalReference": "9913140798220028",
    "paymentMethod": "visa",
    "pspReference": "PSP-PY-1",
    "reason": "",
    "success": "true",
}
EVENT = {
    "merchant_refund_id": "PSP-PY-1",
    "provider_payment_id": "9913140798220028",
    "merchant_order_id": "order:\\1001",
    "sub_merchant": "ShopHK",
    "amount_minor": 8850,
    "currency": "HKD",
    "authenticity": "verified",
    "status": "succeeded",
    "completed_at": "2026-01-01T00:00:00Z",
}


def signed(members):
    signature = generate_notification_sig(members, KEY).decode()
    return members | {"additionalData": {"hmacSignature": signature}}


def make(name, about, items, expected, believed):
    """Writes a notification that the library believes, or not."""
    notification = {"live": "false", "notificationItems": [
        {"NotificationRequestItem": item} for item in items]}
    assert is_valid_hmac_notification(notification, KEY) is believed, name
    account = {"provider": "adyen", "hmac_keys": [KEY], "live": False,
               "merchant_accounts": ["ShopHK"]}
    headers = [("Content-Type", "application/json")]
    write(f"adyen_python_{name}", about, account, "/notify/adyen/shop-adyen", headers,
          json.dumps(notification), "2026-01-01T00:00:01Z", expected, made_file.ADYEN)


def recorded(**event):
    return accepted(FINGERPRINT, "members", EVENT | event)


failed = {"status": "failed", "provider_status": "REFUND_FAILED"}
altered = signed(ITEM) | {"amount": {"currency": "HKD", "value": 9850}}
make("succeeded", "Signed and believed by Adyen's Python library.", [signed(ITEM)], recorded(), True)
make("failed", "A refund that failed later.", [signed(ITEM | {"eventCode": "REFUND_FAILED"})],
     recorded(**failed), True)
make("altered", "Altered after it was signed.", [altered], refused("signature_mismatch"), False)
make("second_item_altered", "The library looks at the first item only.", [signed(ITEM), altered],
     refused("signature_mismatch"), True)
make("boolean_success", "The library signs `True`, which Adyen never does.",
     [signed(ITEM | {"success": True})], refused("unsupported_value"), True)
