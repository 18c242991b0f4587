//! Writes JSON text in pieces. V8 parses each of them in a small part of one turn of the event
//! loop.
//!
//! Each piece is complete JSON. Lists and objects that are open at the end of a piece are closed,
//! and the next piece opens them again and has the path to them. So `{"a":["x","y"]}` may become
//! `{"a":["x"]}` followed by `{"a":["y"]}` with the path `["a"]`; `lib/core/answers.js` joins
//! them. A text may be cut, too: then the path leads to the text.
//!
//! The serializer does not know about pieces: a formatter watches its output.

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use taglib_wasi_guest::{Budget, Error, Result};

/// The size at which a piece ends, in bytes. V8 parses a piece in less than a millisecond.
const PIECE: usize = 64 << 10;

/// The number of bytes by which a piece may exceed [`PIECE`]: the size of a token, which is never
/// cut.
const SPARE: usize = 4 << 10;

/// The longest key that is repeated in a path, in bytes. A path names a longer key only as "the
/// last key": a key of a megabyte would otherwise be in every piece.
const LONGEST_KEY: usize = 64;

/// The key that replaces a longer one. No answer contains it, since it would set the prototype.
const LAST_KEY: &str = r#""__proto__""#;

/// A part of a text in JSON.
pub(crate) struct Piece {
    pub json: String,
    /// A JSON list of the keys that lead to the value that this piece continues; null
    /// for the last element or the last key.
    pub path: String,
}

/// Writes `value` in pieces, which are charged to `budget`.
pub(crate) fn write(value: &impl Serialize, budget: &Budget) -> Result<VecDeque<Piece>> {
    let cutter = RefCell::new(Cutter::new(budget));
    let mut serializer = Serializer::with_formatter(Out(&cutter), Cuts(&cutter));
    let written = value.serialize(&mut serializer);
    let mut cutter = cutter.into_inner();
    // The serializer's errors can't carry this failure.
    if let Some(failure) = cutter.failure.take() {
        return Err(failure);
    }
    written.expect("every shape can be written");
    cutter.end()?;
    Ok(cutter.pieces)
}

struct Cutter<'a> {
    budget: &'a Budget,
    pieces: VecDeque<Piece>,
    json: Vec<u8>,
    path: String,
    /// The open lists and objects, the outermost one first.
    open: Vec<Open>,
    /// The offset of the key that is being written.
    key: Option<usize>,
    failure: Option<Error>,
}

enum Open {
    List,
    /// Has the text of the latest key.
    Object(String),
}

impl<'a> Cutter<'a> {
    fn new(budget: &'a Budget) -> Self {
        Self {
            budget,
            pieces: VecDeque::new(),
            json: Vec::new(),
            path: "[]".to_owned(),
            open: Vec::new(),
            key: None,
            failure: None,
        }
    }

    fn is_full(&self) -> bool {
        self.json.len() >= PIECE
    }

    /// Returns whether the innermost list may be cut. A list in a list encodes a value that JSON
    /// can't represent.
    fn may_cut_list(&self) -> bool {
        !matches!(self.open[..], [.., Open::List, Open::List])
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.json.capacity() - self.json.len() < bytes.len() {
            let room = bytes.len().max(PIECE + SPARE - self.json.len().min(PIECE));
            self.budget.reserve(&mut self.json, room).map_err(|error| self.fail(error))?;
        }
        self.json.extend_from_slice(bytes);
        Ok(())
    }

    fn fail(&mut self, error: Error) -> io::Error {
        self.failure = Some(error);
        io::ErrorKind::Other.into()
    }

