//! `refunds show --evidence`: writes everything about a refund into an archive, with a manifest of
//! digests that `sha256sum -c` reads.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use crate::command::Failure;
use crate::command::archive::Archive;
use crate::command::terminal::output;
use crate::command::user;
use crate::query::Times;
use crate::rendering::with_story;
use crate::store::{Action, Row, Store, StoreError};
use refund_providers::crypto::hash::sha256;

/// The file with the digests of all others.
const MANIFEST: &str = "MANIFEST.sha256";

/// Writes the archive. An existing file is not replaced.
pub(super) async fn write(store: &Store, refunds: &[Row], path: &Path) -> Result<(), Failure> {
    let [refund] = refunds else {
        let ids: Vec<&str> = refunds.iter().map(|refund| refund.text("refund_id")).collect();
        let ids = ids.join(", ");
        let message = format!("--evidence: expected a number of one refund, found several: {ids}");
        return Err(Failure::Usage(message));
    };
    let refund_id = refund.text("refund_id");
    let subject = format!("refund {refund_id}");
    user::note(store, Action::Export, &subject, &path.display().to_string()).await?;
    let files = files(store, refund).await?;
    let mut archive = Archive::default();
    let mut manifest = String::new();
    for (name, content) in &files {
        manifest.push_str(&format!("{}  {name}\n", HEXLOWER.encode(&sha256(content))));
        add(&mut archive, name, content)?;
    }
    add(&mut archive, MANIFEST, manifest.as_bytes())?;
    let bytes = archive.finish().ok_or_else(too_large)?;
    let shown = path.display();
    let refused = |error| Failure::Other(format!("--evidence: cannot write {shown}: {error}"));
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(refused)?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(refused)?;
    output::line(format!(
        "wrote {shown}: {} files; unpack it and run `sha256sum -c {MANIFEST}`",
        files.len()
    ))
}

fn add(archive: &mut Archive, name: &str, content: &[u8]) -> Result<(), Failure> {
    if archive.add(name, content) { Ok(()) } else { Err(too_large()) }
}

fn too_large() -> Failure {
    Failure::Other("--evidence: the archive would be larger than 4 GiB".to_owned())
}

/// Returns the names and contents of the files.
async fn files(store: &Store, refund: &Row) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let story = store.story(refund).await?;
    let mut files = vec![("refund.json".to_owned(), pretty(&with_story(refund, &story)))];
    for (number, delivery) in (1..).zip(&story.deliveries) {
        let id = delivery.text("delivery_id").parse();
        let id = id.map_err(|_| StoreError::without_an_id())?;
        let Some(detail) = store.delivery(id).await? else { continue };
        let folder = format!("deliveries/{number:03}-{id}");
        let summary = json!({
            "delivery": detail.summary,
            "path_and_query": detail.path_and_query,
            "client_address": detail.client_address,
            "signature_form": detail.signature_form,
            "emptied_at": detail.emptied_at.map(Times::utc),
            "dismissed": detail.dismissed,
            "headers": detail.headers,
            "locked": detail.locked,
        });
        files.push((format!("{folder}/delivery.json"), pretty(&summary)));
        let answer = detail.summary.text("response_body").as_bytes().to_vec();
        files.push((format!("{folder}/answer"), answer));
        // An empty file would look like an empty body.
        if detail.emptied_at.is_none() && detail.locked.is_none() {
            files.push((format!("{folder}/body"), detail.body));
        }
    }
    Ok(files)
}

fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}
