//! The signature of a delivery, by which its receiver knows who sent it and when: HMAC-SHA-256 over the time, a dot and the
//! body.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header with the signature: `t=SECONDS,v1=HEX`.
pub(crate) const SIGNATURE_HEADER: &str = "holdline-signature";

/// The key of one hook. Derived from the log's secret, so that every server of the log signs alike and the log stores no
/// key of a hook.
#[derive(Clone)]
pub(crate) struct SigningKey(String);

impl SigningKey {
    /// The key of the hook with this id.
    pub(crate) fn derive(log_secret: &[u8; 32], hook: &str) -> Self {
        let key = mac(log_secret, &[b"holdline outgoing hook ", hook.as_bytes()]);
        Self(URL_SAFE_NO_PAD.encode(key.finalize().into_bytes()))
    }

    /// The key as its receiver gets it. These characters, not the bytes that they encode, are the key.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The header's value for a body that is sent at this time, in seconds since 1970.
    #[cfg(feature = "outgoing-hooks")]
    pub(super) fn sign(&self, seconds: u64, body: &[u8]) -> String {
        use std::fmt::Write as _;

        let mac = mac(self.0.as_bytes(), &[seconds.to_string().as_bytes(), b".", body]);
        let mut value = format!("t={seconds},v1=");
        for byte in mac.finalize().into_bytes() {
            // Writing to a string cannot fail.
            let _ = write!(value, "{byte:02x}");
        }
        value
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    // A key of any length is valid, and both are shorter than SHA-256's block, which is padded.
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..key.len()].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block);
    for part in parts {
        mac.update(part);
    }
    mac
}

#[cfg(feature = "outgoing-hooks")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_is_that_of_other_programs() {
        let key = SigningKey("BBQ7c_wfGuVVMEfsPZUBSRmhzvPdXS9dyFJuwSqeCGs".to_owned());
        // printf '1764201600.{"text":"a"}' | openssl dgst -sha256 -hmac "$KEY"
        let hex = "e67763a9aac36584c23748829b5756903a7069970f696ae79d5ac2444c5585fd";
        assert_eq!(key.sign(1_764_201_600, br#"{"text":"a"}"#), format!("t=1764201600,v1={hex}"));
    }

    #[test]
    fn each_hook_of_each_log_has_its_own_key() {
        let key = SigningKey::derive(&[1; 32], "a");
        assert_eq!(key.as_str().len(), 43);
        assert_eq!(key.as_str(), SigningKey::derive(&[1; 32], "a").as_str());
        for other in [SigningKey::derive(&[1; 32], "b"), SigningKey::derive(&[2; 32], "a")] {
            assert_ne!(key.as_str(), other.as_str());
        }
    }
}