    /// Ends the piece, and reopens its lists and objects in the next one. `in_text` tells whether
    /// a text is open, too.
    fn cut(&mut self, in_text: bool) -> io::Result<()> {
        if in_text {
            self.write(b"\"")?;
        }
        self.close_all()?;
        self.end().map_err(|error| self.fail(error))?;
        self.path = self.path_to_here(in_text);
        for level in 0..self.open.len() {
            let is_innermost = level + 1 == self.open.len() && !in_text;
            let opening = match &self.open[level] {
                Open::List => "[".to_owned(),
                Open::Object(_) if is_innermost => "{".to_owned(),
                Open::Object(key) => format!("{{{key}:"),
            };
            self.write(opening.as_bytes())?;
        }
        if in_text { self.write(b"\"") } else { Ok(()) }
    }

    fn close_all(&mut self) -> io::Result<()> {
        let closing: Vec<u8> = self
            .open
            .iter()
            .rev()
            .map(|open| if matches!(open, Open::List) { b']' } else { b'}' })
            .collect();
        self.write(&closing)
    }

    fn path_to_here(&self, in_text: bool) -> String {
        let length = if in_text { self.open.len() } else { self.open.len().saturating_sub(1) };
        let steps = self.open[..length].iter().map(|open| match open {
            Open::Object(key) if key != LAST_KEY => key.as_str(),
            _ => "null",
        });
        format!("[{}]", steps.collect::<Vec<_>>().join(","))
    }

    fn end(&mut self) -> Result<()> {
        self.budget.check()?;
        let json = std::mem::take(&mut self.json);
        let json = String::from_utf8(json).expect("JSON is cut between characters");
        let path = std::mem::take(&mut self.path);
        self.pieces.push_back(Piece { json, path });
        Ok(())
    }
}

/// Receives the output of the serializer.
struct Out<'a, 'b>(&'a RefCell<Cutter<'b>>);

impl Write for Out<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Watches the output of the serializer, and cuts it before an element, before a key and inside a
/// text.
struct Cuts<'a, 'b>(&'a RefCell<Cutter<'b>>);

impl Formatter for Cuts<'_, '_> {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.borrow_mut().open.push(Open::List);
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.borrow_mut().open.pop();
        writer.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first {
            return Ok(());
        }
        let mut cutter = self.0.borrow_mut();
        if cutter.is_full() && cutter.may_cut_list() {
            return cutter.cut(false);
        }
        drop(cutter);
        writer.write_all(b",")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.borrow_mut().open.push(Open::Object(String::new()));
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.borrow_mut().open.pop();
        writer.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        let mut cutter = self.0.borrow_mut();
        if !first && cutter.is_full() {
            cutter.cut(false)?;
        } else if !first {
            cutter.write(b",")?;
        }
        cutter.key = Some(cutter.json.len());
        Ok(())
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        let mut cutter = self.0.borrow_mut();
        let Some(start) = cutter.key.take() else { return Ok(()) };
        let written = &cutter.json[start..];
        let key = match std::str::from_utf8(written) {
            Ok(key) if key.len() <= LONGEST_KEY => key.to_owned(),
            _ => LAST_KEY.to_owned(),
        };
        if let Some(Open::Object(latest)) = cutter.open.last_mut() {
            *latest = key;
        }
        Ok(())
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut cutter = self.0.borrow_mut();
        if cutter.key.is_some() || !cutter.may_cut_list() {
            drop(cutter);
            return writer.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while !rest.is_empty() {
            if cutter.is_full() {
                cutter.cut(true)?;
            }
            let room = (PIECE - cutter.json.len().min(PIECE)).max(4);
            let (part, after) = rest.split_at(rest.floor_char_boundary(room));
            cutter.write(part.as_bytes())?;
            rest = after;
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        escape: serde_json::ser::CharEscape,
    ) -> io::Result<()> {
        let mut cutter = self.0.borrow_mut();
        if cutter.key.is_none() && cutter.is_full() && cutter.may_cut_list() {
            cutter.cut(true)?;
        }
        drop(cutter);
        serde_json::ser::CompactFormatter.write_char_escape(writer, escape)
    }
}

/// Writes `value` as one text. Returns `None` if it has more than `most` bytes.
pub(crate) fn write_whole(value: &impl Serialize, most: usize) -> Option<String> {
    let mut out = Limited { json: Vec::with_capacity(1024), most };
    value.serialize(&mut Serializer::new(&mut out)).ok()?;
    Some(String::from_utf8(out.json).expect("JSON is UTF-8"))
}

struct Limited {
    json: Vec<u8>,
    most: usize,
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.json.len() + bytes.len() > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.json.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value, json};
    use taglib_wasi_guest::{Cancellation, Limits};

