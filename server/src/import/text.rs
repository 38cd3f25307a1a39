//! Bytes to text: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252. What is no text at all is refused.

use super::refuse;
use crate::error::Result;

/// What 0x80 to 0x9F mean in Windows-1252; those without a meaning stay control characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// How the files begin that people send by mistake.
const MAGIC: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a spreadsheet or archive; save it as CSV first"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet; save it as CSV first"),
    (b"%PDF", "a PDF; ask the bank for CSV"),
    (b"\x1f\x8b", "compressed; unpack it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
];

/// The text of a file.
pub fn decode(bytes: &[u8]) -> Result<String> {
    if bytes.trim_ascii().is_empty() {
        return Err(refuse("", "empty", "The file is empty"));
    }
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(refuse(
            "",
            "not-text",
            format!("This is not a text file but {what}"),
        ));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return Ok(utf16(rest, u16::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return Ok(utf16(rest, u16::from_be_bytes));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if is_binary(bytes) {
        return Err(refuse("", "not-text", "This is not a text file"));
    }
    Ok(std::str::from_utf8(bytes).map_or_else(|_| windows_1252(bytes), str::to_owned))
}

/// One control character in a note is that row's affair; many of them are no text.
fn is_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..8192).unwrap_or(bytes);
    let odd = head
        .iter()
        .filter(|byte| byte.is_ascii_control() && !b"\t\r\n\x0c".contains(byte))
        .count();
    odd >= 8 && odd * 20 > head.len()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes
        .chunks_exact(2)
        .filter_map(|pair| Some(unit(pair.try_into().ok()?)));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn windows_1252(bytes: &[u8]) -> String {
    let decode = |byte: u8| match byte {
        0x80..=0x9f => WINDOWS_1252
            .get(usize::from(byte - 0x80))
            .copied()
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        other => char::from(other),
    };
    bytes.iter().map(|byte| decode(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_come_out_of_every_encoding() {
        let utf16le: Vec<u8> = [0xfeff_u16]
            .into_iter()
            .chain("Währung €".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let utf16be: Vec<u8> = [0xfeff_u16]
            .into_iter()
            .chain("Währung €".encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        for bytes in [
            "Währung €".as_bytes(),
            "\u{feff}Währung €".as_bytes(),
            b"W\xe4hrung \x80",
            &utf16le,
            &utf16be,
        ] {
            assert_eq!(decode(bytes).unwrap(), "Währung €");
        }
    }

    #[test]
    fn what_is_no_text_is_refused_and_one_odd_character_is_not() {
        let noise: Vec<u8> = (0..4096_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        for bytes in [
            &b""[..],
            b" \r\n ",
            b"PK\x03\x04rest",
            b"%PDF-1.7",
            &noise,
            &[0; 100],
        ] {
            assert!(decode(bytes).is_err());
        }
        assert_eq!(decode(b"a,b\n1,\0\n").unwrap(), "a,b\n1,\0\n");
    }
}
