// SPDX-License-Identifier: GPL-2.0-only

//! The order in which the locks of memory management are taken.
//!
//! [`LockLevel`] is implemented by a type for each lock, and `B: After<A>` says that `B` may be
//! taken while `A` is held. The table at the end of this file is the order, from the comments at
//! the beginning of `mm/rmap.c` and `mm/filemap.c`.
//!
//! Two locks of one level are not taken together: that needs an order of the instances, as the
//! nested forms have, or a try form.
//!
//! C source: `mm/rmap.c`, `mm/filemap.c`

use core::marker::PhantomData;

/// A level of the lock order: a lock, or a kind of lock.
///
/// A user's own lock takes part by a level of its own, just below one of the table. Under a guard
/// of a VMA that is below the VMA lock:
///
/// ```
/// use kernel::mm::guard::order::level::{
///     Below,
///     LockLevel,
///     VmaLock, //
/// };
///
/// struct DeviceLock;
///
/// impl LockLevel for DeviceLock {
///     type Place = Below<VmaLock>;
/// }
/// ```
pub trait LockLevel {
    /// Where the level is.
    type Place: Place;
}

/// Says that a lock or a scope has the level `L`, and not that of a supertype of `L`.
///
/// `for<'a> fn(&'a ())` is a subtype of `fn(&'static ())`, and they are two types. So a user can
/// give them two places, and a guard of the one must not become a guard of the other.
pub(in crate::mm::guard) type HasLevel<L> = PhantomData<fn(L) -> L>;

/// This lock may be taken while `Held` is held.
#[diagnostic::on_unimplemented(
    message = "the lock order forbids to take `{Self}` while `{Held}` is held",
    label = "`{Self}` comes before `{Held}` in the lock order, or is of the same level"
)]
pub trait After<Held: LockLevel>: LockLevel {}

#[diagnostic::do_not_recommend]
impl<L: LockLevel, Held: LockLevel> After<Held> for L where L::Place: Deeper<Held::Place> {}

pub use place::{
    At,
    Below, //
};

/// Where a level can be, and what is further in.
///
/// The traits cannot be named outside, so these are all the places and all the relations that
/// there are: with one more, a level could be on both sides of a lock.
mod place {
    use core::marker::PhantomData;

    /// A place in the order: [`At`] a lock of the table, or [`Below`] one.
    pub trait Place {
        /// The place as a number, which grows from the outermost lock to the innermost.
        const DEPTH: usize;
    }

    /// The place of a lock of the table.
    pub struct At<L>(PhantomData<L>);

    /// The place between a lock of the table and the next one, for a lock of a user's own.
    pub struct Below<L>(PhantomData<L>);

    impl<L: InTable> Place for At<L> {
        const DEPTH: usize = 2 * L::INDEX;
    }

    impl<L: InTable> Place for Below<L> {
        const DEPTH: usize = 2 * L::INDEX + 1;
    }

    /// A lock of the table.
    pub trait InTable {
        /// Its index there.
        const INDEX: usize;
    }

    /// This lock comes after `Outer` in the table.
    pub trait Under<Outer>: InTable {}

    /// This lock comes after `Outer` in the table, or is that lock.
    pub trait AtOrUnder<Outer>: InTable {}

    /// This place is further in than `Outer`.
    pub trait Deeper<Outer>: Place {}

    impl<A: InTable, B: Under<A>> Deeper<At<A>> for At<B> {}
    impl<A: InTable, B: Under<A>> Deeper<Below<A>> for At<B> {}
    impl<A: InTable, B: AtOrUnder<A>> Deeper<At<A>> for Below<B> {}
    impl<A: InTable, B: Under<A>> Deeper<Below<A>> for Below<B> {}
}
pub(in crate::mm::guard) use place::Place;
use place::{
    AtOrUnder,
    Deeper,
    InTable,
    Under, //
};

/// Whether the edges, each from an outer lock to an inner one, lead from one lock to another.
const fn lead(edges: &[(usize, usize)], from: usize, to: usize) -> bool {
    let mut reached = [false; 64];
    reached[from] = true;
    let mut rounds = 0;
    while rounds < edges.len() {
        let mut i = 0;
        while i < edges.len() {
            let (outer, inner) = edges[i];
            reached[inner] = reached[inner] || reached[outer];
            i += 1;
        }
        rounds += 1;
    }
    reached[to]
}

