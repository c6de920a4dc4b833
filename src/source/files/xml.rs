//! XML documents in the shape that paths speak of.
//!
//! `$` is the root element. A child element is always an array, even when single; an attribute is `['@name']`; text is
//! `['#text']`, one text per element; mixed content keeps its order in `['#content']`, where a child is an object with
//! its name as the one member. Comments and processing instructions are dropped, as is white space between elements.
//! Names have the prefix that the document first declares for their namespace, so that it does not matter where a
//! prefix is declared again. A document type is refused, and with it every entity that a document defines itself.

use std::collections::BTreeMap;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::{Map, Value};

use super::document::{self, Page, Places};
use super::intake;
use super::pattern::Found;
use super::rows::Rows;
use super::text;
use crate::source::SourceError;
use crate::system::Dataset;

/// Deepest nesting of elements that is read.
const DEPTH_LIMIT: usize = 128;

/// The root element of a document.
#[derive(Debug)]
pub(super) struct Root {
    /// Its name.
    pub(super) name: String,
    /// Its attributes, text and children.
    pub(super) value: Value,
    order: Order,
}

/// Where the elements of a tree stand in the document: the shape groups children by name and forgets it.
#[derive(Debug, Default)]
struct Order {
    serial: usize,
    children: BTreeMap<String, Vec<Order>>,
}

impl Order {
    /// Notes for each node of the finished tree where it stands.
    fn note(&self, node: &Value, places: &mut Places) {
        places.insert(std::ptr::from_ref(node), self.serial);
        for (name, alike) in &self.children {
            for (child, order) in node.get(name).and_then(Value::as_array).into_iter().flatten().zip(alike) {
                order.note(child, places);
            }
        }
    }
}

/// Reads a file that is one document.
pub(super) fn read(dataset: &Dataset, found: &Found, rows: &mut Rows) -> Result<(), SourceError> {
    let (bytes, entry) = intake::whole(found)?;
    let root = parse(&bytes, found)?;
    rows.sources.push(entry);
    let mut places = Places::new();
    if !dataset.read.rows.is_empty() {
        root.order.note(&root.value, &mut places);
    }
    document::read(dataset, &root.value, &Page { found, index: 1, line: None, whole: true, places: Some(&places) }, rows)
}

/// Parses one document.
pub(super) fn parse(bytes: &[u8], found: &Found) -> Result<Root, SourceError> {
    let text = text::decode(bytes, declared_encoding(bytes, found)?, found)?;
    let mut reader = Reader::from_str(&text);
    let mut builder = Builder::default();
    loop {
        let step = match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => builder.event(&event),
            Err(e) => Err(e.to_string()),
        };
        if let Err(what) = step {
            let at = reader.error_position().max(reader.buffer_position().saturating_sub(1));
            let before = text.as_bytes().get(..usize::try_from(at).unwrap_or(usize::MAX)).unwrap_or(text.as_bytes());
            let line = 1 + before.iter().filter(|b| **b == b'\n').count();
            return Err(mistake(what, format!("{}:{line}", found.shown)));
        }
    }
    let last = format!("{}:{}", found.shown, text.lines().count().max(1));
    if let Some(open) = builder.open.last() {
        return Err(mistake(format!("the document ends too early: `{}` is not closed", open.name), last));
    }
    builder.root.ok_or_else(|| mistake("the document has no element".to_owned(), last))
}

fn mistake(what: String, place: String) -> SourceError {
    SourceError::new(format!("this is no XML that can be read: {what}"), place, "export the file again, and check that it is whole")
}

/// The encoding that the XML declaration names; a byte-order mark wins over it.
fn declared_encoding(bytes: &[u8], found: &Found) -> Result<&'static Encoding, SourceError> {
    if Encoding::for_bom(bytes).is_some() {
        return Ok(UTF_8);
    }
    match bytes {
        [b'<', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', ..] => return Ok(UTF_16BE),
        _ => {}
    }
    let Some(declaration) = bytes.strip_prefix(b"<?xml").and_then(|rest| rest.get(..rest.windows(2).take(256).position(|w| w == b"?>")?))
    else {
        return Ok(UTF_8);
    };
    let declaration = String::from_utf8_lossy(declaration);
    let Some((_, after)) = declaration.split_once("encoding") else { return Ok(UTF_8) };
    let label = after.trim_start().trim_start_matches('=').trim_start();
    let label = label.get(1..).and_then(|l| l.split(['"', '\'']).next()).unwrap_or("");
    let encoding = text::encoding(Some(label), &found.shown)?;
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return Err(mistake(format!("it says that it is in {label}, and is not"), format!("{}:1", found.shown)));
    }
    Ok(encoding)
}

