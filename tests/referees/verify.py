"""Feeds the notifications that `simulate.py` made to Python SDKs. `verify` runs it."""

import hashlib
import hmac
import json
import sys
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import razorpay
import stripe
from Adyen.util import is_valid_hmac_notification
from alipay import AliPay
from com.alipay.ams.api.tools import webhook_tool
from rsa import VerificationError
from wechatpayv3 import WeChatPay, WeChatPayType

import paymongo_sdk

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fixtures/generate"))

from lib.judgement import Refused  # noqa: E402
from unionpay import referee as unionpay  # noqa: E402

FOLDER = Path(sys.argv[1])
PRIVATE = (FOLDER / "private.pem").read_text()
PUBLIC = (FOLDER / "public.pem").read_text()
NOTIFICATIONS = json.loads((FOLDER / "notifications.json").read_text(encoding="utf-8"))

WECHATPAY = WeChatPay(
    wechatpay_type=WeChatPayType.NATIVE,
    mchid="1900000109",
    private_key=PRIVATE,
    cert_serial_no="not used",
    appid="wx8888888888888888",
    apiv3_key=NOTIFICATIONS["api_v3_key"],
    public_key=PUBLIC,
    public_key_id="PUB_KEY_ID_0114",
)
ALIPAY = AliPay(
    appid="2021000000000001",
    app_private_key_string=PRIVATE,
    alipay_public_key_string=PUBLIC,
    sign_type="RSA2",
)
V3_STATUS = {"canceled": "CLOSED", "requires_action": "ABNORMAL", "pending": "PROCESSING",
             "unknown-status": "LIMBO"}


def wechatpay_believes(made):
    """Lets the SDK verify and decrypt, and compares the result with the scenario."""
    opened = WECHATPAY.callback(dict(made["headers"]), made["body"])
    if not opened:
        return False
    refund, scenario = opened["resource"], made["scenario"]
    assert refund["refund_status"] == V3_STATUS.get(scenario, "SUCCESS"), refund
    assert (refund["out_refund_no"] == "") is (scenario == "malformed"), refund
    assert refund["amount"]["refund"] == 8850, refund
    assert refund["user_received_account"] == "招商银行信用卡0403", refund
    return True


def alipay_believes(made):
    members = dict(parse_qsl(made["body"], keep_blank_values=True, strict_parsing=True))
    return ALIPAY.verify(members, members.pop("sign"))


def antom_believes(made):
    headers, url = dict(made["headers"]), urlsplit(made["url"])
    try:
        return webhook_tool.check_signature(
            "POST", url.path, headers["client-id"], headers["request-time"], made["body"],
            headers["signature"], PUBLIC)
    except VerificationError:
        return False


def razorpay_believes(made):
    utility = razorpay.Client(auth=("key", "not the webhook's secret")).utility
    signature = dict(made["headers"])["x-razorpay-signature"]
    try:
        return utility.verify_webhook_signature(made["body"], signature, NOTIFICATIONS["secret"])
    except razorpay.errors.SignatureVerificationError:
        return False


def stripe_believes(made):
    signature = dict(made["headers"])["stripe-signature"]
    try:
        stripe.Webhook.construct_event(made["body"], signature, NOTIFICATIONS["secret"])
        return True
    except stripe.SignatureVerificationError:
        return False


def adyen_believes(made):
    return is_valid_hmac_notification(json.loads(made["body"]), NOTIFICATIONS["hmac_key"])


def paymongo_believes(made):
    header = dict(made["headers"])["paymongo-signature"]
    return paymongo_sdk.believes(made["body"], header, NOTIFICATIONS["secret"])


def is_hmac(presented, text):
    """Judges for providers that publish no library."""
    found = hmac.new(NOTIFICATIONS["secret"].encode(), text.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(found, presented)


def airwallex_believes(made):
    headers = dict(made["headers"])
    return is_hmac(headers["x-signature"], headers["x-timestamp"] + made["body"])


def checkout_believes(made):
    headers = dict(made["headers"])
    assert headers["authorization"] == NOTIFICATIONS["authorization"], headers
    return is_hmac(headers["cko-signature"], made["body"])


def qfpay_believes(made):
    presented = dict(made["headers"])["x-qf-sign"]
    return presented == hashlib.md5((made["body"] + NOTIFICATIONS["secret"]).encode()).hexdigest().upper()


def unionpay_believes(made):
    """Judges by the second implementation of `tests/fixtures`; UnionPay publishes no library."""
    account = {"mer_id": "777290058110048",
               "pinned_certificates": [{"id": "throw-away", "pem": NOTIFICATIONS["certificate"]}]}
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        unionpay.Delivery(now).authenticate(account, made["headers"], made["body"].encode())
        return True
    except Refused:
        return False


REFEREES = {
    "airwallex": ("hmac", airwallex_believes),
    "checkout": ("hmac", checkout_believes),
    "adyen": ("Adyen", adyen_believes),
    "wechatpay": ("wechatpayv3", wechatpay_believes),
    "nomad": ("wechatpayv3", wechatpay_believes),
    "alipay": ("python-alipay-sdk", alipay_believes),
    "antom": ("global-open-sdk-python", antom_believes),
    "razorpay": ("razorpay", razorpay_believes),
    "paymongo": ("paymongo-python", paymongo_believes),
    "stripe": ("stripe", stripe_believes),
    "qfpay": ("hashlib", qfpay_believes),
    "unionpay": ("tests/fixtures", unionpay_believes),
}
# paymongo-python takes the empty `li` for the signature; verify.mjs has test mode.
# verify_paypal.py has PayPal.
NOT_JUDGED = {"ph-paymongo-test", "shop-paypal"}


def main():
    failed = False
    for made in NOTIFICATIONS["made"]:
        if made["account"] in NOT_JUDGED:
            continue
        sdk, believes = REFEREES[made["provider"]]
        try:
            believed, why = believes(made), ""
        except Exception as error:
            believed, why = None, f": {error!r}"
        good = believed is made["good"]
        failed = failed or not good
        verdict = {True: "believed", False: "refused", None: "not judged"}[believed]
        print(f"{'ok' if good else 'FAILED'}  {sdk}: {made['name']}: {verdict}{why}")
    return failed


sys.exit(main())
