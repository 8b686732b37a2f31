//! Writing text.

/// An object being written, field by field.
#[derive(Debug, Clone, Default)]
pub struct Object(String);

impl Object {
    /// Adds a string.
    #[must_use]
    pub fn text(self, name: &str, text: &str) -> Self {
        self.field(name, &quote(text))
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, name: &str, number: u64) -> Self {
        self.field(name, &number.to_string())
    }

    /// Adds what is JSON already.
    #[must_use]
    pub fn field(mut self, name: &str, json: &str) -> Self {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.0.push_str(&quote(name));
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    /// The text of an object with at least one field.
    pub fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A string in its quotes.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            // Other control characters are in no text of ours, but storage can hold anything.
            '\0'..='\x1F' => {
                quoted.push_str("\\u00");
                let code = u32::from(c);
                quoted.extend(
                    [code / 16, code % 16].into_iter().filter_map(|digit| char::from_digit(digit, 16)),
                );
            }
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serde_reads_what_is_written() {
        let text = "a\"b\\c\nd\te\u{1}\u{1F}é😀\u{7F}";
        assert_eq!(serde_json::from_str::<String>(&quote(text)).unwrap(), text);
        let object = Object::default().text("a", "x\"").number("b", 7).field("c", "[1,null]").end();
        let value: serde_json::Value = serde_json::from_str(&object).unwrap();
        assert_eq!(value, serde_json::json!({"a": "x\"", "b": 7, "c": [1, null]}));
    }
}
