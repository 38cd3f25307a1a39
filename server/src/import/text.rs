//! Bytes to text: in the encoding that was named, else UTF-8 with or without a mark, UTF-16 with one, or the old encoding
//! that the bytes look most like. What is no text at all is refused.

use super::refuse;
use crate::error::Result;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use std::borrow::Cow;

/// How the files begin that people send by mistake.
const MAGIC: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a spreadsheet or archive; save it as CSV first"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet; save it as CSV first"),
    (b"%PDF", "a PDF; ask the bank for CSV"),
    (b"\x1f\x8b", "compressed; unpack it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
];

/// The text of a file; `label` is the encoding that the caller named, by any of its names in the WHATWG standard.
pub fn decode<'a>(bytes: &'a [u8], label: Option<&str>) -> Result<Cow<'a, str>> {
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
    let text = match label {
        Some(label) => labelled(bytes, label)?,
        None => guessed(bytes)?,
    };
    if is_binary(text.as_bytes()) {
        return Err(refuse("", "not-text", "This is not a text file"));
    }
    Ok(text)
}

/// In the encoding that the caller names; a mark at the beginning of the file goes before it.
fn labelled<'a>(bytes: &'a [u8], label: &str) -> Result<Cow<'a, str>> {
    let Some(encoding) = Encoding::for_label(label.as_bytes()) else {
        return Err(refuse(
            "/encoding",
            "unknown-encoding",
            format!("{label:?} names no encoding - write one such as windows-1251 or utf-8"),
        ));
    };
    let (text, read_as, is_damaged) = encoding.decode(bytes);
    if is_damaged {
        return Err(refuse(
            "/encoding",
            "wrong-encoding",
            format!(
                "The file is not in {} - leave encoding out, or name another",
                read_as.name()
            ),
        ));
    }
    Ok(text)
}

/// By its mark, as UTF-8 if it is that, else in what its bytes look most like.
fn guessed(bytes: &[u8]) -> Result<Cow<'_, str>> {
    if Encoding::for_bom(bytes).is_none() {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Ok(text.into());
        }
        if is_binary(bytes) {
            return Err(refuse("", "not-text", "This is not a text file"));
        }
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    Ok(encoding.decode(bytes).0)
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
            assert_eq!(decode(bytes, None).unwrap(), "Währung €");
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
            assert!(decode(bytes, None).is_err());
        }
        assert_eq!(decode(b"a,b\n1,\0\n", None).unwrap(), "a,b\n1,\0\n");
    }

    #[test]
    fn the_encoding_of_a_statement_is_found_by_its_bytes() {
        for (text, label) in [
            (
                "Дата;Сумма;Основание\n2019-07-05;12,50;Продукты и кофе\n",
                "windows-1251",
            ),
            (
                "Datum;Betrag;Empfänger\n05.07.2019;12,50;Müller Bäckerei, Köln\n",
                "windows-1252",
            ),
            (
                "Datum;Kwota;Tytuł\n05.07.2019;12,50;Zażółć gęślą jaźń\n",
                "windows-1250",
            ),
            (
                "日付,金額,内容\n2019-07-05,1250,スーパーマーケット\n",
                "shift_jis",
            ),
        ] {
            let (bytes, _, is_lossy) = Encoding::for_label(label.as_bytes()).unwrap().encode(text);
            assert!(!is_lossy && std::str::from_utf8(&bytes).is_err(), "{label}");
            assert_eq!(decode(&bytes, None).unwrap(), text, "{label}");
            assert_eq!(decode(&bytes, Some(label)).unwrap(), text, "{label}");
        }
    }

    #[test]
    fn a_named_encoding_goes_before_the_guess_and_a_wrong_one_is_refused() {
        assert_eq!(decode(b"\xc4", Some("cp1251")).unwrap(), "Д");
        assert_eq!(decode(b"\xc4", Some("Latin1")).unwrap(), "Ä");
        assert_eq!(decode(b"a\0b\0", Some("utf-16le")).unwrap(), "ab");
        assert_eq!(decode("\u{feff}é".as_bytes(), Some("windows-1251")).unwrap(), "é");
        let code = |label| match decode(b"W\xe4hrung", Some(label)) {
            Err(crate::error::AppError::Refused(refusal)) => refusal.faults.told()[0].code.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(code("utf-8"), "wrong-encoding");
        assert_eq!(code("klingon"), "unknown-encoding");
    }
}
