;; Replaces `malloc`, `free` and `memcmp` of TagLib's module; `rewrite.rs` puts them in.
;;
;; TagLib allocates and frees small strings and list nodes all the time. dlmalloc
;; searches its bins and merges neighbours at each call; the size classes here take
;; a chunk from a list instead, and put it back there.
;;
;; A chunk looks like one of dlmalloc's: the word before the caller's pointer has its
;; size and two flags. So dlmalloc's other functions (`realloc`, `calloc`) work with the
;; chunks of the size classes, and `free` can tell from the size which of the two a
;; chunk goes back to. The layout is in dlmalloc's source, "Overlaid data structures".
(module
  (import "module" "memory" (memory 1))
  ;; The allocator of the module: dlmalloc.
  (import "module" "malloc" (func $dlmalloc (param $size i32) (result i32)))
  (import "module" "free" (func $dlfree (param $pointer i32)))

  ;; The size classes are the multiples of 16 from 16 to 1024 bytes, header included:
  ;; dlmalloc's own sizes, which align pointers to 16 bytes. `$lists` is the address of a
  ;; table with a list of free chunks for each class, or 0 before `start`. The entry for
  ;; chunks of `n` bytes is at `$lists + n / 4`.
  (global $lists (mut i32) (i32.const 0))
  ;; What is left of the block that new chunks are cut from: the address that the next
  ;; chunk gives its caller, and the bytes of the rest with its header.
  (global $rest (mut i32) (i32.const 0))
  (global $rest_size (mut i32) (i32.const 0))

  (func $start (export "start")
    (local $table i32)
    ;; The last entry is at 1024 / 4.
    (local.set $table (call $dlmalloc (i32.const 260)))
    (if (i32.eqz (local.get $table)) (then (return)))
    (memory.fill (local.get $table) (i32.const 0) (i32.const 260))
    (global.set $lists (local.get $table)))

  (func $malloc (export "malloc") (param $size i32) (result i32)
    (local $chunk_size i32)
    (local $list i32)
    (local $pointer i32)
    ;; 1020 and a header of 4 are a chunk of 1024.
    (if (i32.or (i32.eqz (global.get $lists)) (i32.gt_u (local.get $size) (i32.const 1020)))
      (then (return (call $dlmalloc (local.get $size)))))
    ;; The size and its header, rounded up to a multiple of 16.
    (local.set $chunk_size
      (i32.and (i32.add (local.get $size) (i32.const 19)) (i32.const -16)))
    ;; A free chunk of the class. Its first word is the address of the next one.
    (local.set $list
      (i32.add (global.get $lists) (i32.shr_u (local.get $chunk_size) (i32.const 2))))
    (local.set $pointer (i32.load (local.get $list)))
    (if (local.get $pointer)
      (then
        (i32.store (local.get $list) (i32.load (local.get $pointer)))
        (return (local.get $pointer))))
    ;; There is none: the chunk is cut from the block. At least 16 bytes must be left of
    ;; it, so that the rest is a chunk as well and has a header.
    (if (i32.lt_u (global.get $rest_size) (i32.add (local.get $chunk_size) (i32.const 16)))
      (then
        (call $keep_rest)
        (if (i32.eqz (call $take_block))
          (then (return (call $dlmalloc (local.get $size)))))))
    (call $cut (local.get $chunk_size)))

  ;; Puts what is left of the block on the list of its size: at most 1024 bytes, since it
  ;; was too short for a chunk of 1024 and 16 bytes of rest.
  (func $keep_rest
    (local $list i32)
    (if (i32.lt_u (global.get $rest_size) (i32.const 16)) (then (return)))
    (local.set $list
      (i32.add (global.get $lists) (i32.shr_u (global.get $rest_size) (i32.const 2))))
    (i32.store (global.get $rest) (i32.load (local.get $list)))
    (i32.store (local.get $list) (global.get $rest))
    (global.set $rest_size (i32.const 0)))

  ;; Takes a block of 8 KiB, header included. Returns 0 if there is no memory for it.
  (func $take_block (result i32)
    (local $block i32)
    (local.set $block (call $dlmalloc (i32.const 8188)))
    (if (i32.eqz (local.get $block)) (then (return (i32.const 0))))
    (global.set $rest (local.get $block))
    ;; dlmalloc's header has the size that it really gave.
    (global.set $rest_size
      (i32.and (i32.load (i32.sub (local.get $block) (i32.const 4))) (i32.const -8)))
    (i32.const 1))

  ;; Cuts a chunk from the start of the rest, which must be longer by 16 bytes.
  (func $cut (param $chunk_size i32) (result i32)
    (local $pointer i32)
    (local.set $pointer (global.get $rest))
    ;; The header: the size, 2 for "in use", and the flag 1 "the one before is in use",
    ;; which stays as it was.
    (i32.store (i32.sub (local.get $pointer) (i32.const 4))
      (i32.or
        (i32.or (local.get $chunk_size) (i32.const 2))
        (i32.and (i32.load (i32.sub (local.get $pointer) (i32.const 4))) (i32.const 1))))
    (global.set $rest (i32.add (local.get $pointer) (local.get $chunk_size)))
    (global.set $rest_size (i32.sub (global.get $rest_size) (local.get $chunk_size)))
    ;; The rest's header says "in use", so that dlmalloc does not merge with it.
    (i32.store (i32.sub (global.get $rest) (i32.const 4))
      (i32.or (global.get $rest_size) (i32.const 3)))
    (local.get $pointer))

  (func $free (export "free") (param $pointer i32)
    (local $chunk_size i32)
    (local $list i32)
    (if (i32.eqz (local.get $pointer)) (then (return)))
    (local.set $chunk_size
      (i32.and (i32.load (i32.sub (local.get $pointer) (i32.const 4))) (i32.const -8)))
    ;; Small chunks of dlmalloc's own go to the lists too.
    (if (i32.or (i32.eqz (global.get $lists)) (i32.gt_u (local.get $chunk_size) (i32.const 1024)))
      (then (call $dlfree (local.get $pointer)) (return)))
    (local.set $list
      (i32.add (global.get $lists) (i32.shr_u (local.get $chunk_size) (i32.const 2))))
    (i32.store (local.get $pointer) (i32.load (local.get $list)))
    (i32.store (local.get $list) (local.get $pointer)))

  ;; Compares eight bytes at a time; wasi-libc's own compares one.
  (func $memcmp (export "memcmp") (param $left i32) (param $right i32) (param $length i32)
    (result i32)
    (local $difference i32)
    (block $differs
      (loop $words
        (br_if $differs (i32.lt_u (local.get $length) (i32.const 8)))
        (br_if $differs
          (i64.ne
            (i64.load align=1 (local.get $left))
            (i64.load align=1 (local.get $right))))
        (local.set $left (i32.add (local.get $left) (i32.const 8)))
        (local.set $right (i32.add (local.get $right) (i32.const 8)))
        (local.set $length (i32.sub (local.get $length) (i32.const 8)))
        (br $words)))
    ;; The last bytes, or the eight of which one differs.
    (loop $bytes
      (if (i32.eqz (local.get $length)) (then (return (i32.const 0))))
      (local.set $difference
        (i32.sub (i32.load8_u (local.get $left)) (i32.load8_u (local.get $right))))
      (if (local.get $difference) (then (return (local.get $difference))))
      (local.set $left (i32.add (local.get $left) (i32.const 1)))
      (local.set $right (i32.add (local.get $right) (i32.const 1)))
      (local.set $length (i32.sub (local.get $length) (i32.const 1)))
      (br $bytes))
    (unreachable)))
