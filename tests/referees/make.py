"""Refund notifications that Python SDKs sign and encrypt. `make` runs it."""

import hashlib
import hmac
import json
from base64 import b64encode

import razorpay
from alipay import AliPay
from com.alipay.ams.api.tools import signature_tool, webhook_tool
from cryptography import x509
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import PrivateFormat
from wechatpayv3 import WeChatPay, WeChatPayType

import made_file
import paymongo_sdk
from made_file import KEYS, accepted, private_key, private_pem, public_pem, refused, write

RECEIVED = "2026-01-01T00:00:01Z"
SIGNED = 1767225600
V3_KEY = "ThrowAwayApiV3Key-0123456789-abc"
V2_KEY = "ThrowAwayApiV2KeyAbCdEf012345678"
V2_FINGERPRINT = "be2e23bf88e9"


# WeChat Pay v3: wechatpayv3 signs, cryptography encrypts, wechatpayv3 must accept it.


def wechatpay_v3(key_name, key_id):
    """wechatpayv3 in the role of WeChat Pay: the same key signs and verifies."""
    key = private_key(key_name)
    return WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid="1900000109",
        private_key=private_pem(key),
        cert_serial_no="not used",
        appid="wx8888888888888888",
        apiv3_key=V3_KEY,
        public_key=public_pem(key),
        public_key_id=key_id,
    )


def v3_body(event_type, refund, associated_data="refund"):
    nonce = "fdasfjihihih"
    plaintext = json.dumps(refund, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = AESGCM(V3_KEY.encode()).encrypt(nonce.encode(), plaintext, associated_data.encode())
    envelope = {
        "id": "EV-2026010108000012345",
        "create_time": "2026-01-01T08:00:00+08:00",
        "resource_type": "encrypt-resource",
        "event_type": event_type,
        "summary": "退款",
        "resource": {
            "original_type": "refund",
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": b64encode(sealed).decode(),
            "associated_data": associated_data,
            "nonce": nonce,
        },
    }
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))


def v3_refund(status, **others):
    refund = {
        "mchid": "1900000109",
        "transaction_id": "4200000000202601010000000001",
        "out_trade_no": "ORDER-PY-1",
        "refund_id": "50300000012026010100000000001",
        "out_refund_no": "REFUND-PY-1",
        "refund_status": status,
        "user_received_account": "招商银行信用卡0403",
        "amount": {"total": 1000, "refund": 999, "payer_total": 1000, "payer_refund": 999},
    }
    if status == "SUCCESS":
        refund["success_time"] = "2026-01-01T07:59:58+08:00"
    return refund | others


def v3(name, about, body, event, key_name="wechatpay_public", key_id="PUB_KEY_ID_0114", pem=None,
       altered=None, merchant=None):
    sdk = wechatpay_v3(key_name, key_id)
    nonce = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"
    signature = sdk.sign([str(SIGNED), nonce, body])
    headers = {
        "Content-Type": "application/json",
        "Wechatpay-Timestamp": str(SIGNED),
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": key_id,
        "Wechatpay-Signature": signature,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }
    sent = altered(body) if altered else body
    assert sent != body or not altered
    assert bool(sdk.callback(headers, sent)) is not bool(altered), name
    account = {"provider": "wechatpay"}
    account |= merchant or {"mchid": "1900000109"}
    account["api_v3_keys"] = [V3_KEY]
    account["public_keys"] = [{"id": key_id, "pem": pem or public_pem(private_key(key_name))}]
    form = "headers_and_body"
    expected = refused("signature_mismatch") if altered else accepted(key_id, form, event)
    path = "/notify/wechatpay/cn-main"
    write(f"wechatpay_v3_python_{name}", about, account, path, list(headers.items()), sent,
          RECEIVED, expected, made_file.WECHATPAY)


