"""Writes a notification in the form that tests/fixtures/README.md gives."""

import json
from pathlib import Path

from cryptography.hazmat.primitives import serialization

FOLDER = Path(__file__).parent
KEYS = FOLDER.parent / "fixtures" / "generate" / "keys"

WECHATPAY = "application/json", '{"code":"SUCCESS","message":"成功"}', (
    '{"code":"FAIL","message":"signature verification failed"}'
)
WECHATPAY_V2 = "text/xml", *(
    f"<xml><return_code><![CDATA[{code}]]></return_code>"
    f"<return_msg><![CDATA[{message}]]></return_msg></xml>"
    for code, message in (("SUCCESS", "OK"), ("FAIL", "signature verification failed"))
)
ADYEN = "text/plain", "[accepted]", "invalid signature"
ALIPAY = "text/plain", "success", "fail"
ANTOM = "application/json", *(
    '{"result":{"resultCode":"%s","resultStatus":"%s","resultMessage":"%s"}}' % words
    for words in (("SUCCESS", "S", "success"), ("INVALID_SIGNATURE", "F", "invalid signature"))
)
PAYMONGO = "application/json", '{"message":"SUCCESS"}', '{"message":"INVALID SIGNATURE"}'
RAZORPAY = "application/json", '{"status":"ok"}', '{"status":"invalid signature"}'

PAYPAL = "application/json", "{}", '{"error":"invalid signature"}'


def private_key(name):
    return serialization.load_pem_private_key((KEYS / f"{name}.pem").read_bytes(), None)


def private_pem(key, form=serialization.PrivateFormat.PKCS8):
    """Returns the key as PEM without the text that precedes it in the file."""
    encoding = serialization.Encoding.PEM
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def public_pem(key):
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form).decode()


def accepted(key_id, form, event):
    return {
        "verdict": "recorded",
        "reason": None,
        "key_id": key_id,
        "signature_form": form,
        "events": [event],
    }


def refused(reason):
    return {
        "verdict": "refused",
        "reason": reason,
        "key_id": None,
        "signature_form": None,
        "events": [],
    }


def write(name, about, account, path, headers, body, received_at, expected, answers):
    content_type, success, failure = answers
    good = expected["verdict"] != "refused"
    reply = {
        "status": 200 if good else 401,
        "content_type": content_type,
        "body": success if good else failure,
    }
    made = {
        "about": about,
        "account": account,
        "request": {"path": path, "headers": headers, "body": body},
        "received_at": received_at,
        "expected": expected | {"reply": reply},
    }
    text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    (FOLDER / "made" / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"{name}: {about}")
