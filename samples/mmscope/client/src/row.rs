// SPDX-License-Identifier: GPL-2.0-only

//! The rows that the device writes.

use crate::uapi::{self, VmaRow};
use std::{fmt, io::Write};

/// The size of a page, the unit of `vm_pgoff`.
const PAGE_SIZE: u64 = 4096;

/// A VMA, as `/proc/PID/maps` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vma {
    pub start: u64,
    pub end: u64,
    pub perms: [u8; 4],
    /// In bytes; 0 if there is no file.
    pub offset: u64,
    /// The path, or the name in its brackets.
    pub name: Vec<u8>,
}

/// A VMA, as the device shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub vma: Vma,
    pub flags: u64,
    pub anonymous: bool,
    pub has_file: bool,
    /// The path is longer than the device can show.
    pub path_too_long: bool,
    pub mmap_locked: bool,
}

/// What is wrong with what the device wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

/// The permissions that `vm_flags` tell.
pub fn perms(flags: u64) -> [u8; 4] {
    let perm = |flag, yes, no| if flags & flag != 0 { yes } else { no };
    [
        perm(uapi::VM_READ, b'r', b'-'),
        perm(uapi::VM_WRITE, b'w', b'-'),
        perm(uapi::VM_EXEC, b'x', b'-'),
        perm(uapi::VM_MAYSHARE, b's', b'p'),
    ]
}

/// Reads what the device wrote.
pub fn parse(mut buf: &[u8]) -> Result<Vec<Row>, Malformed> {
    let mut rows = Vec::new();
    while !buf.is_empty() {
        let (row, name, rest) = split_row(buf)?;
        rows.push(Row::new(&row, name)?);
        buf = rest;
    }
    Ok(rows)
}

/// Splits the first row and its name off.
fn split_row(buf: &[u8]) -> Result<(VmaRow, &[u8], &[u8]), Malformed> {
    const HEAD: usize = size_of::<VmaRow>();
    if buf.len() < HEAD {
        return Err(Malformed("a row that is cut off"));
    }
    // SAFETY: The buffer is at least as long, and any bits are a valid value of the type.
    let row = unsafe { buf.as_ptr().cast::<VmaRow>().read_unaligned() };
    let len = (HEAD + row.name_len as usize).next_multiple_of(8);
    if row.len as usize != len {
        return Err(Malformed("a row whose size is not that of its name"));
    }
    if buf.len() < len {
        return Err(Malformed("a name that is cut off"));
    }
    let (row_bytes, rest) = buf.split_at(len);
    Ok((row, &row_bytes[HEAD..HEAD + row.name_len as usize], rest))
}

impl Row {
    fn new(row: &VmaRow, name: &[u8]) -> Result<Self, Malformed> {
        let bracketed = |before: &str| [before.as_bytes(), name, b"]"].concat();
        let has_file = matches!(
            row.name_kind,
            uapi::NAME_FILE | uapi::NAME_FILE_TOO_LONG | uapi::NAME_ANON_SHARED
        );
        let name = match row.name_kind {
            uapi::NAME_NONE | uapi::NAME_FILE_TOO_LONG => Vec::new(),
            uapi::NAME_ANON_SHARED => bracketed("[anon_shmem:"),
            uapi::NAME_ANON => bracketed("[anon:"),
            uapi::NAME_FILE | uapi::NAME_SPECIAL => name.to_vec(),
            uapi::NAME_HEAP => b"[heap]".to_vec(),
            uapi::NAME_STACK => b"[stack]".to_vec(),
            _ => return Err(Malformed("an unknown kind of name")),
        };
        if row.row_flags & !(uapi::ROW_ANONYMOUS | uapi::ROW_MMAP_LOCKED) != 0 {
            return Err(Malformed("an unknown flag"));
        }
        Ok(Self {
            vma: Vma {
                start: row.start,
                end: row.end,
                perms: perms(row.flags),
                offset: if has_file {
                    row.pgoff.wrapping_mul(PAGE_SIZE)
                } else {
                    0
                },
                name,
            },
            flags: row.flags,
            anonymous: row.row_flags & uapi::ROW_ANONYMOUS != 0,
            has_file,
            path_too_long: row.name_kind == uapi::NAME_FILE_TOO_LONG,
            mmap_locked: row.row_flags & uapi::ROW_MMAP_LOCKED != 0,
        })
    }

    /// What backs the VMA, in a word.
    pub fn kind(&self) -> &'static str {
        match (self.anonymous, self.has_file) {
            (true, _) => "anon",
            (false, true) => "file",
            (false, false) => "-",
        }
    }

    /// The name for people, or what stands for one that is too long.
    pub fn shown_name(&self) -> String {
        if self.path_too_long {
            "(a path longer than PATH_MAX)".into()
        } else {
            shown(&self.vma.name)
        }
    }

    /// The VMA as `/proc/PID/maps` has it: `seq_path()` escapes the newlines of a path.
    pub fn in_proc(&self) -> Vma {
        let lines: Vec<_> = self.vma.name.split(|&byte| byte == b'\n').collect();
        Vma {
            name: lines.join(&b"\\012"[..]),
            ..self.vma.clone()
        }
    }

    /// Writes a line for people.
    pub fn write_line(&self, out: &mut impl Write) -> std::io::Result<()> {
        let line = format!("{} {:<4}", self.vma.head(), self.kind());
        write_padded(out, &line, 56, &self.shown_name())
    }
}