#[derive(Default)]
struct Builder {
    open: Vec<Element>,
    root: Option<Root>,
    /// Declared prefixes with their namespace, innermost last.
    scope: Vec<(String, String)>,
    /// The prefix that a namespace was first declared with.
    prefixes: BTreeMap<String, String>,
    /// Elements begun so far.
    serial: usize,
}

struct Element {
    name: String,
    serial: usize,
    members: Map<String, Value>,
    children: Vec<Child>,
    /// Text, each with the number of children before it.
    texts: Vec<(usize, String)>,
    /// Length of the scope outside the element.
    scope: usize,
}

struct Child {
    name: String,
    value: Value,
    order: Order,
}

impl Builder {
    fn event(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Start(start) => self.start(start),
            Event::Empty(start) => {
                self.start(start)?;
                self.end();
                Ok(())
            }
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|e| e.to_string())?;
                match (character, &**reference) {
                    (Some(c), _) => self.text(c.encode_utf8(&mut [0; 4])),
                    (None, name) => match quick_xml::escape::resolve_predefined_entity(name) {
                        Some(text) => self.text(text),
                        None => Err(format!("the entity `&{name};` is not defined")),
                    },
                }
            }
            Event::DocType(_) => Err("it has a document type (DTD), which is refused".to_owned()),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart) -> Result<(), String> {
        if self.open.len() >= DEPTH_LIMIT {
            return Err(format!("elements are nested more than {DEPTH_LIMIT} deep"));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err("there is a second root element".to_owned());
        }
        let scope = self.scope.len();
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|e| e.to_string())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|e| e.to_string())?;
            match attribute.key.0 {
                "xmlns" => self.declare("", &value),
                name => match name.strip_prefix("xmlns:") {
                    Some(prefix) => self.declare(prefix, &value),
                    None => attributes.push((name.to_owned(), value.into_owned())),
                },
            }
        }
        let mut members = Map::new();
        for (name, value) in attributes {
            let name = format!("@{}", self.resolved(&name, true)?);
            if members.contains_key(&name) {
                return Err(format!("the attribute `{name}` is there twice"));
            }
            members.insert(name, Value::String(value));
        }
        let name = self.resolved(start.name().0, false)?;
        self.serial += 1;
        self.open.push(Element { name, serial: self.serial, members, children: Vec::new(), texts: Vec::new(), scope });
        Ok(())
    }

    fn declare(&mut self, prefix: &str, namespace: &str) {
        self.scope.push((prefix.to_owned(), namespace.to_owned()));
        self.prefixes.entry(namespace.to_owned()).or_insert_with(|| prefix.to_owned());
    }

    /// A name with the prefix that its namespace was first declared with.
    fn resolved(&self, name: &str, is_attribute: bool) -> Result<String, String> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        // An attribute without a prefix is in no namespace.
        if prefix == "xml" || is_attribute && prefix.is_empty() {
            return Ok(name.to_owned());
        }
        let namespace = match self.scope.iter().rev().find(|(p, _)| p == prefix) {
            Some((_, namespace)) => namespace,
            None if prefix.is_empty() => return Ok(local.to_owned()),
            None => return Err(format!("the prefix `{prefix}` is not declared")),
        };
        let first = self.prefixes.get(namespace).map_or(prefix, String::as_str);
        Ok(match first {
            "" if is_attribute => name.to_owned(),
            "" => local.to_owned(),
            first => format!("{first}:{local}"),
        })
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        let Some(element) = self.open.last_mut() else {
            return if text.chars().all(char::is_whitespace) { Ok(()) } else { Err("there is text outside the root element".to_owned()) };
        };
        let after = element.children.len();
        match element.texts.last_mut() {
            Some((at, last)) if *at == after => last.push_str(text),
            _ => element.texts.push((after, text.to_owned())),
        }
        Ok(())
    }

    fn end(&mut self) {
        let Some(element) = self.open.pop() else { return };
        self.scope.truncate(element.scope);
        let child = element.shaped();
        match self.open.last_mut() {
            Some(parent) => parent.children.push(child),
            None => self.root = Some(Root { name: child.name, value: child.value, order: child.order }),
        }
    }
}

