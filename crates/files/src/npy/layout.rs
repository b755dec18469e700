use super::{Element, quoted};

/// What an element is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// A real number.
    Number(Element),
    /// Text of a fixed length.
    Text(Text),
    /// Named numbers.
    Record(Record),
    /// An object of Python, which only Python can read.
    Object,
}

/// Text of a fixed length, filled up with zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    characters: usize,
    encoding: Encoding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Bytes,
    Utf32 { big_endian: bool },
}

/// Named numbers that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    fields: Vec<Field>,
    bytes: usize,
}

/// A number of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub element: Element,
    /// Bytes before it.
    pub offset: usize,
}

impl Layout {
    pub(super) fn parse(descr: &str) -> Option<Self> {
        let number = Element::parse(descr).map(Self::Number);
        number.or_else(|| Text::parse(descr).map(Self::Text)).or((descr == "|O").then_some(Self::Object))
    }

    pub(super) fn parse_record(list: &str) -> Option<Self> {
        let mut rest = list.strip_prefix('[')?.strip_suffix(']')?.trim();
        let mut record = Record { fields: Vec::new(), bytes: 0 };
        while !rest.is_empty() {
            let (name, after) = quoted(rest.strip_prefix('(')?.trim_start())?;
            let (descr, after) = quoted(after.trim_start().strip_prefix(',')?.trim_start())?;
            rest = after.trim_start().strip_prefix(')')?.trim_start();
            rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
            let bytes = match (descr.strip_prefix("|V"), Element::parse(descr)) {
                // bytes that align the next field
                (Some(bytes), _) => bytes.parse().ok()?,
                (None, element) => {
                    let element = element?;
                    record.fields.push(Field { name: name.to_owned(), element, offset: record.bytes });
                    element.bytes()
                }
            };
            record.bytes = record.bytes.checked_add(bytes)?;
        }
        Some(Self::Record(record))
    }

    /// Size of an element in bytes; that of an object is not known, and 0.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Number(element) => element.bytes(),
            Self::Text(text) => text.bytes(),
            Self::Record(record) => record.bytes,
            Self::Object => 0,
        }
    }
}

impl Text {
    fn parse(descr: &str) -> Option<Self> {
        let (order, class) = descr.split_at_checked(1)?;
        let encoding = match (order, class.get(..1)?) {
            ("<", "U") => Encoding::Utf32 { big_endian: false },
            (">", "U") => Encoding::Utf32 { big_endian: true },
            ("|", "S") => Encoding::Bytes,
            _ => return None,
        };
        let characters = class[1..].parse().ok()?;
        let text = Self { characters, encoding };
        characters.checked_mul(text.bytes_of_character()).map(|_| text)
    }

    fn bytes_of_character(self) -> usize {
        if self.encoding == Encoding::Bytes { 1 } else { 4 }
    }

    /// Size of an element in bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        self.characters * self.bytes_of_character()
    }

    /// The text of these bytes, without the zeros at its end; none if it is no UTF-8, or no characters.
    #[must_use]
    pub fn text(self, bytes: &[u8]) -> Option<String> {
        let text: String = match self.encoding {
            Encoding::Bytes => str::from_utf8(bytes).ok()?.to_owned(),
            Encoding::Utf32 { big_endian } => {
                let (characters, _) = bytes.as_chunks::<4>();
                let code = |bytes| if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
                characters.iter().map(|&bytes| char::from_u32(code(bytes))).collect::<Option<_>>()?
            }
        };
        Some(text.trim_end_matches('\0').to_owned())
    }
}

impl Record {
    /// The numbers, in their order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_have_their_fields_where_they_are() {
        let list = "[('t', '<i8'), (\"x, y\", '>u2'), ('', '|V2'), ('p', '|b1'),]";
        let Some(Layout::Record(record)) = Layout::parse_record(list) else { panic!("no record") };
        let places: Vec<_> = record.fields().iter().map(|field| (field.name.as_str(), field.offset)).collect();
        assert_eq!(places, [("t", 0), ("x, y", 8), ("p", 12)]);
        assert_eq!(Layout::Record(record).bytes(), 13);
        for list in [
            "[('f', '<f4', (2,))]",
            "[(('title', 'n'), '<f4')]",
            "[('a', '<f4') ",
            "[('a', '|V99999999999999999999')]",
        ] {
            assert_eq!(Layout::parse_record(list), None, "{list}");
        }
    }

    #[test]
    fn texts_end_before_their_zeros() {
        let text = |descr: &str, bytes: &[u8]| match Layout::parse(descr) {
            Some(Layout::Text(text)) => text.text(bytes),
            other => panic!("{other:?}"),
        };
        assert_eq!(text("|S4", b"ab\0\0").as_deref(), Some("ab"));
        assert_eq!(text("<U2", &[0xe9, 0, 0, 0, 0, 0, 0, 0]).as_deref(), Some("é"));
        assert_eq!(text(">U1", &[0, 0, 0, b'x']).as_deref(), Some("x"));
        assert_eq!(text("<U1", &[0, 0, 0, b'x']), None);
        assert_eq!(text("|S1", &[0xff]), None);
        assert_eq!(Layout::parse("<U18446744073709551615"), None);
        assert_eq!(Layout::parse("|O"), Some(Layout::Object));
        assert_eq!(Layout::parse("<c8"), None);
    }
}
