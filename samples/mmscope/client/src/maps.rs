// SPDX-License-Identifier: GPL-2.0-only

//! What `/proc/PID/maps` says.

use crate::row::{shown, Vma};
use std::{
    fs::File,
    io::{self, Read},
};

/// The gate VMA. It belongs to no mm, so the device does not show it.
const GATE: &[u8] = b"[vsyscall]";

/// A text of `/proc/PID/maps`. Its buffer does not grow, see
/// [`RawWalk`](crate::device::RawWalk).
pub struct MapsText {
    buf: Vec<u8>,
    len: usize,
}

impl MapsText {
    /// Makes a buffer of `size` bytes.
    pub fn new(size: usize) -> Self {
        Self {
            buf: vec![0; size],
            len: 0,
        }
    }

    /// Reads the file at `path`. Returns whether all of it fitted. Allocates nothing.
    pub fn read(&mut self, path: &str) -> io::Result<bool> {
        let mut file = File::open(path)?;
        self.len = 0;
        loop {
            if self.len == self.buf.len() {
                return Ok(false);
            }
            match file.read(&mut self.buf[self.len..])? {
                0 => return Ok(true),
                len => self.len += len,
            }
        }
    }

    /// Puts a text in.
    #[cfg(test)]
    pub fn set(
        &mut self,
        write: impl FnOnce(&mut io::Cursor<&mut [u8]>) -> io::Result<()>,
    ) -> io::Result<bool> {
        let mut cursor = io::Cursor::new(&mut self.buf[..]);
        write(&mut cursor)?;
        self.len = cursor.position() as usize;
        Ok(true)
    }

    /// What was read.
    pub fn text(&self) -> &[u8] {
        &self.buf[..self.len]
    }
}

/// Reads the lines of `/proc/PID/maps`, without the gate VMA.
pub fn parse(text: &[u8]) -> Result<Vec<Vma>, String> {
    text.split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| parse_line(line).ok_or_else(|| format!("cannot parse: {}", shown(line))))
        .filter(|vma| !matches!(vma, Ok(vma) if vma.name == GATE))
        .collect()
}

fn parse_line(line: &[u8]) -> Option<Vma> {
    // start-end perms offset device inode name, with spaces before the name, and perhaps in it.
    let mut fields = line.splitn(6, |&byte| byte == b' ');
    let range = std::str::from_utf8(fields.next()?).ok()?;
    let (start, end) = range.split_once('-')?;
    let perms = fields.next()?.try_into().ok()?;
    let offset = std::str::from_utf8(fields.next()?).ok()?;
    let _device = fields.next()?;
    let _inode = fields.next()?;
    Some(Vma {
        start: u64::from_str_radix(start, 16).ok()?,
        end: u64::from_str_radix(end, 16).ok()?,
        perms,
        offset: u64::from_str_radix(offset, 16).ok()?,
        name: fields.next()?.trim_ascii_start().to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"\
7f3c86a00000-7f3c86a01000 r--s 123456000 00:1d 42                        /tmp/a  b\\012 (deleted)
7f3c86b00000-7f3c86b01000 rw-p 00000000 00:00 0 
7ffe1b5f4000-7ffe1b615000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
";

    #[test]
    fn lines() {
        let vmas = parse(TEXT).unwrap();
        assert_eq!(vmas.len(), 3);
        assert_eq!(vmas[0].start, 0x7f3c_86a0_0000);
        assert_eq!(vmas[0].end, 0x7f3c_86a0_1000);
        assert_eq!(vmas[0].perms, *b"r--s");
        assert_eq!(vmas[0].offset, 0x1_2345_6000);
        assert_eq!(vmas[0].name, b"/tmp/a  b\\012 (deleted)");
        assert_eq!(vmas[1].name, b"");
        assert_eq!(vmas[2].name, b"[stack]");
    }

    #[test]
    fn bad_lines() {
        assert!(parse(b"7f3c86a00000 r--s 0 00:1d 42 \n").is_err());
        assert!(parse(b"1000-2000 r--s 0 00:1d 42").is_err());
    }

    #[test]
    fn own_maps_and_a_full_buffer() {
        let mut maps = MapsText::new(1 << 20);
        assert!(maps.read("/proc/self/maps").unwrap());
        assert!(parse(maps.text()).unwrap().len() > 5);
        assert!(!MapsText::new(100).read("/proc/self/maps").unwrap());
    }
}