/// Makes the levels and their order out of a table.
///
/// `levels` lists the locks from the outermost to the innermost, each with the names that the
/// comments have for it. `documented` has what the comments say, file by file: an outer lock, and
/// one that is taken under it. `exceptions` has what they say and this order does not follow, with
/// the line. What a comment says across an exception is documented still: with `A > B > C` and the
/// exception `A > B`, it is `A > C`.
///
/// A cycle of documented edges does not compile, nor does one that goes against the list.
macro_rules! lock_order {
    (
        levels { $( $(#[$doc:meta])* $level:ident: $($name:literal),+; )+ }
        documented { $( $file:literal { $( $outer:ident > $inner:ident; )* } )* }
        exceptions { $( $at:literal $( $ex_outer:ident > $ex_inner:ident ),+: $why:literal; )* }
    ) => {
        $(
            $(#[$doc])*
            pub enum $level {}

            impl LockLevel for $level {
                type Place = At<$level>;
            }
        )+

        /// The locks of the table, from the outermost to the innermost.
        #[allow(clippy::enum_variant_names)]
        enum Index { $($level),+ }

        /// The names of the locks, and their depth in the order.
        pub const LEVELS: &[(&str, usize)] = {
            // The edges are checked here, as rustc 1.85 takes what only a `const _` uses for dead
            // code.
            const EDGES: &[(usize, usize)] = &[
                $($((Index::$outer as usize, Index::$inner as usize),)*)*
            ];
            $($(
                // A cycle cannot follow the list, so that one of its edges is found here.
                if Index::$outer as usize >= Index::$inner as usize {
                    assert!(
                        !lead(EDGES, Index::$inner as usize, Index::$outer as usize),
                        concat!(
                            "the lock order has a cycle: ", $file, " has `",
                            stringify!($outer), " > ", stringify!($inner),
                            "`, and the other edges lead back",
                        )
                    );
                    panic!(concat!(
                        $file, " has `", stringify!($outer), " > ", stringify!($inner),
                        "`, which goes against the order of the list",
                    ));
                }
            )*)*
            &[
                $((
                    stringify!($level),
                    <<$level as LockLevel>::Place
                        as Place>::DEPTH,
                )),+
            ]
        };

        $($(
            const _: () = assert!(
                Index::$ex_outer as usize > Index::$ex_inner as usize,
                concat!(
                    $at, ": `", stringify!($ex_outer), " > ", stringify!($ex_inner),
                    "` is no exception, the list has it so",
                )
            );
        )+)*

        lock_order!(@levels $($level)+);
    };

    (@levels $($level:ident)+) => {
        $( lock_order!(@level $level); )+
        lock_order!(@pairs $($level)+);
    };

    (@level $level:ident) => {
        impl InTable for $level {
            const INDEX: usize = Index::$level as usize;
        }
        impl AtOrUnder<$level> for $level {}
    };

    // Each lock, and all that are listed after it.
    (@pairs $outer:ident $($inner:ident)*) => {
        $(
            impl Under<$outer> for $inner {}
            impl AtOrUnder<$outer> for $inner {}
        )*
        lock_order!(@pairs $($inner)*);
    };
    (@pairs) => {};
}

lock_order! {
    levels {
        /// Nothing is held.
        Unlocked: "nothing";
        /// `inode->i_rwsem`, of a file that is written or truncated.
        IRwsem: "inode->i_rwsem", "i_rwsem";
        /// `mm->mmap_lock`.
        MmapLock: "mm->mmap_lock", "mmap_lock";
        /// The VMA lock, read or write.
        ///
        /// A task that holds it for reading sleeps on the locks of folios. So it is directly below
        /// the mmap lock here, further out than the comment has `vma_start_write`.
        VmaLock: "vma_start_write";
        /// `hugetlb_fault_mutex`.
        HugetlbFaultMutex: "hugetlb_fault_mutex";
        /// hugetlb's own `vma_lock`, for the sharing of page tables.
        HugetlbVmaLock: "vma_lock";
        /// `mapping->invalidate_lock`.
        InvalidateLock: "mapping->invalidate_lock", "invalidate_lock";
        /// The lock of a folio that is not hugetlb's.
        FolioLock: "folio_lock", "lock_page";
        /// `mapping->i_mmap_rwsem` of a hugetlb file.
        HugetlbIMmapRwsem: "hugetlbfs_i_mmap_rwsem_key";
        /// The lock of a hugetlb folio.
        HugetlbFolioLock: "folio_lock of hugetlb";
        /// `mapping->i_mmap_rwsem`.
        IMmapRwsem: "mapping->i_mmap_rwsem", "i_mmap_rwsem";
        /// `anon_vma->rwsem`, that of the root.
        AnonVmaRwsem: "anon_vma->rwsem", "anon_vma.lock";
        /// `tasklist_lock`.
        TasklistLock: "tasklist_lock";
        /// `mm->page_table_lock` or the lock of a page table.
        PageTableLock:
            "mm->page_table_lock or pte_lock", "page_table_lock or pte_lock", "pte map lock";
        /// `swap_lock`.
        SwapLock: "swap_lock";
        /// `mmlist_lock`.
        MmlistLock: "mmlist_lock";
        /// `mapping->private_lock`.
        PrivateLock: "mapping->private_lock", "private_lock";
        /// `wb->list_lock`, of a backing device.
        WbListLock: "bdi.wb->list_lock", "bdi->wb.list_lock";
        /// `sb_lock`.
        SbLock: "sb_lock";
        /// `inode->i_lock`.
        ILock: "inode->i_lock";
        /// The lock of `mapping->i_pages`.
        IPages: "i_pages lock";
        /// `lruvec->lru_lock`.
        LruLock: "lruvec->lru_lock";
    }

    documented {
        "mm/rmap.c" {
            IRwsem > MmapLock;
            MmapLock > InvalidateLock;
            InvalidateLock > FolioLock;
            FolioLock > HugetlbIMmapRwsem;
            MmapLock > VmaLock;
            VmaLock > IMmapRwsem;
            HugetlbIMmapRwsem > IMmapRwsem;
            IMmapRwsem > AnonVmaRwsem;
            AnonVmaRwsem > PageTableLock;
            PageTableLock > SwapLock;
            SwapLock > MmlistLock;
            SwapLock > PrivateLock;
            PrivateLock > IPages;
            IPages > LruLock;
            SwapLock > ILock;
            SwapLock > WbListLock;
            WbListLock > SbLock;
            WbListLock > IPages;
            AnonVmaRwsem > TasklistLock;
            IMmapRwsem > TasklistLock;
            TasklistLock > PageTableLock;
            HugetlbFaultMutex > HugetlbVmaLock;
            HugetlbVmaLock > HugetlbIMmapRwsem;
            HugetlbIMmapRwsem > HugetlbFolioLock;
        }
        "mm/filemap.c" {
            IMmapRwsem > PrivateLock;
            IMmapRwsem > SwapLock;
            SwapLock > IPages;
            PrivateLock > IPages;
            IRwsem > InvalidateLock;
            InvalidateLock > IMmapRwsem;
            MmapLock > IMmapRwsem;
            IMmapRwsem > PageTableLock;
            PageTableLock > IPages;
            MmapLock > InvalidateLock;
            InvalidateLock > FolioLock;
            IRwsem > MmapLock;
            WbListLock > SbLock;
            WbListLock > IPages;
            IMmapRwsem > AnonVmaRwsem;
            AnonVmaRwsem > PageTableLock;
            PageTableLock > SwapLock;
            PageTableLock > PrivateLock;
            PageTableLock > LruLock;
            PageTableLock > WbListLock;
            PageTableLock > ILock;
        }
    }

    exceptions {
        "mm/rmap.c:28" HugetlbIMmapRwsem > VmaLock, FolioLock > VmaLock, InvalidateLock > VmaLock:
            "the holder of a VMA read lock sleeps on folio locks, so the VMA lock is further out";
        "mm/filemap.c:85" PrivateLock > SwapLock:
            "mm/rmap.c has it the other way; exclusive_swap_page() is gone";
    }
}

const _: () = assert!(
    VmaLock::INDEX == MmapLock::INDEX + 1,
    "the VMA lock is directly below the mmap lock"
);
