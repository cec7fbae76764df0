// SPDX-License-Identifier: GPL-2.0-only

//! What a walk over a process may show whose VMAs change in one window only.
//!
//! The window is three units long. A thread of the process takes it from one of these states to
//! another without pause:
//!
//! | state | units                  |
//! |-------|------------------------|
//! | A     | `rw` over all three    |
//! | B     | `rw`, a gap, `rw`      |
//! | C     | `rw`, `r`, `rw`        |
//! | E     | `r`, `rw` over two     |

use mmscope::row::{Row, Vma};

/// The window.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub start: u64,
    pub unit: u64,
}

/// The rows that a state has: the units it begins and ends at, and its permissions.
const ALLOWED: [(u64, u64, &[u8; 4]); 6] = [
    (0, 3, b"rw-p"),
    (0, 1, b"rw-p"),
    (2, 3, b"rw-p"),
    (1, 2, b"r--p"),
    (0, 1, b"r--p"),
    (1, 3, b"rw-p"),
];

/// What was seen of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How often each of the rows was.
    pub rows: [usize; ALLOWED.len()],
    /// How often the gap was.
    pub gaps: usize,
}

impl Window {
    /// Where the window ends.
    pub fn end(&self) -> u64 {
        self.start + 3 * self.unit
    }

    fn holds(&self, vma: &Vma) -> bool {
        vma.start < self.end() && vma.end > self.start
    }

    /// Leaves out the rows of the window.
    pub fn outside(&self, vmas: &[Vma]) -> Vec<Vma> {
        vmas.iter()
            .filter(|vma| !self.holds(vma))
            .cloned()
            .collect()
    }

    /// Checks a walk. `outside` is what there is outside the window.
    pub fn check(
        &self,
        rows: &[Row],
        outside: &[Vma],
        same: impl Fn(&Row, &Vma) -> bool,
        seen: &mut Seen,
    ) -> Result<(), String> {
        let mut outside = outside.iter();
        let mut last_end = 0;
        // Up to here, in the window, there was a VMA, or the gap.
        let mut covered = self.start;
        for row in rows {
            let vma = &row.vma;
            if vma.end <= last_end {
                return Err(format!(
                    "the ends do not grow: {last_end:#x}, then {vma:x?}"
                ));
            }
            last_end = vma.end;
            if self.holds(vma) {
                self.check_inside(row, &mut covered, seen)?;
                continue;
            }
            if vma.start >= self.end() && covered < self.end() {
                return Err(format!("the window is missing from {covered:#x} on"));
            }
            match outside.next() {
                Some(expected) if same(row, expected) => {}
                expected => {
                    return Err(format!(
                        "outside the window: expected {expected:x?}, not {vma:x?}"
                    ))
                }
            }
        }
        if let Some(missing) = outside.next() {
            return Err(format!("the walk ended early, before {missing:x?}"));
        }
        if covered < self.end() {
            return Err(format!("the window is missing from {covered:#x} on"));
        }
        Ok(())
    }

    /// Checks the beginning of a walk from `from`, an address in the window.
    pub fn check_part(&self, rows: &[Row], from: u64, seen: &mut Seen) -> Result<(), String> {
        let mut last_end = from;
        let mut covered = from;
        if rows.is_empty() {
            return Err(format!("no rows from {from:#x} on"));
        }
        for row in rows {
            let vma = &row.vma;
            if vma.end <= last_end {
                return Err(format!("an end that is not above {last_end:#x}: {vma:x?}"));
            }
            last_end = vma.end;
            if self.holds(vma) {
                self.check_inside(row, &mut covered, seen)?;
            } else if covered < self.end() {
                return Err(format!("the window is missing from {covered:#x} on"));
            }
        }
        Ok(())
    }

    fn check_inside(&self, row: &Row, covered: &mut u64, seen: &mut Seen) -> Result<(), String> {
        let vma = &row.vma;
        let kind = ALLOWED.iter().position(|(start, end, perms)| {
            vma.start == self.start + start * self.unit
                && vma.end == self.start + end * self.unit
                && vma.perms == **perms
        });
        let (Some(kind), true) = (
            kind,
            row.anonymous && vma.name.is_empty() && vma.offset == 0,
        ) else {
            return Err(format!("no state has {row:x?} (window: {self:x?})"));
        };
        if vma.start > *covered {
            let gap = (*covered, vma.start);
            if gap != (self.start + self.unit, self.start + 2 * self.unit) {
                return Err(format!("no state has the gap {gap:x?} (window: {self:x?})"));
            }
            seen.gaps += 1;
        }
        seen.rows[kind] += 1;
        *covered = vma.end;
        Ok(())
    }
}

