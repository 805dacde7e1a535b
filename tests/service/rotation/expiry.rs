//! The metric of certificates that expire, over a reload.

use std::fs;
use std::time::Duration;

use serde_json::json;
use testing::fixtures;
use testing::service::Service;
use testing::waiting::eventually;

use super::{RELOADED, metric, reload, settings};

/// A certificate that ended in 2020, made for these tests; its key signs nothing.
pub(crate) const ENDED: &str = "-----BEGIN CERTIFICATE-----
MIICnzCCAYcCAk0qMA0GCSqGSIb3DQEBCwUAMBUxEzARBgNVBAMMCnRocm93LWF3
YXkwHhcNMjAwMTAxMDAwMDAwWhcNMjAwMjAxMDAwMDAwWjAVMRMwEQYDVQQDDAp0
aHJvdy1hd2F5MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtDzu/CEI
M9dlOzUCRaAAnZaZ0ffxllVRv/oeqxpT/7Su93FiFQ/zbcPf5oknT8x0M0yhDbTJ
HHmC+BcUi6XWPxDq61GBXbt/WS90pk2wWZ9+qNo1HflpJyMgG6w6f85NSth4k8tr
eohdYF0MhXUqZLuASAZnxL+gxB7SKXxjIIpspddNY5kHeoqVlPBFiHRFTujpmaZ2
NIfIh4i0XZUxY2RxiZUk+mWU6Khxqx4ff2qIrH+LuRs6LbFZ2GM48626YXjZz38q
Z9cSYopg7gTG7DFqnpJSMeBk+9F/RImhtHghAbuBfvlaAlxxNLLdx3bOzDoMjf4I
lPbQkXOdOfaj4wIDAQABMA0GCSqGSIb3DQEBCwUAA4IBAQBCL5Tpjcvb6l3E43a5
64I8ukBOgjUcj0Qbd0HH9adBgJOyFXcekVxVO/0fnuQ0yFs6N4IxR2LdA5yLkuA9
uMFJ7I1LeBClfAd8aZ1Z8Ep7e+iSQIvztZL4h9/1Dqs5TDcEEppUyJw9olIxM431
JorASkWGDGmpYGbbt3z9L24DgsPz5n3HOv5zRcigD3yrzyGai21FgRL1f/z96hL/
4b6RzyTtjlEHqvlwzlKIFKz7Ubq+BwqvK2xkd6Uu4Ko9BPo/JglxBvyoN1EnuBME
DYEWfuD21rVbPXljK7yHiIS3Mi3Os1iEwGx+pTAf/vwSmDFhfrEtff1sCln43Cv9
efCH
-----END CERTIFICATE-----
";

/// Waits for a metric to be shown with the reload, before the maintenance of the next minute.
async fn at_once(service: &Service, series: &str) {
    let shown = eventually(series, async || metric(service, series).await.is_some());
    tokio::time::timeout(Duration::from_secs(30), shown).await.expect("shown with the reload");
}

#[tokio::test]
async fn the_expiry_of_certificates_follows_the_reload() {
    const FIXTURE: &str = "v3_rotated_old_key";
    let (settings, _) = settings().await;
    let fixture = fixtures::one("wechatpay", FIXTURE);
    let named =
        |id: &str| format!("refund_inbox_key_expiry_seconds{{account=\"cn\",key_id=\"{id}\"}}");
    let keys = fixture.configured().provider.keys();
    let lasting: Vec<String> = keys
        .iter()
        .filter(|key| key.expires_at.is_some())
        .map(|key| named(key.key_id.as_str()))
        .collect();
    let ended = named("4D2A");
    let service = Service::launch(&settings);
    service.serves().await;
    let with = |account: &str| format!("{settings}[accounts.cn]\n{account}");
    service.configure(&with(&fixture.account_toml()));
    reload(&service, RELOADED).await;
    assert_eq!(lasting.len(), 2, "{keys:?}");
    for series in &lasting {
        at_once(&service, series).await;
        assert!(metric(&service, series).await > Some(0.0));
    }
    assert_eq!(metric(&service, &ended).await, None);

    fs::write(service.directory().join("ended.pem"), ENDED).unwrap();
    let only_ended = fixture
        .account_toml()
        .lines()
        .filter(|line| !line.starts_with("public_keys"))
        .fold(String::new(), |all, line| all + line + "\n")
        + "public_keys = [{ id = \"4D2A\", pem_file = \"ended.pem\" }]\n";
    service.configure(&with(&only_ended));
    reload(&service, RELOADED).await;
    at_once(&service, &ended).await;
    assert!(metric(&service, &ended).await < Some(0.0));
    for series in &lasting {
        assert_eq!(metric(&service, series).await, None, "a removed key is not shown");
    }
    let warned = service.says("the certificate of a key expires soon").await;
    assert_eq!([&warned["account"], &warned["key_id"]], [&json!("cn"), &json!("4D2A")]);
}
