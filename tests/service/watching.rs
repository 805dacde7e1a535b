//! A running program watches the files of its configuration, if configured to.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use testing::client::post;
use testing::postgres;
use testing::service::Service;
use testing::waiting::eventually;

use crate::rotation::{NOT_RELOADED, RELOADED, account, patient, signed};

/// An account with its secret in a file that Kubernetes replaces.
const MOUNTED: &str = "[accounts.hk]\nprovider = \"eftpay\"\nuser_confirm_key = \"S0003469\"\n\
                       secrets_files = [\"mounted/secret\"]\n";

/// Puts a version of the secret behind `mounted/..data`, as the kubelet does.
fn mount(directory: &Path, version: &str, secret: &str) {
    let at = |name: &str| directory.join("mounted").join(name);
    fs::create_dir_all(at(version)).unwrap();
    fs::write(at(version).join("secret"), secret).unwrap();
    symlink(version, at("..data_tmp")).unwrap();
    fs::rename(at("..data_tmp"), at("..data")).unwrap();
    if !at("secret").exists() {
        symlink("..data/secret", at("secret")).unwrap();
    }
}

#[tokio::test]
async fn a_changed_file_is_noticed_if_configured_and_a_wrong_one_changes_nothing() {
    let url = postgres::shared().database().await;
    let settings = format!("{}[reload]\nwatch_seconds = 1\n", patient(&url));
    let service = Service::start(&(settings.clone() + &account("hk", "[\"first\"]"))).await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk");
    let status = async |secret: &str| post(&url, &[], signed(secret, "R1")).await.status;
    let logged = async |message: &str, times: usize| {
        eventually(message, async || service.times_said(message) >= times).await;
        assert_eq!(service.times_said(message), times, "{:?}", service.said());
    };
    assert_eq!(status("first").await, 200);

    // The configuration names a file that does not exist yet. The error is logged once, and not
    // every second.
    service.configure(&format!("{settings}{MOUNTED}"));
    logged(NOT_RELOADED, 1).await;
    assert_eq!(status("first").await, 200);
    mount(service.directory(), "..1", "second");
    logged(RELOADED, 1).await;
    assert_eq!([status("first").await, status("second").await], [401, 200]);

    // Kubernetes replaces a secret by changing only the target of a link in a parent directory.
    mount(service.directory(), "..2", "third");
    logged(RELOADED, 2).await;
    assert_eq!([status("second").await, status("third").await], [401, 200]);

    mount(service.directory(), "..3", "");
    logged(NOT_RELOADED, 2).await;
    assert_eq!(status("third").await, 200);
    mount(service.directory(), "..4", "third");
    logged(RELOADED, 3).await;
    assert_eq!([service.times_said(NOT_RELOADED), service.times_said("need a restart")], [2, 0]);
}
