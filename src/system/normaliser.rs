//! What counts as equal: applied to the parts of a key at capture and to other values when they are compared.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfkc};

use super::Normaliser;

impl Normaliser {
    /// The text in this normaliser's form. [`Normaliser::Blank`] concerns states, not texts, and changes nothing.
    pub fn apply(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Blank => Cow::Borrowed(text),
            Self::Trim => Cow::Borrowed(text.trim()),
            Self::Casefold if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) => Cow::Borrowed(text),
            // Upper case first: so that sharp s meets SS, and a final sigma any other sigma.
            Self::Casefold => Cow::Owned(text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()),
            Self::Unicode if is_nfkc(text) => Cow::Borrowed(text),
            Self::Unicode => Cow::Owned(text.nfkc().collect()),
            Self::Whitespace if !text.contains(char::is_whitespace) => Cow::Borrowed(text),
            Self::Whitespace => Cow::Owned(text.chars().filter(|c| !c.is_whitespace()).collect()),
        }
    }

    /// The text in the form of all these normalisers, applied in order.
    pub fn apply_all<'t>(normalisers: &[Normaliser], text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        for normaliser in normalisers {
            let changed = match normaliser.apply(&text) {
                Cow::Borrowed(same) if same.len() == text.len() => None,
                other => Some(other.into_owned()),
            };
            if let Some(changed) = changed {
                text = Cow::Owned(changed);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_normaliser_does_its_one_job() {
        assert_eq!(Normaliser::Trim.apply("\u{a0} a b\t"), "a b");
        assert_eq!(Normaliser::Casefold.apply("STRASSE"), Normaliser::Casefold.apply("Straße"));
        assert_eq!(Normaliser::Casefold.apply("ΟΔΟΣ"), Normaliser::Casefold.apply("οδος"));
        assert_eq!(Normaliser::Unicode.apply("e\u{301}"), "é");
        assert_eq!(Normaliser::Whitespace.apply(" a b "), "ab");
        assert_eq!(Normaliser::Blank.apply(" "), " ");
    }

    #[test]
    fn they_apply_in_order() {
        assert_eq!(Normaliser::apply_all(&[Normaliser::Trim, Normaliser::Casefold], " Ward A "), "ward a");
        assert_eq!(Normaliser::apply_all(&[Normaliser::Trim], " a"), "a");
        assert_eq!(Normaliser::apply_all(&[], " a"), " a");
    }
}
