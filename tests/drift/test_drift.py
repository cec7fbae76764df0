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

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"

CHECKOUT = {
    "META": "KERNEL_NEWEST=7.3\nKERNEL_PACKAGE_VERSION=7.3.1\nLLVM_SERIES=0\nBINDGEN_VERSION=0\n",
    "rust/helpers/mm_guard.c": """
#include <linux/mm.h>

__rust_helper void rust_helper_take(struct mm_struct *mm)
{
	take(mm, LIMIT);
	if (tree_test_made(mm))
		give(mm);
	nap();
}
""",
    "mm/rust_guard.c": "int rust_guard_hold(struct mm_struct *mm)\n{\n\treturn hold(mm);\n}\n",
    "rust/kernel/mm/guard.rs": """
//! As `linger()` does. See <https://docs.kernel.org/mm/page.html>.
use kernel::{prelude::*, task::Task};

#[cfg(CONFIG_LOCKS)]
fn of(vma: *mut bindings::vm_area_struct) -> usize {
    unsafe { (*vma).__bindgen_anon_1.vm_start + (*(*vma).vm_mm).users.counter + bindings::KEY_SHUT_BIT }
}
""",
    "scripts/capabilities": "hold  needed  -  lock  hold()\n",
    "series/1-guards.toml": """
[[patch]]
subject = "guard"
[[patch.edit]]
file = "rust/kernel/mm.rs"
line = "pub mod guard;"
before = "pub mod virt;"
""",
}