impl Seen {
    /// Whether all that can be seen was seen.
    pub fn everything(&self) -> bool {
        self.gaps > 0 && self.rows.iter().all(|&count| count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Window = Window {
        start: 0x10_000,
        unit: 0x1000,
    };

    fn vma(start: u64, end: u64, perms: &[u8; 4]) -> Vma {
        Vma {
            start,
            end,
            perms: *perms,
            offset: 0,
            name: Vec::new(),
        }
    }

    fn before() -> Vma {
        vma(0xf000, 0x10_000, b"---p")
    }

    fn after() -> Vma {
        vma(0x13_000, 0x14_000, b"---p")
    }

    fn row(vma: &Vma) -> Row {
        Row {
            vma: vma.clone(),
            flags: 0,
            anonymous: true,
            has_file: false,
            path_too_long: false,
            mmap_locked: false,
        }
    }

    fn walk(vmas: &[Vma]) -> Result<Seen, String> {
        let rows: Vec<_> = vmas.iter().map(row).collect();
        let outside = WINDOW.outside(&[before(), vma(0x10_000, 0x13_000, b"rw-p"), after()]);
        let mut seen = Seen::default();
        WINDOW
            .check(&rows, &outside, |row, vma| row.vma == *vma, &mut seen)
            .map(|()| seen)
    }

    fn inside(units: &[(u64, u64, &[u8; 4])]) -> Result<Seen, String> {
        let mut vmas = vec![before()];
        for (start, end, perms) in units {
            vmas.push(vma(
                0x10_000 + start * 0x1000,
                0x10_000 + end * 0x1000,
                perms,
            ));
        }
        vmas.push(after());
        walk(&vmas)
    }

    #[test]
    fn allowed() {
        // The states.
        assert_eq!(inside(&[(0, 3, b"rw-p")]).unwrap().rows[0], 1);
        assert_eq!(inside(&[(0, 1, b"rw-p"), (2, 3, b"rw-p")]).unwrap().gaps, 1);
        assert!(inside(&[(0, 1, b"rw-p"), (1, 2, b"r--p"), (2, 3, b"rw-p")]).is_ok());
        assert!(inside(&[(0, 1, b"r--p"), (1, 3, b"rw-p")]).is_ok());
        // From one state to another in the middle of the walk; a row may reach back.
        assert_eq!(inside(&[(0, 1, b"rw-p"), (0, 3, b"rw-p")]).unwrap().gaps, 0);
        assert!(inside(&[(0, 1, b"r--p"), (1, 2, b"r--p"), (1, 3, b"rw-p")]).is_ok());
    }

    #[test]
    fn not_allowed() {
        for units in [
            &[][..],
            &[(0, 1, b"rw-p")],
            &[(1, 3, b"rw-p")],
            &[(2, 3, b"rw-p")],
            &[(0, 1, b"rw-p"), (1, 2, b"r--p")],
            &[(0, 2, b"rw-p"), (2, 3, b"rw-p")],
            &[(0, 3, b"r--p")],
            &[(0, 1, b"rw-p"), (1, 2, b"rw-p"), (2, 3, b"rw-p")],
            &[(0, 3, b"rw-p"), (0, 1, b"rw-p")],
            &[(0, 3, b"rw-p"), (0, 3, b"rw-p")],
        ] {
            assert!(inside(units).is_err(), "{units:?}");
        }
    }

    #[test]
    fn parts() {
        let part = |from: u64, units: &[(u64, u64, &[u8; 4])]| {
            let rows: Vec<_> = units
                .iter()
                .map(|(start, end, perms)| {
                    row(&vma(
                        0x10_000 + start * 0x1000,
                        0x10_000 + end * 0x1000,
                        perms,
                    ))
                })
                .collect();
            WINDOW.check_part(&rows, 0x10_000 + from * 0x1000, &mut Seen::default())
        };
        assert!(part(1, &[(0, 3, b"rw-p")]).is_ok());
        assert!(part(1, &[(2, 3, b"rw-p")]).is_ok());
        assert!(part(2, &[(1, 3, b"rw-p"), (3, 4, b"---p")]).is_ok());
        assert!(part(1, &[]).is_err());
        assert!(part(1, &[(0, 1, b"rw-p")]).is_err());
        assert!(part(0, &[(2, 3, b"rw-p")]).is_err());
        assert!(part(2, &[(3, 4, b"---p")]).is_err());
    }

    #[test]
    fn outside() {
        let middle = vma(0x10_000, 0x13_000, b"rw-p");
        assert!(walk(&[before(), middle.clone(), after()]).is_ok());
        assert!(walk(&[before(), middle.clone()]).is_err());
        assert!(walk(&[middle.clone(), after()]).is_err());
        assert!(walk(&[before(), after()]).is_err());
        let other = vma(0x13_000, 0x14_000, b"r--p");
        assert!(walk(&[before(), middle.clone(), other]).is_err());
        let more = vma(0x20_000, 0x21_000, b"r--p");
        assert!(walk(&[before(), middle, after(), more]).is_err());
    }
}