impl Element {
    fn shaped(self) -> Child {
        let mut members = self.members;
        let has_text = self.texts.iter().any(|(_, t)| !t.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n')));
        if has_text || self.children.is_empty() && !self.texts.is_empty() {
            members.insert("#text".to_owned(), Value::String(self.texts.iter().map(|(_, t)| t.as_str()).collect()));
        }
        if has_text && !self.children.is_empty() {
            let mut texts = self.texts.into_iter().peekable();
            let mut content = Vec::new();
            for i in 0..=self.children.len() {
                content.extend(texts.next_if(|(after, _)| *after == i).map(|(_, text)| Value::String(text)));
                if let Some(child) = self.children.get(i) {
                    content.push(Value::Object(Map::from_iter([(child.name.clone(), child.value.clone())])));
                }
            }
            members.insert("#content".to_owned(), Value::Array(content));
        }
        let mut order = Order { serial: self.serial, children: BTreeMap::new() };
        for child in self.children {
            order.children.entry(child.name.clone()).or_default().push(child.order);
            match members.get_mut(&child.name) {
                Some(Value::Array(alike)) => alike.push(child.value),
                _ => {
                    members.insert(child.name, Value::Array(vec![child.value]));
                }
            }
        }
        Child { name: self.name, value: Value::Object(members), order }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern;
    use super::super::testing::{Case, outer, path};
    use super::*;
    use crate::system::{FileFormat, FilePart, Source};
    use proptest::prelude::*;
    use serde_json::json;

    fn parsed(bytes: impl AsRef<[u8]>) -> Result<Value, SourceError> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.xml"), bytes.as_ref()).unwrap();
        let found = pattern::find(dir.path(), "a.xml", None, &[]).unwrap().remove(0);
        parse(bytes.as_ref(), &found).map(|r| r.value)
    }

    #[test]
    fn one_child_and_two_have_the_same_shape() {
        assert_eq!(parsed("<f><o id='1'/></f>").unwrap(), json!({"o": [{"@id": "1"}]}));
        assert_eq!(parsed("<f><o id='1'/><p/><o id='2'/></f>").unwrap(), json!({"o": [{"@id": "1"}, {"@id": "2"}], "p": [{}]}));
    }

    #[test]
    fn text_white_space_and_entities() {
        assert_eq!(
            parsed("<a>\n  <b> x &amp; &#233;&#x1F600;<![CDATA[ <c/> ]]></b>\n</a>").unwrap(),
            json!({"b": [{"#text": " x & é😀 <c/> "}]})
        );
        assert_eq!(parsed("<a b='&lt;&quot;&#10;x'><!-- no --><?php no ?></a>").unwrap(), json!({"@b": "<\"\nx"}));
        assert_eq!(parsed("<a>x<!-- no -->y</a>").unwrap(), json!({"#text": "xy"}));
    }

    #[test]
    fn mixed_content_keeps_its_order() {
        assert_eq!(
            parsed("<p>one <b>two</b> <i/>three</p>").unwrap(),
            json!({"#text": "one  three", "#content": ["one ", {"b": {"#text": "two"}}, " ", {"i": {}}, "three"], "b": [{"#text": "two"}], "i": [{}]})
        );
    }

    #[test]
    fn namespaces_are_known_by_their_first_prefix() {
        let with_prefix = "<h:a xmlns:h='U' h:k='1' l='2'><h:b/><c xmlns='U'/><d xmlns='V'/></h:a>";
        assert_eq!(parsed(with_prefix).unwrap(), json!({"@h:k": "1", "@l": "2", "h:b": [{}], "h:c": [{}], "d": [{}]}));
        assert_eq!(parsed("<a xmlns='U'><x:b xmlns:x='U' xml:lang='en'/></a>").unwrap(), json!({"b": [{"@xml:lang": "en"}]}));
        assert!(parsed("<a><x:b/></a>").unwrap_err().what.contains("`x` is not declared"));
    }

    #[test]
    fn what_may_expand_or_read_other_files_is_refused() {
        assert!(parsed("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>").unwrap_err().what.contains("DTD"));
        assert!(parsed("<a>&nbsp;</a>").unwrap_err().what.contains("`&nbsp;` is not defined"));
        assert!(parsed("<a b='&x;'/>").is_err());
        let deep = "<a>".repeat(DEPTH_LIMIT + 1) + &"</a>".repeat(DEPTH_LIMIT + 1);
        assert!(parsed(deep).unwrap_err().what.contains("deep"));
    }

    #[test]
    fn a_truncated_document_is_an_error_with_its_line() {
        let whole = "<a>\n<b x='1'>text</b>\n<c/>\n</a>";
        for end in 1..whole.len() {
            assert!(parsed(&whole[..end]).is_err(), "{}", &whole[..end]);
        }
        assert_eq!(parsed("<a>\n<b>\n</a>").unwrap_err().place, "a.xml:3");
        assert!(parsed("<a/><b/>").is_err());
        assert!(parsed("<a/>x").is_err());
        assert!(parsed("").is_err());
        assert!(parsed("<a x='1' x='2'/>").is_err());
    }

    #[test]
    fn the_declaration_names_the_encoding() {
        assert_eq!(parsed(b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a b='\xe9'/>").unwrap(), json!({"@b": "é"}));
        assert!(parsed(b"<a b='\xe9'/>").unwrap_err().what.contains("UTF-8"));
        let utf16: Vec<u8> = "<?xml version='1.0' encoding='UTF-16'?><a b='é'/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(parsed(&utf16).unwrap(), json!({"@b": "é"}));
        assert!(parsed("<?xml version='1.0' encoding='UTF-16'?><a/>").is_err());
        assert!(parsed("<?xml version='1.0' encoding='klingon'?><a/>").unwrap_err().what.contains("klingon"));
        assert_eq!(parsed("\u{feff}<a b='é'/>").unwrap(), json!({"@b": "é"}));
    }

    #[test]
    fn fields_of_screens() {
        let case = Case::new(FileFormat::Xml, "forms/**/*.xml")
            .rows("$..obs[*]")
            .column("form", Source::File(FilePart::Path))
            .column("concept", path("$['@conceptId']"))
            .column("title", outer("$['@formName']", 0))
            .column("order_no", Source::Position)
            .with(|d| d.read.distinct = true)
            .file(
                "forms/a/one.xml",
                "<htmlform formName='One'><section><obs conceptId='1'/><obs conceptId='2'/></section><obs conceptId='1'/></htmlform>",
            )
            .file("forms/two.xml", "<htmlform formName='Two'><obs conceptId='1'/></htmlform>");
        assert_eq!(case.texts().len(), 3);
        assert!(case.texts().contains(&["a/one", "2", "One", "2"].map(str::to_owned).to_vec()));
        assert_eq!(case.unread(), [None, None, None, None]);
    }

    #[test]
    fn rows_are_in_the_order_of_the_document() {
        let case = Case::new(FileFormat::Xml, "a.xml").rows("$..obs[*]").column("id", path("$['@id']")).column("n", Source::Position);
        let case = case.file("a.xml", "<f><p><obs id='1'/></p><q><p><obs id='2'/></p></q><obs id='3'/><p><obs id='4'/></p></f>");
        assert_eq!(case.texts(), [["1", "1"], ["2", "2"], ["3", "3"], ["4", "4"]]);
    }

    proptest! {
        #[test]
        fn any_text_gives_a_document_or_an_error(text in "[<>/a&;'\"= !\\[\\]?-]{0,60}") {
            let _ = parsed(text);
        }
    }
}
