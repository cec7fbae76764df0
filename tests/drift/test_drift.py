#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests of scripts/drift: each kind of change, between two tiny kernel trees.

The script reads the checkout that it is in. So it is copied into one that has a
few lines of each kind of file.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]

CHECKOUT = {
    "rust/helpers/mm_guard.c": """
#include <linux/mm.h>

void rust_helper_take(struct mm_struct *mm)
{
	take(mm, LIMIT);
	if (folio_test_big(mm))
		nap();
}
""",
    "mm/rust_guard.c": "int rust_guard_hold(struct mm_struct *mm)\n{\n\treturn hold(mm);\n}\n",
    "rust/kernel/mm/guard.rs": """
//! As `linger()` and `dally()` do, under `other->depth`.
use kernel::{prelude::*, sync::rcu, task::{Pid, Task}};

#[cfg(CONFIG_LOCKS)]
fn of(vma: *mut bindings::vm_area_struct) -> usize {
    rcu::read_lock();
    Task::current().wake();
    unsafe { (*vma).__bindgen_anon_1.vm_start + (*(*vma).vm_mm).users.counter + bindings::state_SHUT }
}
""",
    "scripts/capabilities": "# symbols\nhold  needed  -  lock  hold()\n",
}

TREE = {
    "Makefile": "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 1\n",
    "include/linux/mm.h": """
#define LIMIT \\
	(1 << 3)

typedef struct {
	int __aligned(sizeof(int)) counter;
} atomic_t;

enum state {
	OPEN,
	SHUT = 3,	/* For good. */
};

context_lock_struct(mm_struct) {
	/* How many hold it. */
	atomic_t users;
	int unused;
};

struct vm_area_struct {
	union {
		struct {
			unsigned long vm_end;
		};
		unsigned long vm_start;
	};
	struct mm_struct *vm_mm;
};

FOLIO_TYPE_OPS(big, 3)

void nap(void);
int hold(struct mm_struct *mm);

static inline void wake(struct mm_struct *mm)
{
	mm->waiters--;
}

/* Takes what is given. */
static inline void
take(struct mm_struct *mm, int limit)
{
	/* May wait. */
	wake(mm);
}
""",
    "include/linux/other.h": "struct other;\nstruct other {\n\tint depth;\n};\n",
    "mm/hold.c": """
int hold(struct mm_struct *mm)
{
	return mm->held;
}
EXPORT_SYMBOL_GPL(hold);

static void linger(struct mm_struct *mm)
{
	schedule();
}
""",
    "mm/Kconfig": """
config LOCKS
	select A \\
		if B
	depends on SMP
	help
	  Locks.

config MORE
	bool
""",
    "rust/kernel/prelude.rs": "pub use crate::{page::usize};\n",
    "rust/kernel/page.rs": "pub type usize = u64;\n",
    "rust/kernel/sync/rcu.rs": "/// Locks.\n#[inline]\npub fn read_lock()\nwhere\n    A: B,\n{\n    lock();\n}\n",
    "rust/kernel/task.rs": """
/// A task.
pub struct Task(u8);

pub type Pid = i32;

impl Task {
    pub fn current() -> &'static Self {
        Inner::get()
    }

    pub fn unused(&self) {
        todo();
    }
}

impl Inner {
    fn get() -> usize {
        1
    }
}
""",
}