TREE = {
    "Makefile": "VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 1\n",
    "include/linux/mm.h": """
#ifndef _LINUX_MM_H
#define _LINUX_MM_H
#define LIMIT \\
	(1 << 3)
#define MADE(name) bool tree_test_##name(struct mm_struct *mm);
#define DECLARE_BIT(name, bit) KEY_ ## name ## _BIT = bit

typedef struct {
	int counter;
} atomic_t;

enum {
	DECLARE_BIT(SHUT, 3),
};

struct mm_struct {
	/* How many hold it. */
	atomic_t users;
};

struct vm_area_struct {
	union {
		struct {
			unsigned long vm_end;
		};
		unsigned long vm_start;	/* Under the lock. */
	};
	struct mm_struct *vm_mm;
};

MADE(made)

void nap(void);
int hold(struct mm_struct *mm);

static inline void wake(struct mm_struct *mm)
{
	mm->waiters--;
}

/* Takes what give() gives. */
static inline void take(struct mm_struct *mm, int limit)
	__acquires(mm)
{
	/* May wait. */
	wake(mm);
}

static inline void
give(struct mm_struct *mm)
{
	mm->held = false;
}
#endif
""",
    "include/linux/other.h": "struct other;\n",
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
    "mm/rmap.c": "/*\n * Lock ordering in mm:\n *\n * inode->i_rwsem\n *   mm->mmap_lock\n */\n",
    "mm/filemap.c": "/*\n * Lock ordering:\n *\n *  ->i_mmap_rwsem\n */\n",
    "mm/Kconfig": "config LOCKS\n\tdef_bool y\n\tselect A\n\tdepends on SMP\n\thelp\n\t  Locks.\n",
    "rust/kernel/lib.rs": "pub mod mm;\npub mod prelude;\npub mod task;\n",
    "rust/kernel/prelude.rs": "pub use crate::task::Task;\n",
    "rust/kernel/task.rs": "/// A task.\npub struct Task(u8);\n",
    "rust/kernel/mm.rs": "use crate::task::Task;\npub mod virt;\n",
    "rust/kernel/mm/virt.rs": "pub struct VmaRef;\n",
    "Documentation/mm/page.rst": "The lock is taken first.\n",
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
        self.top = pathlib.Path(folder.name)
        self.old, self.new = self.top / "cache" / "src" / "linux-7.3.1", self.top / "new"
        write(self.top / "checkout", CHECKOUT)
        for script in ("drift", "lay", "lib.sh", "lock-order"):
            shutil.copy(SCRIPTS / script, self.top / "checkout" / "scripts")
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
            if line.endswith("):") and not line.startswith(" "):
                title = line.partition(" (")[0]
            elif line.startswith("  ") and not line.startswith("    "):
                found.append((title, line.partition("  [")[0].strip() if "  [" in line[2:] else line.strip()))
        self.assertEqual(sorted(found), sorted(expected), text)
        return text

    def test_nothing(self):
        """Two trees that are the same."""
        status, text = self.drift(self.old, self.new)
        self.assertEqual(status, 0, text)
        self.assertIn("drift: 0 changed, ", text)
        for same in ("11 names", "1 exports", "4 fields", "1 options", "3 comments", "1 anchors", "4 Rust files"):
            self.assertIn(same, text)

    def test_layout(self):
        """Blanks and the ends of lines mean nothing."""
        self.edit("include/linux/mm.h", "static inline void\ngive(", "static inline void give(")
        self.edit("include/linux/mm.h", "wake(mm);", "wake( mm );")
        self.edit("include/linux/mm.h", "LIMIT \\\n\t", "LIMIT ")
        self.assertEqual(self.drift(self.old, self.new)[0], 0)

    def test_gone(self):
        """A function that is renamed, and a field."""
        self.edit("include/linux/mm.h", "\ngive(", "\nrelease(")
        self.edit("include/linux/mm.h", "struct mm_struct *vm_mm;", "")
        self.edit("include/linux/mm.h", "void nap(void);", "void doze(void);")
        # That it is still declared does not help.
        self.edit("mm/hold.c", "int hold(", "static int keep(")
        self.assert_changes(
            ("gone", "hold: was in mm/hold.c"),
            ("gone", "nap: was in include/linux/mm.h"),
            ("gone", "give: was in include/linux/mm.h"),
            ("gone", "vm_area_struct.vm_mm: field in include/linux/mm.h"))

    def test_new(self):
        """A name that the old tree does not have."""
        self.edit("include/linux/mm.h", "\ngive(", "\nrelease(", self.old)
        self.assert_changes(("in the new tree only", "give: include/linux/mm.h"))

    def test_unknown(self):
        """A name that neither tree has, and one that only a comment has."""
        self.edit("rust/helpers/mm_guard.c", "give(mm)", "grant(mm)", self.top / "checkout")
        self.edit("rust/kernel/mm/guard.rs", "linger()", "dally()", self.top / "checkout")
        text = self.assert_changes(
            ("in neither tree, a fault of the crate or of this script", "grant: looked for and not found"))
        self.assertIn("named in comments, and in neither tree: dally()\n", text)

    def test_older(self):
        """A name that the crate takes from older kernels alone."""
        path = self.top / "checkout" / "rust" / "helpers" / "mm_guard.c"
        before = "#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 3, 0)\n#define give hand_out\n#endif\n"
        path.write_text(before + path.read_text(encoding="utf-8"), encoding="utf-8")
        self.assertEqual(self.drift(self.old, self.new)[0], 0)
        self.edit("include/linux/mm.h", "\ngive(", "\nhand_out(", self.old)
        self.assert_changes(
            ("gone", "hand_out: was in include/linux/mm.h"), ("in the new tree only", "give: include/linux/mm.h"))

    def test_signature(self):
        """The parameters, and the type of a result."""
        self.edit("include/linux/mm.h", "int limit)", "long limit)")
        self.edit("mm/hold.c", "int hold(", "bool hold(")
        self.edit("include/linux/mm.h", "void nap(void);", "int nap(void);")
        self.assert_changes(
            ("signature changed", "nap: declaration in include/linux/mm.h"),
            ("signature changed", "take: function in include/linux/mm.h"),
            ("signature changed", "hold: function in mm/hold.c"))

    def test_body(self):
        """Functions that are used, called by those, or named; a macro; what macros make."""
        self.edit("mm/hold.c", "return mm->held;", "return !mm->held;")
        self.edit("mm/hold.c", "schedule();", "cond_resched();")
        self.edit("include/linux/mm.h", "mm->waiters--;", "mm->waiters = 0;")
        self.edit("include/linux/mm.h", "(1 << 3)", "(1 << 4)")
        self.edit("include/linux/mm.h", "DECLARE_BIT(SHUT, 3)", "DECLARE_BIT(SHUT, 4)")
        self.assert_changes(
            ("body changed", "hold: function in mm/hold.c"),
            ("body changed", "linger (named): function in mm/hold.c"),
            ("body changed", "wake (called): function in include/linux/mm.h"),
            ("body changed", "LIMIT: macro in include/linux/mm.h"),
            ("signature changed", "KEY_SHUT_BIT: made by a macro in include/linux/mm.h"))

    def test_condition(self):
        """A function that is not always built any more."""
        self.edit("include/linux/mm.h", "static inline void\ngive(", "#ifdef CONFIG_A\nstatic inline void\ngive(")
        self.edit("include/linux/mm.h", "mm->held = false;\n}\n", "mm->held = false;\n}\n#endif\n")
        self.assert_changes(
            ("body changed", "give: function in include/linux/mm.h, built when: always -> ifdef CONFIG_A"))

    def test_two(self):
        """A function that two headers have, and one of them not any more."""
        text = "struct other;\nstatic inline void give(struct mm_struct *mm)\n{\n}\n"
        self.edit("include/linux/other.h", "struct other;\n", text)
        self.edit("include/linux/other.h", "struct other;\n", text, self.old)
        self.edit("include/linux/other.h", "static inline void give", "#ifdef CONFIG_A\nstatic inline void give")
        self.edit("include/linux/other.h", "{\n}", "{\n\tmm->held--;\n}")
        self.edit("include/linux/mm.h", "\ngive(", "\nrelease(")
        self.assert_changes(
            ("body changed", "give: function in include/linux/other.h"),
            ("body changed", "give: no function in include/linux/mm.h any more"))

    def test_moved(self):
        """A declaration in another header."""
        self.edit("include/linux/mm.h", "int hold(struct mm_struct *mm);\n", "")
        self.edit("include/linux/other.h", "struct other;\n", "struct other;\nint hold(struct mm_struct *mm);\n")
        self.assert_changes(("moved", "hold: declaration from include/linux/mm.h to include/linux/other.h"))

    def test_export(self):
        """An export of another kind."""
        self.edit("mm/hold.c", "EXPORT_SYMBOL_GPL(hold)", 'EXPORT_SYMBOL_FOR_MODULES(hold, "kvm")')
        self.assert_changes(
            ("export changed", 'hold: EXPORT_SYMBOL_GPL -> EXPORT_SYMBOL_FOR_MODULES,"kvm"'))

    def test_export_gone(self):
        """A symbol that modules do not have any more."""
        self.edit("mm/hold.c", "EXPORT_SYMBOL_GPL(hold);\n", "")
        self.assert_changes(("export changed", "hold: EXPORT_SYMBOL_GPL -> not exported"))

    def test_field(self):
        """Fields of another type, or at another place, also of a struct that another leads to."""
        self.edit("include/linux/mm.h", "atomic_t users;", "const atomic_t users;")
        self.edit("include/linux/mm.h", "\tint counter;", "\tlong counter;")
        self.edit("include/linux/mm.h", "\tunion {", "\tunion { int a; };\n\tunion {")
        self.assert_changes(
            ("field changed", "atomic_t.counter: in include/linux/mm.h"),
            ("field changed", "mm_struct.users: in include/linux/mm.h"),
            ("field changed", "vm_area_struct.vm_start: bindgen's way there: __bindgen_anon_1 -> __bindgen_anon_2"))

    def test_option(self):
        """What an option needs, and not what it selects or its help."""
        self.edit("mm/Kconfig", "Locks.", "Many locks.")
        self.edit("mm/Kconfig", "select A", "select B")
        self.assertEqual(self.drift(self.old, self.new)[0], 0)
        self.edit("mm/Kconfig", "depends on SMP", "depends on SMP && MMU")
        self.assert_changes(("option changed", "CONFIG_LOCKS: its text"))

    def test_comment(self):
        """Comments above a function, in it and at fields."""
        self.edit("include/linux/mm.h", "Takes what give() gives.", "Takes.")
        self.edit("include/linux/mm.h", "How many hold it.", "Who holds it.")
        self.edit("include/linux/mm.h", "Under the lock.", "Under both locks.")
        self.assert_changes(
            ("comment changed", "take: function in include/linux/mm.h"),
            ("comment changed", "mm_struct.users: field in include/linux/mm.h"),
            ("comment changed", "vm_area_struct.vm_start: field in include/linux/mm.h"))

    def test_comment_inside(self):
        """A comment in a function is no code."""
        self.edit("include/linux/mm.h", "May wait.", "Must not wait.")
        self.assert_changes(("comment changed", "take: function in include/linux/mm.h"))

    def test_lock_order(self):
        """The comments of the lock order, and the page that the crate refers to."""
        self.edit("mm/rmap.c", " *   mm->mmap_lock", " *   mm->mmap_lock\n *     other_lock")
        self.edit("Documentation/mm/page.rst", "first", "last")
        self.assert_changes(
            ("comment changed", "lock order in mm/rmap.c: its text"),
            ("comment changed", "Documentation/mm/page.rst: its text"))

    def test_rust(self):
        """A Rust file behind a path, one of kernel::mm, and comments alone."""
        self.edit("rust/kernel/task.rs", "Task(u8)", "Task(u16)")
        self.edit("rust/kernel/mm/virt.rs", "pub struct VmaRef;\n", "pub struct VmaRef;\npub struct VmaNew;\n")
        self.edit("rust/kernel/prelude.rs", "pub use", "// Tasks.\npub use")
        self.assert_changes(
            ("Rust file changed", "rust/kernel/task.rs: its code"),
            ("Rust file changed", "rust/kernel/mm/virt.rs: code added only"),
            ("comment changed", "rust/kernel/prelude.rs: its comments"))

    def test_rust_gone(self):
        """A Rust item that is gone."""
        self.edit("rust/kernel/task.rs", "Task(u8)", "Thread(u8)")
        self.edit("rust/kernel/prelude.rs", "Task", "Thread")
        self.assert_changes(
            ("gone", "kernel::task::Task: was in rust/kernel/task.rs"),
            ("Rust file changed", "rust/kernel/prelude.rs: its code"),
            ("Rust file changed", "rust/kernel/task.rs: its code"))

    def test_anchor(self):
        """A line that scripts/lay looks for."""
        self.edit("rust/kernel/mm.rs", "pub mod virt;", "pub mod virtual;")
        self.assert_changes(
            ("gone", "anchor 'pub mod virt;': in rust/kernel/mm.rs"),
            ("Rust file changed", "rust/kernel/mm.rs: its code"))

    def test_diff(self):
        """With --diff, a change is shown."""
        self.edit("include/linux/mm.h", "mm->held = false;", "mm->held = 0;")
        text = self.assert_changes(("body changed", "give: function in include/linux/mm.h"), arguments=["--diff"])
        self.assertIn("    | -\tmm->held = false;\n    | +\tmm->held = 0;\n", text)

    def test_one_tree(self):
        """One tree is compared with the source in the cache."""
        self.assertEqual(self.drift(self.new)[0], 0)
        self.edit("mm/hold.c", "EXPORT_SYMBOL_GPL(hold);\n", "")
        self.assertEqual(self.drift(self.new)[0], 1)

    def test_wrong_use(self):
        """No tree, what is no tree, too many, and an empty cache."""
        for arguments in [[], [self.old, self.top], [self.top / "absent", self.new], [self.old, self.new, self.new]]:
            status, text = self.drift(*arguments)
            self.assertEqual(status, 2, text)
        shutil.rmtree(self.old)
        status, text = self.drift(self.new)
        self.assertEqual(status, 2, text)
        self.assertIn("the cache has no kernel source", text)


if __name__ == "__main__":
    unittest.main()