def make_v3():
    event = {
        "merchant_refund_id": "REFUND-PY-1",
        "provider_refund_id": "50300000012026010100000000001",
        "merchant_order_id": "ORDER-PY-1",
        "amount_minor": 999,
        "order_amount_minor": 1000,
        "currency": "CNY",
        "authenticity": "verified",
    }
    succeeded = event | {"status": "succeeded", "completed_at": "2025-12-31T23:59:58Z"}
    success = v3_body("REFUND.SUCCESS", v3_refund("SUCCESS"))
    v3("succeeded", "wechatpayv3's sign, cryptography's AESGCM.", success, succeeded)
    v3("altered", "Altered after wechatpayv3 signed it.", success, {},
       altered=lambda body: body.replace("退款", "付款"))
    v3("no_associated_data", "Sealed over empty associated data.",
       v3_body("REFUND.SUCCESS", v3_refund("SUCCESS"), ""), succeeded)
    v3("closed", "A refund that was closed.", v3_body("REFUND.CLOSED", v3_refund("CLOSED")),
       event | {"status": "canceled"})

    pem = (KEYS / "wechatpay_old_certificate.pem").read_text()
    pem = pem[pem.index("-----BEGIN"):]
    serial = f"{x509.load_pem_x509_certificate(pem.encode()).serial_number:X}"
    v3("certificate", "The key is in a platform certificate, named by its serial number.",
       v3_body("REFUND.ABNORMAL", v3_refund("ABNORMAL")),
       event | {"status": "requires_action"}, "wechatpay_old", serial, pem)

    partner = {"sp_mchid": "1900000100", "sub_mchids": ["1900000109"]}
    refund = v3_refund("SUCCESS", sp_mchid="1900000100", sub_mchid="1900000109")
    del refund["mchid"]
    v3("partner", "To a service provider.", v3_body("REFUND.SUCCESS", refund), succeeded,
       merchant=partner)


# WeChat Pay v2: cryptography's AES-ECB and PKCS#7.


def v2(name, about, remainder, status, event):
    """Writes a v2 case. `remainder` is the number of plaintext bytes in the last block."""
    members = {
        "out_refund_no": "REFUND-PY-2",
        "out_trade_no": "ORDER-PY-2",
        "refund_account": "REFUND_SOURCE_RECHARGE_FUNDS",
        "refund_fee": "999",
        "refund_id": "50300000012026010100000000002",
        "refund_recv_accout": "支付用户零钱",
        "refund_request_source": "VENDOR_PLATFORM",
        "refund_status": status,
        "settlement_refund_fee": "999",
        "settlement_total_fee": "1000",
        "success_time": "2026-01-01 07:59:58",
        "total_fee": "1000",
        "transaction_id": "4200000000202601010000000002",
    }
    inner = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in members.items())
    spaces = " " * ((remainder - len(f"<root>{inner}</root>".encode())) % 16)
    plaintext = f"<root>{spaces}{inner}</root>".encode()
    padder = PKCS7(128).padder()
    padded = padder.update(plaintext) + padder.finalize()
    key = hashlib.md5(V2_KEY.encode()).hexdigest().encode()
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    req_info = b64encode(encryptor.update(padded) + encryptor.finalize()).decode()
    outer = {
        "return_code": "SUCCESS",
        "appid": "wx8888888888888888",
        "mch_id": "1900000109",
        "nonce_str": "TeqClE3i0mvn3DrKMwe5rUlaxQz1Yc2p",
        "req_info": req_info,
    }
    outer = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in outer.items())
    account = {
        "provider": "wechatpay",
        "mchid": "1900000109",
        "api_v3_keys": [V3_KEY],
        "api_v2_keys": [V2_KEY],
        "public_keys": [
            {"id": "PUB_KEY_ID_0114", "pem": public_pem(private_key("wechatpay_public"))}
        ],
    }
    event = event | {"merchant_refund_id": "REFUND-PY-2", "amount_minor": 999,
                     "order_amount_minor": 1000, "authenticity": "decrypted"}
    write(f"wechatpay_v2_python_{name}", about, account, "/notify/wechatpay/cn-main",
          [("Content-Type", "text/xml")], f"<xml>{outer}</xml>", RECEIVED,
          accepted(V2_FINGERPRINT, "decryption", event), made_file.WECHATPAY_V2)


def make_v2():
    v2("succeeded", "cryptography's AES-256-ECB and PKCS#7.", 5, "SUCCESS",
       {"status": "succeeded", "completed_at": "2025-12-31T23:59:58Z"})
    v2("whole_block", "Whole blocks, so that the padding is a block of its own.", 0, "CHANGE",
       {"status": "requires_action"})


# Alipay: python-alipay-sdk sorts, signs and encodes.