def write(folder, files):
    """Writes files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class Drift(unittest.TestCase):
    """One change each."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name).resolve()
        self.old, self.new = self.top / "cache" / "src" / "linux-7.3.1", self.top / "new"
        write(self.top / "checkout", CHECKOUT)
        for file in ("META", "scripts/drift", "scripts/lib.sh", "scripts/packages", "scripts/root"):
            shutil.copy(TOP / file, self.top / "checkout" / file)
        write(self.old, TREE)
        write(self.new, TREE)

    def drift(self, *arguments):
        """Runs the script, and returns its status and what it prints."""
        result = subprocess.run(
            [sys.executable, self.top / "checkout" / "scripts" / "drift", *arguments],
            capture_output=True, text=True, check=False,
            env=os.environ | {"MMGUARD_CACHE": str(self.top / "cache")})
        return result.returncode, result.stdout + result.stderr

    def edit(self, file, old, new, tree=None):
        """Changes a file of the new tree."""
        path = (tree or self.new) / file
        text = path.read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1, f"{old!r} in {file}")
        path.write_text(text.replace(old, new), encoding="utf-8")

    def assert_changes(self, *expected, arguments=()):
        """The script finds these changes, each a title and a line, and no others."""
        status, text = self.drift(*arguments, self.old, self.new)
        self.assertEqual(status, 1, text)
        found, title = [], ""
        for line in text.splitlines():
            if line.endswith("):"):
                title = line.partition(" (")[0]
            elif line.startswith("  ") and not line.startswith("    "):
                found.append((title, line.partition("  [")[0].strip() if title else line))
        self.assertEqual(sorted(found), sorted(expected), text)
        return text

    def test_nothing(self):
        """Two trees that are the same, and what is compared."""
        status, text = self.drift(self.old, self.new)
        self.assertEqual(status, 0, text)
        self.assertIn("named in comments, and in neither tree: dally\n", text)
        self.assertIn("drift: 0 changed, 22 the same\n", text)

    def test_layout(self):
        """Blanks, the ends of lines and what is not used mean nothing."""
        self.edit("include/linux/mm.h", "static inline void\ntake(", "static inline void take(")
        self.edit("include/linux/mm.h", "wake(mm);", "wake( mm );")
        self.edit("include/linux/mm.h", "LIMIT \\\n\t", "LIMIT ")
        self.edit("include/linux/mm.h", "OPEN,", "OPEN, AJAR,")
        self.edit("include/linux/mm.h", "int unused;", "long unused;")
        self.edit("rust/kernel/task.rs", "todo()", "done()")
        self.edit("mm/Kconfig", "Locks.", "Many locks.")
        self.edit("mm/Kconfig", "if B", "if C")
        status, text = self.drift(self.old, self.new)
        self.assertEqual(status, 0, text)

    def test_gone(self):
        """What is renamed, or not there any more."""
        self.edit("include/linux/mm.h", "\ntake(", "\nseize(")
        self.edit("include/linux/mm.h", "struct mm_struct *vm_mm;", "")
        self.edit("include/linux/mm.h", "void nap(void);", "void doze(void);")
        self.edit("include/linux/mm.h", "LIMIT", "BOUND")
        self.edit("include/linux/mm.h", "SHUT", "CLOSED")
        self.edit("mm/Kconfig", "LOCKS", "MUTEXES")
        # That it is still declared does not help.
        self.edit("mm/hold.c", "int hold(", "static int keep(")
        self.edit("mm/hold.c", "EXPORT_SYMBOL_GPL(hold);", "")
        self.edit("rust/kernel/task.rs", "type Pid", "type Tid")
        self.edit("rust/kernel/task.rs", "fn current", "fn this")
        self.assert_changes(
            ("gone", "CONFIG_LOCKS: was in mm/Kconfig:2"),
            ("gone", "LIMIT: was in include/linux/mm.h:2"),
            ("gone", "hold: was in mm/hold.c:2, mm/hold.c:6"),
            ("gone", "kernel::task::Pid: was in rust/kernel/task.rs:5"),
            ("gone", "kernel::task::Task::current: was in rust/kernel/task.rs:8"),
            ("gone", "nap: was in include/linux/mm.h:32"),
            ("gone", "state_SHUT: was in include/linux/mm.h:11"),
            ("gone", "take: was in include/linux/mm.h:42"),
            ("gone", "vm_area_struct.vm_mm: was in include/linux/mm.h:27"))

    def test_new(self):
        """A name that the old tree does not have."""
        self.edit("include/linux/mm.h", "void nap(void);", "", self.old)
        self.assert_changes(("in the new tree only", "nap: include/linux/mm.h:32"))

    def test_changed(self):
        """Functions that are used, called by those, or named; a macro, a constant, what macros make; fields."""
        self.edit("mm/hold.c", "return mm->held;", "return !mm->held;")
        self.edit("mm/hold.c", "schedule();", "cond_resched();")
        self.edit("include/linux/mm.h", "mm->waiters--;", "mm->waiters = 0;")
        self.edit("include/linux/mm.h", "(1 << 3)", "(1 << 4)")
        self.edit("include/linux/mm.h", "SHUT = 3", "SHUT = 4")
        self.edit("include/linux/mm.h", "static inline void\ntake", "static inline int\ntake")
        self.edit("include/linux/mm.h", "void nap(void);", "int nap(void);")
        self.edit("include/linux/mm.h", "big, 3", "big, 4")
        self.edit("include/linux/mm.h", "\tint __aligned", "\tlong __aligned")
        self.edit("include/linux/mm.h", "\tatomic_t users;", "\tconst atomic_t users;")
        self.edit("include/linux/other.h", "int depth;", "long depth;")
        self.edit("mm/Kconfig", "depends on SMP", "depends on SMP && MMU")
        text = self.assert_changes(
            ("changed", "CONFIG_LOCKS: mm/Kconfig:2"),
            ("changed", "LIMIT: include/linux/mm.h:2"),
            ("changed", "atomic_t.counter: include/linux/mm.h:6"),
            ("changed", "folio_test_big: include/linux/mm.h:30"),
            ("changed", "hold: mm/hold.c:2"),
            ("changed", "linger: mm/hold.c:8"),
            ("changed", "mm_struct.users: include/linux/mm.h:16"),
            ("changed", "nap: include/linux/mm.h:32"),
            ("changed", "other.depth: include/linux/other.h:3"),
            ("changed", "state_SHUT: include/linux/mm.h:11"),
            ("changed", "take: include/linux/mm.h:42"),
            ("changed", "wake: include/linux/mm.h:35"))
        self.assertIn("hold: mm/hold.c:2  [mm/rust_guard.c, scripts/capabilities]\n", text)
        self.assertIn("wake: include/linux/mm.h:35  [take]\n", text)

    def test_rust(self):
        """A type, a method, a function of a module, what the prelude has, and a type behind one."""
        self.edit("rust/kernel/task.rs", "Task(u8)", "Task(u16)")
        self.edit("rust/kernel/task.rs", "Inner::get()", "Inner::get(0)")
        self.edit("rust/kernel/task.rs", "        1\n", "        2\n")
        self.edit("rust/kernel/sync/rcu.rs", "    lock()", "    lock_nested()")
        self.edit("rust/kernel/page.rs", "u64", "u32")
        self.assert_changes(
            ("changed", "kernel::page::usize: rust/kernel/page.rs:1"),
            ("changed", "kernel::sync::rcu::read_lock: rust/kernel/sync/rcu.rs:3"),
            ("changed", "kernel::task::Inner: rust/kernel/task.rs:17"),
            ("changed", "kernel::task::Task: rust/kernel/task.rs:3"),
            ("changed", "kernel::task::Task::current: rust/kernel/task.rs:8"))

    def test_two(self):
        """A function that two headers have, and then one has it alone, or one more has."""
        text = "struct other;\nstatic inline void take(struct mm_struct *mm)\n{\n}\n"
        self.edit("include/linux/other.h", "struct other;\n", text)
        self.assert_changes(("changed", "take: include/linux/other.h:2 (new there)"))
        self.edit("include/linux/other.h", "struct other;\n", text, self.old)
        self.edit("include/linux/mm.h", "\ntake(", "\nseize(")
        self.assert_changes(("changed", "take: no more in include/linux/mm.h"))

    def test_moved(self):
        """A declaration in another header, and a Rust type in another file."""
        self.edit("include/linux/mm.h", "void nap(void);\n", "")
        self.edit("include/linux/other.h", "struct other;\n", "struct other;\nvoid nap(void);\n")
        self.edit("rust/kernel/task.rs", "pub type Pid = i32;\n", "")
        write(self.new, {"rust/kernel/task/pid.rs": "pub type Pid = i32;\n"})
        self.assert_changes(
            ("moved", "kernel::task::Pid: from rust/kernel/task.rs:5 to rust/kernel/task/pid.rs:1"),
            ("moved", "nap: from include/linux/mm.h:32 to include/linux/other.h:2"))

    def test_export(self):
        """An export of another kind, and one that is gone."""
        self.edit("mm/hold.c", "EXPORT_SYMBOL_GPL(hold)", 'EXPORT_SYMBOL_FOR_MODULES(hold, "kvm")')
        self.assert_changes(("changed", "hold: mm/hold.c:6"))
        self.edit("mm/hold.c", 'EXPORT_SYMBOL_FOR_MODULES(hold, "kvm")', "")
        self.assert_changes(("changed", "hold: mm/hold.c:2"))

    def test_comment(self):
        """Comments above a function, in it, at a field and at a constant, and above a Rust function."""
        self.edit("include/linux/mm.h", "How many hold it.", "Who holds it.")
        self.edit("include/linux/mm.h", "For good.", "For now.")
        self.edit("rust/kernel/sync/rcu.rs", "Locks.", "Locks RCU.")
        for old, new in ("Takes what is given.", "Takes."), ("May wait.", "Must not wait."):
            self.edit("include/linux/mm.h", old, new)
            self.assert_changes(
                ("comment changed", "kernel::sync::rcu::read_lock: rust/kernel/sync/rcu.rs:3"),
                ("comment changed", "mm_struct.users: include/linux/mm.h:16"),
                ("comment changed", "state_SHUT: include/linux/mm.h:11"),
                ("comment changed", "take: include/linux/mm.h:42"))

    def test_diff(self):
        """With --diff, a change is shown."""
        self.edit("include/linux/mm.h", "mm->waiters--;", "mm->waiters = 0;")
        text = self.assert_changes(("changed", "wake: include/linux/mm.h:35"), arguments=["--diff"])
        self.assertIn("    | -\tmm->waiters--;\n    | +\tmm->waiters = 0;\n", text)

    def test_one_tree(self):
        """One tree is compared with the source in the cache."""
        self.assertEqual(self.drift(self.new)[0], 0)
        self.edit("mm/hold.c", "EXPORT_SYMBOL_GPL(hold);\n", "")
        self.assertEqual(self.drift(self.new)[0], 1)

    def test_wrong_use(self):
        """No tree, what is no tree, too many, an empty cache, and no ctags."""
        for arguments in [[], [self.old, self.top], [self.top / "absent", self.new], [self.old, self.new, self.new]]:
            status, text = self.drift(*arguments)
            self.assertEqual(status, 2, text)
        shutil.rmtree(self.old)
        status, text = self.drift(self.new)
        self.assertEqual(status, 2, text)
        self.assertIn("the cache has no kernel source; run scripts/setup", text)
        self.edit("scripts/root", 'exec "$@"\n', "exec absent\n", self.top / "checkout")
        status, text = self.drift(self.new, self.new)
        self.assertEqual(status, 2, text)
        self.assertIn("ctags cannot read", text)


if __name__ == "__main__":
    # ctags is there.
    if "MMGUARD_IN_ROOT" not in os.environ:
        os.execv(TOP / "scripts" / "root", ["root", __file__, *sys.argv[1:]])
    unittest.main()