    fn pieces(value: &Value) -> Vec<Piece> {
        let budget = Budget::start(Limits::default(), &Cancellation::default());
        write(value, &budget).unwrap().into()
    }

    /// Joins pieces as `lib/core/answers.js` does.
    fn joined(pieces: Vec<Piece>) -> Value {
        let mut whole = None;
        for piece in pieces {
            let more: Value = serde_json::from_str(&piece.json).unwrap();
            let path: Vec<Option<String>> = serde_json::from_str(&piece.path).unwrap();
            match &mut whole {
                None => whole = Some(more),
                Some(whole) => join(whole, more, &path),
            }
        }
        whole.unwrap()
    }

    fn join(value: &mut Value, more: Value, path: &[Option<String>]) {
        match (value, more) {
            (Value::String(text), Value::String(more)) => text.push_str(&more),
            (Value::Array(list), Value::Array(more)) => {
                let mut more = more.into_iter();
                if let [_, rest @ ..] = path {
                    join(list.last_mut().unwrap(), more.next().unwrap(), rest);
                }
                list.extend(more);
            }
            (Value::Object(object), Value::Object(mut more)) => {
                if let [step, rest @ ..] = path {
                    let last = object.keys().max_by_key(|key| key.len()).unwrap().clone();
                    let key = step.clone().unwrap_or(last);
                    let name = step.as_deref().unwrap_or("__proto__");
                    join(object.get_mut(&key).unwrap(), more.remove(name).unwrap(), rest);
                }
                object.extend(more);
            }
            (value, more) => panic!("{value} and {more}"),
        }
    }

    #[test]
    fn pieces_join_to_the_value_whatever_is_cut() {
        let long = "x\u{1}\"é🎵".repeat(60_000);
        let values: Vec<String> = (0..50_000).map(|number| number.to_string()).collect();
        let records = vec![json!({ "a": 1, "b": [["undefined"]], "c": [["bytes", 7]] }); 20_000];
        let many: Map<String, Value> =
            (0..30_000).map(|number| (number.to_string(), json!([number]))).collect();
        let long_key = "k".repeat(200_000);
        for value in [
            json!({}),
            json!({ "text": long }),
            json!({ "tags": { "a": [long, "short", long], "5": values }, "z": null }),
            json!(records),
            json!({ "pictures": records, "many": many }),
            json!({ "tags": { "a": 1, long_key: values } }),
        ] {
            let pieces = pieces(&value);
            let limit = PIECE + SPARE + 200_000;
            assert!(pieces.iter().all(|piece| piece.json.len() <= limit));
            assert_eq!(joined(pieces), value);
        }
    }

    #[test]
    fn no_piece_is_much_longer_than_the_others() {
        let value = json!({ "a": ["\u{1}".repeat(1_000_000)], "b": vec!["x"; 100_000] });
        let pieces = pieces(&value);
        assert!(pieces.len() > 90);
        assert!(pieces.iter().all(|piece| piece.json.len() <= PIECE + SPARE));
    }

    #[test]
    fn what_the_budget_does_not_allow_is_an_error() {
        let limits = Limits { memory: 200_000, ..Limits::default() };
        let budget = Budget::start(limits, &Cancellation::default());
        assert!(write(&json!(vec!["x"; 100_000]), &budget).is_err());
    }

    #[test]
    fn a_text_beyond_its_limit_is_not_written_whole() {
        let value = json!(["x", "y"]);
        assert_eq!(write_whole(&value, 9).as_deref(), Some(r#"["x","y"]"#));
        assert_eq!(write_whole(&value, 8), None);
    }
}