def trade_members(number, **others):
    return {
        "notify_id": "2026010100222080000012345678901234",
        "notify_type": "trade_status_sync",
        "notify_time": "2026-01-01 08:00:00",
        "charset": "utf-8",
        "version": "1.0",
        "app_id": "2021000000000001",
        "auth_app_id": "2021000000000001",
        "seller_id": "2088000000000001",
        "buyer_id": "2088000000000002",
        "trade_no": "2026010122001400000000000001",
        "out_trade_no": "ORDER-PY-3",
        "out_biz_no": number,
        "subject": "测试商品 a+b & 50% ~'()*",
        "fund_bill_list": '[{"amount":"9.99","fundChannel":"ALIPAYACCOUNT"}]',
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "9.99",
        "receipt_amount": "9.99",
        "gmt_create": "2026-01-01 07:00:00",
        "gmt_payment": "2026-01-01 07:00:05",
        "gmt_refund": "2026-01-01 07:59:58.320",
        "refund_fee": "1.00",
        "send_back_fee": "1.00",
    } | others


def alipay(name, about, members, event, form="empty_kept", sign_type="RSA2", signed_type=False,
           settings=None, altered=None, reason=None):
    """`signed_type`: sign_type is among what is signed, as in messages of the app gateway."""
    key = private_key("alipay_2026")
    sdk = AliPay(
        appid="2021000000000001",
        app_private_key_string=private_pem(key),
        alipay_public_key_string=public_pem(key),
        sign_type=sign_type,
    )
    if signed_type:
        body = sdk.sign_data(members | {"sign_type": sign_type})
    else:
        body = sdk.sign_data(dict(members)) + f"&sign_type={sign_type}"
    sent = altered(body) if altered else body
    assert sent != body or not altered
    account = {
        "provider": "alipay",
        "app_id": "2021000000000001",
        "seller_id": "2088000000000001",
        "public_keys": [{"id": "2026", "pem": public_pem(key)}],
    } | (settings or {})
    expected = refused(reason) if reason else accepted("2026", form, event)
    headers = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
    write(f"alipay_python_{name}", about, account, "/notify/alipay/cn-alipay", headers, sent,
          RECEIVED, expected, made_file.ALIPAY)


def make_alipay():
    event = {
        "merchant_refund_id": "REFUND-PY-3",
        "merchant_order_id": "ORDER-PY-3",
        "status": "succeeded",
        "provider_status": "TRADE_SUCCESS",
        "order_refunded_minor": 100,
        "order_amount_minor": 999,
        "currency": "CNY",
        "occurred_at": "2025-12-31T23:59:58.32Z",
        "authenticity": "verified",
    }
    trade = trade_members("REFUND-PY-3")
    alipay("part", "python-alipay-sdk's sign_data, sign_type behind it.", trade, event)
    alipay("full", "The whole payment is given back.",
           trade | {"trade_status": "TRADE_CLOSED", "refund_fee": "9.99"},
           event | {"provider_status": "TRADE_CLOSED", "order_refunded_minor": 999})
    alipay("empty", "Empty values, which python-alipay-sdk signs.", trade | {"body": ""}, event)
    alipay("sha1", "SHA-1, which the account allows.", trade, event, sign_type="RSA",
           settings={"allow_sha1": True})
    alipay("sha1_not_allowed", "SHA-1, which no account allows unasked.", trade, {},
           sign_type="RSA", reason="unsupported_algorithm")
    alipay("altered", "Altered after python-alipay-sdk signed it.", trade, {},
           altered=lambda body: body.replace("refund_fee=1.00", "refund_fee=9.00"),
           reason="signature_mismatch")
    content = {
        "trade_no": "2026010122001400000000000001",
        "out_trade_no": "ORDER-PY-3",
        "out_request_no": "REFUND-PY-3",
        "dback_status": "S",
        "dback_amount": "1.00",
        "bank_ack_time": "2026-01-02 07:20:30",
    }
    message = {
        "notify_id": "2026010200222102030000012345678901",
        "utc_timestamp": "1767320431000",
        "msg_method": "alipay.trade.refund.depositback.completed",
        "app_id": "2021000000000001",
        "version": "1.1",
        "charset": "UTF-8",
        "biz_content": content,
    }
    settlement = {
        "merchant_refund_id": "REFUND-PY-3",
        "settlement_status": "succeeded",
        "settlement_amount_minor": 100,
        "settled_at": "2026-01-01T23:20:30Z",
    }
    alipay("depositback_sign_type_kept", "Of the app gateway, sign_type signed as well.", message,
           settlement, form="sign_type_kept", signed_type=True)
    alipay("depositback", "Of the app gateway, sign_type not signed.", message, settlement)


# Antom: its own SDK signs the request.


