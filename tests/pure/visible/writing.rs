//! Writes an altered message as its provider would.

use super::*;

/// The text of a value where everything is text.
fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

fn with_undecodable(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, part) in text.split("<ff>").enumerate() {
        if index > 0 {
            bytes.push(0xff);
        }
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

fn form(pairs: impl Iterator<Item = (String, String)>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in pairs {
        body.extend(format!("{name}=").bytes());
        for byte in with_undecodable(&value) {
            body.extend(format!("%{byte:02X}").bytes());
        }
        body.push(b'&');
    }
    body
}

pub(super) fn written(message: &Message, members: &Map<String, Value>) -> Vec<u8> {
    let json = || Value::Object(members.clone()).to_string();
    match message.dialect.form {
        Form::Json | Form::Resource => with_undecodable(&json()),
        Form::Item => with_undecodable(&format!(
            r#"{{"notificationItems":[{{"NotificationRequestItem":{}}}]}}"#,
            json()
        )),
        Form::Xml => {
            let mut xml = "<root>".to_owned();
            for (name, value) in members {
                // XML has no control characters, and a document of other bytes is no XML.
                let text = as_text(value).replace(|it: char| it.is_control(), "");
                let text = text.replace('&', "&amp;").replace('<', "&lt;");
                xml.push_str(&format!("<{name}>{text}</{name}>"));
            }
            format!("{xml}</root>").into_bytes()
        }
        Form::Parameters => {
            form(members.iter().map(|(name, value)| (name.clone(), as_text(value))))
        }
        Form::BizContent => form(
            [
                ("msg_method", "alipay.trade.refund.depositback.completed".to_owned()),
                ("charset", "utf-8".to_owned()),
                ("biz_content", json().replace("<ff>", "\\ud800")),
            ]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value)),
        ),
    }
}

/// A proof that this test makes itself. How a message is signed does not matter here.
pub(super) fn proof(form: Form) -> Proof {
    let secrets = [Secret::new("a-secret").unwrap()];
    match form {
        Form::Xml => {
            let sealed = seal_md5_ecb(&secrets[0], b"x").unwrap();
            open_md5_ecb(&secrets, &sealed, |_| true).unwrap().0
        }
        Form::Json | Form::Item | Form::Resource | Form::Parameters | Form::BizContent => {
            let digest = hash::secret_first_sha256(&secrets[0], "x");
            let digest = PresentedDigest::from_hex(&digest).unwrap();
            let form = SignatureForm::Canonical;
            hash::verify_secret_first_sha256(&secrets, "x", &digest, form).unwrap()
        }
    }
}
