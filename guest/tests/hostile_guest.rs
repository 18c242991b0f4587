//! The host's side of the ABI, called by a guest that returns false numbers.
//!
//!     TAGLIB_WASI_MODULE=$PWD/fuzz/hostile-guest.wat \
//!         cargo test --release -p taglib-wasi-guest --test guest hostile_guest -- --ignored

use crate::calls;

/// Numbers at which a bound could be missed: of addresses, lengths, pages.
const NUMBERS: [u32; 18] = [
    0,
    1,
    3,
    4,
    5,
    8,
    28,
    1016,
    4096,
    4096 + 512,
    65_535,
    65_536,
    262_140,
    262_143,
    262_144,
    0x7FFF_FFFF,
    0x8000_0000,
    u32::MAX,
];

const WORDS: usize = 17 + 5 * 15;

#[test]
#[ignore = "needs the guest that lies, by TAGLIB_WASI_MODULE"]
fn whatever_the_guest_says_the_host_goes_on() {
    assert!(option_env!("TAGLIB_WASI_MODULE").is_some_and(|it| it.ends_with("hostile-guest.wat")));
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 16) as usize % below
    };
    for _ in 0..3_000 {
        let mut bytes: Vec<u8> = Vec::new();
        for word in 0..WORDS {
            let number = match (word, next(4)) {
                // Memory that is there, most of the time: lies come later.
                (0..8, 1..) => 16_384 + 4_096 * u32::try_from(next(8)).unwrap(),
                (8, 1..) => 4096 + 512,
                (12, 1..) => 0,
                _ => NUMBERS[next(NUMBERS.len())],
            };
            bytes.extend(number.to_le_bytes());
        }
        bytes.resize(512, 0);
        // The answer: a map, for a start.
        bytes.push(0x80 | u8::try_from(next(16)).unwrap());
        bytes.extend((0..next(600)).map(|_| u8::try_from(next(256)).unwrap()));
        calls::all("x.mp3", &bytes);
    }
}