def antom(name, about, members, event, path="/notify/antom/global", altered=None):
    key = private_key("antom_1")
    client, at = "SANDBOX_5X00000000000000", "2026-01-01T08:00:00+08:00"
    body = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    pem = private_pem(key, PrivateFormat.TraditionalOpenSSL)
    signature = signature_tool.sign("POST", path, client, at, body, pem)
    header = f"algorithm=RSA256, keyVersion=1, signature={signature}"
    assert webhook_tool.check_signature("POST", path, client, at, body, header, public_pem(key))
    sent = altered(body) if altered else body
    assert sent != body or not altered
    account = {
        "provider": "antom",
        "client_id": client,
        "public_keys": [{"id": "1", "pem": public_pem(key)}],
    }
    headers = [
        ("Content-Type", "application/json; charset=UTF-8"),
        ("Client-Id", client),
        ("Request-Time", at),
        ("Signature", header),
    ]
    form = "headers_and_body"
    expected = refused("signature_mismatch") if altered else accepted("1", form, event)
    write(f"antom_python_{name}", about, account, path, headers, sent, RECEIVED, expected,
          made_file.ANTOM)


def make_antom():
    members = {
        "notifyType": "REFUND_RESULT",
        "result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "成功"},
        "refundStatus": "SUCCESS",
        "refundRequestId": "REFUND-PY-4",
        "refundId": "2026010119401080010018800000000004",
        "paymentId": "2026010119401080010018800000000009",
        "refundAmount": {"value": "8800", "currency": "HKD"},
        "refundTime": "2026-01-01T07:59:58+08:00",
    }
    event = {
        "merchant_refund_id": "REFUND-PY-4",
        "provider_refund_id": "2026010119401080010018800000000004",
        "status": "succeeded",
        "amount_minor": 8800,
        "currency": "HKD",
        "occurred_at": "2025-12-31T23:59:58Z",
        "authenticity": "verified",
    }
    antom("succeeded", "global-open-sdk-python's sign.", members, event)
    failure = {"resultCode": "REFUND_WINDOW_EXCEED", "resultStatus": "F", "resultMessage": "late"}
    antom("failed", "A refund that failed.",
          members | {"result": failure, "refundStatus": "FAIL"},
          event | {"status": "failed", "failure_code": "REFUND_WINDOW_EXCEED"})
    antom("query", "The query of the URL is signed.", members, event,
          path="/notify/antom/global?store=1&name=%E4%B8%80")
    antom("altered", "Altered after it was signed.", members, {},
          altered=lambda body: body.replace("8800", "9800"))


# Razorpay: the official library has no signing, so the standard library signs and it must accept.

RAZORPAY_SECRET = "throw_away_0123456789"
RAZORPAY_FINGERPRINT = "58d98887f33b"


def razorpay_accepts(body, signature):
    utility = razorpay.Client(auth=("key", "not the webhook's secret")).utility
    try:
        return utility.verify_webhook_signature(body, signature, RAZORPAY_SECRET)
    except razorpay.errors.SignatureVerificationError:
        return False