impl Vma {
    fn head(&self) -> String {
        format!(
            "{:08x}-{:08x} {} {:08x}",
            self.start,
            self.end,
            String::from_utf8_lossy(&self.perms),
            self.offset
        )
    }

    /// Writes a line for people.
    pub fn write_line(&self, out: &mut impl Write) -> std::io::Result<()> {
        write_padded(out, &self.head(), 51, &shown(&self.name))
    }
}

fn write_padded(out: &mut impl Write, head: &str, width: usize, name: &str) -> std::io::Result<()> {
    if name.is_empty() {
        return writeln!(out, "{}", head.trim_end());
    }
    writeln!(out, "{head:<width$} {name}")
}

/// A name that somebody else has chosen, for people: what cannot be printed is escaped, and so is
/// the backslash, as in a string of Rust. Other names look otherwise.
pub fn shown(name: &[u8]) -> String {
    let mut shown = String::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' | '"' => shown.push(c),
                c => shown.extend(c.escape_debug()),
            }
        }
        for byte in chunk.invalid() {
            shown += &format!("\\x{byte:02x}");
        }
    }
    shown
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the device wrote {}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uapi::*;

    fn bytes(row: VmaRow, name: &[u8]) -> Vec<u8> {
        let len = (size_of::<VmaRow>() + name.len()).next_multiple_of(8);
        let row = VmaRow {
            len: len as u32,
            name_len: name.len() as u16,
            ..row
        };
        // SAFETY: The type has no padding.
        let head = unsafe {
            std::slice::from_raw_parts((&raw const row).cast::<u8>(), size_of::<VmaRow>())
        };
        let mut bytes = [head, name].concat();
        bytes.resize(len, 0);
        bytes
    }

    fn file_row() -> VmaRow {
        VmaRow {
            start: 0x1000,
            end: 0x3000,
            flags: VM_READ | VM_EXEC,
            pgoff: 0x12_3456,
            name_kind: NAME_FILE,
            ..VmaRow::default()
        }
    }

    #[test]
    fn rows_and_names() {
        let anon = VmaRow {
            start: 0x3000,
            end: 0x4000,
            flags: VM_READ | VM_WRITE | VM_MAYSHARE,
            pgoff: 3,
            name_kind: NAME_ANON,
            row_flags: ROW_ANONYMOUS | ROW_MMAP_LOCKED,
            ..VmaRow::default()
        };
        let buf = [bytes(file_row(), b"/a\nb\\"), bytes(anon, b"x")].concat();
        let rows = parse(&buf).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].vma.perms, *b"r-xp");
        assert_eq!(rows[0].vma.offset, 0x1_2345_6000);
        assert_eq!(rows[0].vma.name, b"/a\nb\\");
        assert_eq!(rows[0].in_proc().name, b"/a\\012b\\");
        assert_eq!(rows[0].shown_name(), "/a\\nb\\\\");
        assert_eq!(rows[0].kind(), "file");
        assert!(!rows[0].mmap_locked);
        assert_eq!(rows[1].vma.perms, *b"rw-s");
        assert_eq!(rows[1].vma.offset, 0);
        assert_eq!(rows[1].vma.name, b"[anon:x]");
        assert_eq!(rows[1].kind(), "anon");
        assert!(rows[1].mmap_locked);
    }

    #[test]
    fn shown_names() {
        for (name, text) in [
            (&b"/a 'b' \xc3\xa9"[..], "/a 'b' \u{e9}"),
            (b"\x1b[2J\r\x7f\0", "\\u{1b}[2J\\r\\u{7f}\\0"),
            (b"\xff\xfe", "\\xff\\xfe"),
            (b"\\xff\\xfe", "\\\\xff\\\\xfe"),
            // A control character, and one that turns the text around.
            (b"\xc2\x9b\xe2\x80\xae", "\\u{9b}\\u{202e}"),
        ] {
            assert_eq!(shown(name), text);
        }
    }

    #[test]
    fn malformed_rows() {
        let good = bytes(file_row(), b"/a");
        assert!(parse(&good).is_ok());
        assert!(parse(&good[..good.len() - 8]).is_err());
        assert!(parse(&good[..20]).is_err());
        let mut bad = good.clone();
        bad[32] += 8;
        assert!(parse(&bad).is_err());
        let unknown = VmaRow {
            name_kind: 99,
            ..file_row()
        };
        assert!(parse(&bytes(unknown, b"")).is_err());
    }

    #[test]
    fn lines() {
        let mut out = Vec::new();
        for row in parse(&bytes(file_row(), b"/a b")).unwrap() {
            row.write_line(&mut out).unwrap();
            row.vma.write_line(&mut out).unwrap();
        }
        let out = String::from_utf8(out).unwrap();
        let mut lines = out.lines();
        assert_eq!(
            lines.next().unwrap().split_whitespace().collect::<Vec<_>>(),
            ["00001000-00003000", "r-xp", "123456000", "file", "/a", "b"]
        );
        assert!(lines.next().unwrap().ends_with(" /a b"));
    }
}
