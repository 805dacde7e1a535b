"""Makes keys, a configuration, and one notification of each scenario. `verify` runs it.

Arguments: the program, and a folder to write to: the keys and `notifications.json`.
"""

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from made_file import private_pem, public_pem

V3_KEY = "ThrowAwayApiV3Key-0123456789-abc"
SECRET = "throw_away_0123456789"
AUTHORIZATION = "Bearer throw_away_0123456789"
HMAC_KEY = "3A17D6C1B20F4E5D8C9B0A1F2E3D4C5B6A79880716253443526170FEDCBA9801"

# For each account: what the SDKs must believe, and what they must not.
BAD = ["tampered", "wrong-key"]
V3 = ["succeeded", "canceled", "requires_action", "pending", "duplicate", "stale", "not-a-refund",
      "unknown-status", "malformed"]
ALIPAY = ["succeeded", "duplicate", "stale", "not-a-refund", "unknown-status", "malformed"]
ANTOM = [*ALIPAY, "failed"]
HMAC = [*ANTOM, "pending"]
# Not several-items and foreign-item: one of the libraries judges the first item only. Not form: they
# read no forms.
ADYEN = [*HMAC, "canceled", "refund-failed", "reversed", "not-cleared", "cancel-or-refund"]
# The SDK believes a forged body, too: that is what the low grade of PayPal's events is for.
PAYPAL = [*ANTOM, "pending", "canceled", "crc-forged"]
ACCOUNTS = {
    "shop-adyen": ("adyen", ADYEN),
    "cn-main": ("wechatpay", V3),
    "cn-partner": ("wechatpay", V3),
    "sh-smk": ("nomad", V3),
    "cn-alipay": ("alipay", ALIPAY),
    "global": ("antom", ANTOM),
    "my-razorpay": ("razorpay", HMAC),
    "ph-paymongo": ("paymongo", HMAC),
    "ph-paymongo-test": ("paymongo", HMAC),
    "shop-airwallex": ("airwallex", HMAC),
    "shop-checkout": ("checkout", HMAC),
    "hk-qfpay": ("qfpay", HMAC),
    "cn-unionpay": ("unionpay", HMAC),
    # Stripe's own libraries judge the time of signing, too.
    "shop-stripe": ("stripe", [it for it in [*HMAC, "canceled", "requires_action"] if it != "stale"]),
    "shop-paypal": ("paypal", PAYPAL),
}


def certificate(key):
    """Returns a certificate whose name is of the form of UnionPay's own."""
    name = x509.Name([x509.NameAttribute(
        NameOID.COMMON_NAME, "throw-away@00040000@中国银联股份有限公司@1")])
    now = datetime.now(timezone.utc)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1000)).not_valid_after(now + timedelta(days=1)))
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def configuration(public, certificate):
    key = lambda name, setting="public_keys": (
        f"{setting} = [{{ id = {json.dumps(name)}, pem = {json.dumps(public)} }}]")
    return f"""
[accounts.shop-adyen]
provider = "adyen"
hmac_keys = ["{HMAC_KEY}"]
live = false

[accounts.cn-main]
provider = "wechatpay"
mchid = "1900000109"
api_v3_keys = ["{V3_KEY}"]
{key("PUB_KEY_ID_0114")}

[accounts.cn-partner]
provider = "wechatpay"
sp_mchid = "1900000100"
sub_mchids = ["1900000109"]
api_v3_keys = ["{V3_KEY}"]
{key("PUB_KEY_ID_0114")}

[accounts.sh-smk]
provider = "nomad"
mode = "wechatpay"
mchid = "1900000109"
api_v3_keys = ["{V3_KEY}"]
{key("PUB_KEY_ID_0114")}

[accounts.cn-alipay]
provider = "alipay"
app_id = "2021000000000001"
seller_id = "2088000000000001"
{key("2026")}

[accounts.global]
provider = "antom"
client_id = "SANDBOX_5X00000000000000"
{key("1")}

[accounts.shop-stripe]
provider = "stripe"
secrets = ["{SECRET}"]
livemode = false

[accounts.my-razorpay]
provider = "razorpay"
secrets = ["{SECRET}"]

[accounts.ph-paymongo]
provider = "paymongo"
secrets = ["{SECRET}"]
livemode = true

[accounts.ph-paymongo-test]
provider = "paymongo"
secrets = ["{SECRET}"]
livemode = false

[accounts.shop-airwallex]
provider = "airwallex"
secrets = ["{SECRET}"]

[accounts.shop-checkout]
provider = "checkout"
secrets = ["{SECRET}"]
authorization = ["{AUTHORIZATION}"]

[accounts.hk-qfpay]
provider = "qfpay"
secrets = ["{SECRET}"]

[accounts.cn-unionpay]
provider = "unionpay"
mer_id = "777290058110048"
pinned_certificates = [{{ id = "throw-away", pem = {json.dumps(certificate)} }}]
currency = "CNY"

[accounts.shop-paypal]
provider = "paypal"
environment = "sandbox"
webhook_ids = ["8PT597110X687430L"]
{key("CERT-test", "certificates")}
"""


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    key = rsa.generate_private_key(65537, 2048)
    (folder / "private.pem").write_text(private_pem(key))
    (folder / "public.pem").write_text(public_pem(key))
    leaf = certificate(key)
    (folder / "inbox.toml").write_text(configuration(public_pem(key), leaf), encoding="utf-8")
    made = []
    for account, (provider, good) in ACCOUNTS.items():
        for scenario in dict.fromkeys([*good, *BAD, "stale"]):
            command = [program, "--config", folder / "inbox.toml", "simulate", provider, scenario,
                       "--account", account, "--signing-key", folder / "private.pem", "--print",
                       "--json"]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")
            made.append({
                "name": f"{account} {scenario}",
                "account": account,
                "provider": provider,
                "scenario": scenario,
                "good": scenario in good,
                **json.loads(done.stdout),
            })
    notifications = {"api_v3_key": V3_KEY, "secret": SECRET, "authorization": AUTHORIZATION,
                     "hmac_key": HMAC_KEY, "certificate": leaf, "made": made}
    (folder / "notifications.json").write_text(json.dumps(notifications), encoding="utf-8")


main()