def razorpay_case(name, about, members, event, write_body=json.dumps, altered=None):
    body = write_body(members)
    signature = hmac.new(RAZORPAY_SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    sent = altered(body) if altered else body
    assert sent != body or not altered
    assert razorpay_accepts(sent, signature) is not bool(altered), name
    account = {"provider": "razorpay", "secrets": [RAZORPAY_SECRET]}
    headers = [("Content-Type", "application/json"), ("X-Razorpay-Signature", signature)]
    expected = refused("signature_mismatch") if altered else accepted(
        RAZORPAY_FINGERPRINT, "body", event)
    write(f"razorpay_python_{name}", about, account, "/notify/razorpay/my-razorpay", headers, sent,
          RECEIVED, expected, made_file.RAZORPAY)


def make_razorpay():
    def members(kind, status):
        payment = {"id": "pay_PY5", "amount": 18800, "currency": "MYR", "amount_refunded": 8850,
                   "method": "fpx", "email": "wu@b.example", "notes": []}
        refund = {"id": "rfnd_PY5", "amount": 8850, "currency": "MYR", "payment_id": "pay_PY5",
                  "receipt": "R-5", "notes": {"comment": "Rückgabe, 退款"}, "acquirer_data": [],
                  "created_at": 1767225500, "status": status}
        return {"entity": "event", "account_id": "acc_PY", "event": kind,
                "contains": ["refund", "payment"], "created_at": 1767225600,
                "payload": {"refund": {"entity": refund}, "payment": {"entity": payment}}}

    event = {
        "merchant_refund_id": "rfnd_PY5",
        "provider_payment_id": "pay_PY5",
        "merchant_reference": "R-5",
        "amount_minor": 8850,
        "order_amount_minor": 18800,
        "currency": "MYR",
        "authenticity": "verified",
    }
    succeeded = event | {"status": "succeeded", "completed_at": "2026-01-01T00:00:00Z"}
    processed = members("refund.processed", "processed")
    razorpay_case("processed", "Accepted by razorpay's verify_webhook_signature.", processed,
                  succeeded)
    razorpay_case("utf8", "Text of other scripts as it is, and white space, in what is signed.",
                  processed, succeeded,
                  lambda it: json.dumps(it, ensure_ascii=False, indent="\t") + "\n")
    razorpay_case("created", "Created, and still on its way.",
                  members("refund.created", "pending"), event | {"status": "pending"})
    razorpay_case("altered", "Altered after it was signed.", processed, {},
                  altered=lambda body: body.replace("8850", "9850"))
    razorpay_case("reserialized", "Read and written again: razorpay refuses it too.", processed,
                  {}, altered=lambda body: json.dumps(json.loads(body), separators=(",", ":")))


# PayMongo: the official Python library judges live mode only, because it takes an empty `li` for
# a signature. `make.mjs` has test mode.

PAYMONGO_SECRET = "whsk_throw_away_0123456789"
PAYMONGO_FINGERPRINT = "dfaffb2b3433"


def paymongo_case(name, about, resource, kind, events, altered=None):
    envelope = {"type": kind, "livemode": True, "data": resource, "previous_data": {},
                "pending_webhooks": 1, "created_at": SIGNED, "updated_at": SIGNED}
    body = json.dumps({"data": {"id": "evt_PY6", "type": "event", "attributes": envelope}},
                      ensure_ascii=False)
    text = f"{SIGNED}.{body}".encode()
    digest = hmac.new(PAYMONGO_SECRET.encode(), text, hashlib.sha256).hexdigest()
    header = f"t={SIGNED},te=,li={digest}"
    sent = altered(body) if altered else body
    assert sent != body or not altered
    assert paymongo_sdk.believes(sent, header, PAYMONGO_SECRET) is not bool(altered), name
    account = {"provider": "paymongo", "secrets": [PAYMONGO_SECRET], "livemode": True}
    headers = [("Content-Type", "application/json"), ("Paymongo-Signature", header)]
    expected = refused("signature_mismatch") if altered else accepted(
        PAYMONGO_FINGERPRINT, "timestamp_and_body", {}) | {"events": events}
    write(f"paymongo_python_{name}", about, account, "/notify/paymongo/ph-paymongo", headers, sent,
          RECEIVED, expected, made_file.PAYMONGO)


def make_paymongo():
    def refund(number, status):
        return {"id": f"ref_PY{number}", "type": "refund", "attributes": {
            "amount": 8850, "currency": "PHP", "livemode": True, "metadata": None,
            "notes": "Devolución", "payment_id": "pay_PY6", "reason": "others", "status": status,
            "created_at": SIGNED - 100, "refunded_at": None, "updated_at": SIGNED - 2}}

    def event(number, status, **others):
        return {"merchant_refund_id": f"ref_PY{number}", "provider_payment_id": "pay_PY6",
                "status": status, "amount_minor": 8850, "currency": "PHP",
                "authenticity": "verified"} | others

    succeeded = event(1, "succeeded", completed_at="2025-12-31T23:59:58Z")
    kind = "payment.refund.updated"
    paymongo_case("succeeded", "Accepted by paymongo-python's construct_event.",
                  refund(1, "succeeded"), kind, [succeeded])
    paymongo_case("processing", "A refund on its way.", refund(1, "processing"), kind,
                  [event(1, "pending")])
    paymongo_case("altered", "Altered after it was signed.", refund(1, "succeeded"), kind, [],
                  altered=lambda body: body.replace("8850", "9850"))
    payment = {"id": "pay_PY6", "type": "payment", "attributes": {
        "amount": 18800, "currency": "PHP", "status": "paid", "source": {"type": "gcash"},
        "external_reference_number": "ORDER-PY-6",
        "refunds": [refund(1, "succeeded"), refund(2, "failed")]}}
    of_payment = {"order_amount_minor": 18800, "channel": "gcash",
                  "merchant_order_id": "ORDER-PY-6"}
    paymongo_case("payment", "Two refunds of one payment.", payment, "payment.refunded",
                  [succeeded | of_payment, event(2, "failed", **of_payment)])


make_v3()
make_v2()
make_alipay()
make_antom()
make_razorpay()
make_paymongo()
