//! Tests the module's `malloc` and `free`, which `build/allocator.wat` replaces.

use super::super::runtime::Runtime;
use super::super::{GuestFiles, Sandbox};
use super::Guest;
use crate::limits::{Budget, Cancellation, Limits};
use std::collections::BTreeMap;
use wasmtime::TypedFunc;

/// The guest's allocator, with a record of the blocks in use.
struct Allocator<'a> {
    guest: &'a mut Guest,
    malloc: TypedFunc<u32, u32>,
    free: TypedFunc<u32, ()>,
    /// By address: the size, and the byte that fills the block.
    blocks: BTreeMap<u32, (u32, u8)>,
}

impl<'a> Allocator<'a> {
    fn of(sandbox: &'a mut Sandbox) -> Self {
        let guest = sandbox.guest();
        let mut function = |name| guest.instance.get_export(&mut guest.store, name).unwrap();
        let (malloc, free) = (function("malloc"), function("free"));
        Self {
            malloc: malloc.into_func().unwrap().typed(&guest.store).unwrap(),
            free: free.into_func().unwrap().typed(&guest.store).unwrap(),
            guest,
            blocks: BTreeMap::new(),
        }
    }

    /// Allocates a block that overlaps no other, and fills it.
    fn allocate(&mut self, size: u32, byte: u8) {
        let address = self.malloc.call(&mut self.guest.store, size).unwrap();
        assert_ne!(address, 0, "{size} bytes");
        assert_eq!(address % 16, 0, "dlmalloc aligns to 16 bytes");
        if let Some((before, (length, _))) = self.blocks.range(..=address).next_back() {
            assert!(before + length <= address, "{size} bytes overlap the block before");
        }
        if let Some((after, _)) = self.blocks.range(address..).next() {
            assert!(address + size <= *after, "{size} bytes overlap the block after");
        }
        self.bytes(address, size).fill(byte);
        self.blocks.insert(address, (size, byte));
    }

    /// Frees a block that must still have its bytes.
    fn free(&mut self, index: usize) {
        let address = *self.blocks.keys().nth(index).unwrap();
        let (size, byte) = self.blocks.remove(&address).unwrap();
        assert!(self.bytes(address, size).iter().all(|it| *it == byte), "{size} bytes changed");
        self.free.call(&mut self.guest.store, address).unwrap();
    }

    fn bytes(&mut self, address: u32, size: u32) -> &mut [u8] {
        &mut self.guest.memory.data_mut(&mut self.guest.store)[address as usize..][..size as usize]
    }

    fn memory(&self) -> usize {
        self.guest.memory.data_size(&self.guest.store)
    }
}

fn sandbox() -> Sandbox {
    let budget = Budget::start(Limits::default(), &Cancellation::default());
    Sandbox::new(GuestFiles::none(), &budget).unwrap()
}

/// A linear congruential generator (Knuth, MMIX): the same numbers in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as u32) % end
    }
}

#[test]
fn blocks_never_overlap_and_keep_their_bytes() {
    for seed in 0..20 {
        let mut sandbox = sandbox();
        let mut allocator = Allocator::of(&mut sandbox);
        let mut random = Random(seed);
        for step in 0..3000 {
            if !allocator.blocks.is_empty() && random.below(5) < 2 {
                allocator.free(random.below(allocator.blocks.len() as u32) as usize);
                continue;
            }
            // Mostly small sizes, all sizes near the largest class, and a few large ones.
            let size = match random.below(10) {
                0 => random.below(100_000),
                1 | 2 => 1000 + random.below(50),
                _ => random.below(300),
            };
            allocator.allocate(size.max(1), step as u8);
        }
    }
}

#[test]
fn freed_blocks_are_used_again() {
    let mut sandbox = sandbox();
    let mut allocator = Allocator::of(&mut sandbox);
    let before = allocator.memory();
    for size in [1, 12, 13, 100, 500, 1020, 1021, 5000] {
        for _ in 0..20_000 {
            allocator.allocate(size, 7);
            allocator.free(0);
        }
    }
    assert_eq!(allocator.memory(), before);
}

#[test]
fn small_blocks_take_no_more_memory_than_their_size_class() {
    let runtime = Runtime::get().unwrap();
    // A module of the user's own is neither initialized nor rewritten at build time.
    if runtime.exports.initialize.is_none() {
        assert!(runtime.engine.module.get_export("start").is_some(), "there are no size classes");
    }
    let mut sandbox = sandbox();
    let mut allocator = Allocator::of(&mut sandbox);
    let before = allocator.memory();
    for _ in 0..40_000 {
        allocator.allocate(100, 7);
    }
    // 112 bytes each, the rests of blocks, and what dlmalloc asks for in advance.
    let expected = 40_000 * 112;
    let grown = allocator.memory() - before;
    assert!(grown < expected + expected / 10 + (1 << 20), "{grown} for {expected}");
}
