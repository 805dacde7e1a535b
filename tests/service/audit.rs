//! What the audit notes of the command line: who showed bodies, exported and replayed, and what.

use nix::unistd::{Uid, User};
use testing::client::post;
use testing::notifications::eftpay;
use testing::program::run_command;
use testing::service::{Service, usual};

#[tokio::test]
async fn each_showing_of_a_body_and_each_export_has_one_row_and_a_look_up_none() {
    let (configuration, database) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk");
    post(&url, &[], eftpay("refund-1", &[])).await;
    post(&url, &[], eftpay("refund-2", &[]).replace("88.50", "99.50")).await;
    database.until_count("refund_inbox.refused_deliveries", 1).await;
    let refused = "select delivery_id from refund_inbox.refused_deliveries";
    let id = database.row(refused).await["delivery_id"].as_str().unwrap().to_owned();
    let refund = "select refund_id from refunds_v1.refunds";
    let refund = database.row(refund).await["refund_id"].as_str().unwrap().to_owned();
    let cases = [
        ("refunds list", None),
        ("refunds list --json", None),
        ("refunds list --csv", Some("export refunds by=received".to_owned())),
        (
            "refunds list --csv --account hk --status failed,pending --open",
            Some(
                "export refunds account=hk&by=received&open=true&status=failed%2Cpending"
                    .to_owned(),
            ),
        ),
        ("deliveries list", None),
        (
            "deliveries list --csv --waiting --client 127.0.0.1",
            Some("export deliveries client=127.0.0.1&waiting=true".to_owned()),
        ),
        ("reports totals", None),
        ("reports ageing --json", None),
        ("reports totals --csv --account hk", Some("export reports totals account=hk".to_owned())),
        (
            "reports changed --csv --as-of 2026-11-02",
            Some("export reports changed as_of=2026-11-02".to_owned()),
        ),
        ("refunds show refund-1", None),
        ("refunds explain refund-1", None),
        ("refunds show refund-1 --evidence e.zip", Some(format!("export refund {refund} e.zip"))),
        (&format!("deliveries show {id}"), Some(format!("show_body delivery {id} "))),
        (&format!("deliveries why {id}"), Some(format!("show_body delivery {id} signed text"))),
        ("deliveries replay --dry-run --account hk", None),
        (
            "deliveries replay --account hk --verdict refused",
            Some("replay deliveries that matched a filter account=hk&verdict=refused".to_owned()),
        ),
        (&format!("deliveries replay {id}"), Some(format!("replay deliveries {id} "))),
        ("status", None),
    ];
    let user = User::from_uid(Uid::current()).unwrap().unwrap().name;
    let mut expected = Vec::new();
    for (line, row) in cases {
        let ran = run_command(service.command(&line.split(' ').collect::<Vec<_>>())).await;
        assert!([0, 3].contains(&ran.status), "{line}: {}", ran.err);
        expected.extend(row.map(|row| format!("{user} command line {row}")));
        let rows = database
            .rows(
                "select concat_ws(' ', who, via, action, subject, detail) as row
                 from refund_inbox.audit where action <> 'reload' order by audit_id",
            )
            .await;
        let rows: Vec<&str> = rows.iter().map(|row| row["row"].as_str().unwrap()).collect();
        assert_eq!(rows, expected, "{line}");
    }
}

#[tokio::test]
async fn nothing_is_exported_if_the_audit_cannot_note_it() {
    let (configuration, database) = usual().await;
    let service = Service::start(&configuration).await;
    let (public, _) = service.addresses();
    let url = format!("http://{public}/notify/eftpay/hk");
    post(&url, &[], eftpay("refund-1", &[])).await;
    let never = "alter table refund_inbox.audit add constraint never check (false) not valid";
    database.execute(never).await;
    for line in [
        "refunds list --csv",
        "deliveries list --csv",
        "reports totals --csv",
        "refunds show refund-1 --evidence e.zip",
    ] {
        let ran = run_command(service.command(&line.split(' ').collect::<Vec<_>>())).await;
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{line}: {}", ran.err);
    }
    assert!(!service.directory().join("e.zip").exists());
}
