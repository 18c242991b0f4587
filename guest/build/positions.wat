;; Replaces the calls by which TagLib's module moves in its file; `rewrite.rs` puts
;; them in.
;;
;; TagLib asks for the position before and after most reads, and for the length at each
;; atom of an MP4: a thousand calls of the host for one file. Here the module keeps the
;; position and the size of the descriptor that moved last. The host moves only before
;; a read or a write. Anything unusual forgets what is kept and goes to the host, whose
;; position is the reference: another descriptor, a position before the start, an error.
(module
  (import "module" "memory" (memory 1))
  (import "module" "fd_seek"
    (func $host_seek (param $fd i32) (param $offset i64) (param $whence i32) (param $out i32)
      (result i32)))
  (import "module" "fd_read"
    (func $host_read (param $fd i32) (param $vectors i32) (param $count i32) (param $out i32)
      (result i32)))
  (import "module" "fd_write"
    (func $host_write (param $fd i32) (param $vectors i32) (param $count i32) (param $out i32)
      (result i32)))
  (import "module" "fd_filestat_set_size"
    (func $host_set_size (param $fd i32) (param $size i64) (result i32)))
  (import "module" "fd_close" (func $host_close (param $fd i32) (result i32)))

  ;; The descriptor whose position is kept, or -1.
  (global $kept (mut i32) (i32.const -1))
  (global $position (mut i64) (i64.const 0))
  ;; The position of the host, which may lag behind.
  (global $host_position (mut i64) (i64.const 0))
  ;; The size of the file, or -1 if it is not known.
  (global $size (mut i64) (i64.const -1))

  (func $fd_seek (export "fd_seek")
    (param $fd i32) (param $offset i64) (param $whence i32) (param $out i32) (result i32)
    (local $base i64)
    (local $errno i32)
    (block $host
      ;; -1 means that nothing is kept.
      (br_if $host (i32.lt_s (local.get $fd) (i32.const 0)))
      (br_if $host (i32.ne (local.get $fd) (global.get $kept)))
      (block $known
        ;; From the start.
        (br_if $known (i32.eqz (local.get $whence)))
        ;; From the position.
        (local.set $base (global.get $position))
        (br_if $known (i32.eq (local.get $whence) (i32.const 1)))
        ;; From the end.
        (local.set $base (global.get $size))
        (br_if $host (i32.ne (local.get $whence) (i32.const 2)))
        (br_if $host (i64.lt_s (local.get $base) (i64.const 0))))
      (local.set $base (i64.add (local.get $base) (local.get $offset)))
      ;; Before the start, or an overflow: the base is not negative.
      (br_if $host (i64.lt_s (local.get $base) (i64.const 0)))
      (global.set $position (local.get $base))
      (i64.store align=1 (local.get $out) (local.get $base))
      (return (i32.const 0)))
    (local.set $errno (call $move_host))
    (if (local.get $errno) (then (return (local.get $errno))))
    (global.set $kept (i32.const -1))
    (local.set $errno
      (call $host_seek
        (local.get $fd) (local.get $offset) (local.get $whence) (local.get $out)))
    (if (local.get $errno) (then (return (local.get $errno))))
    (global.set $kept (local.get $fd))
    (global.set $position (i64.load align=1 (local.get $out)))
    (global.set $host_position (global.get $position))
    (global.set $size
      (if (result i64) (i32.eq (local.get $whence) (i32.const 2))
        (then (i64.sub (global.get $position) (local.get $offset)))
        (else (i64.const -1))))
    (i32.const 0))

  (func $fd_read (export "fd_read")
    (param $fd i32) (param $vectors i32) (param $count i32) (param $out i32) (result i32)
    (local $errno i32)
    (if (i32.ne (local.get $fd) (global.get $kept))
      (then
        (return
          (call $host_read
            (local.get $fd) (local.get $vectors) (local.get $count) (local.get $out)))))
    (local.set $errno (call $move_host))
    (if (local.get $errno) (then (return (local.get $errno))))
    (local.set $errno
      (call $host_read
        (local.get $fd) (local.get $vectors) (local.get $count) (local.get $out)))
    (if (local.get $errno)
      (then (global.set $kept (i32.const -1)) (return (local.get $errno))))
    (global.set $position
      (i64.add (global.get $position) (i64.extend_i32_u (i32.load align=1 (local.get $out)))))
    (global.set $host_position (global.get $position))
    (i32.const 0))

  (func $fd_write (export "fd_write")
    (param $fd i32) (param $vectors i32) (param $count i32) (param $out i32) (result i32)
    (local $errno i32)
    (local.set $errno (call $forget))
    (if (local.get $errno) (then (return (local.get $errno))))
    (call $host_write
      (local.get $fd) (local.get $vectors) (local.get $count) (local.get $out)))

  (func $fd_filestat_set_size (export "fd_filestat_set_size")
    (param $fd i32) (param $new_size i64) (result i32)
    (local $errno i32)
    (local.set $errno (call $forget))
    (if (local.get $errno) (then (return (local.get $errno))))
    (call $host_set_size (local.get $fd) (local.get $new_size)))

  (func $fd_close (export "fd_close") (param $fd i32) (result i32)
    (if (i32.eq (local.get $fd) (global.get $kept)) (then (global.set $kept (i32.const -1))))
    (call $host_close (local.get $fd)))

  ;; Moves the host to the kept position, and keeps nothing from then on.
  (func $forget (result i32)
    (local $errno i32)
    (local.set $errno (call $move_host))
    (global.set $kept (i32.const -1))
    (local.get $errno))

  ;; Moves the host to the kept position. Returns an errno. The host also writes the
  ;; position, to address 0: what is there is put back.
  (func $move_host (result i32)
    (local $errno i32)
    (local $saved i64)
    (if (i32.eq (global.get $kept) (i32.const -1)) (then (return (i32.const 0))))
    (if (i64.eq (global.get $host_position) (global.get $position))
      (then (return (i32.const 0))))
    (local.set $saved (i64.load (i32.const 0)))
    (local.set $errno
      (call $host_seek
        (global.get $kept) (global.get $position) (i32.const 0) (i32.const 0)))
    (i64.store (i32.const 0) (local.get $saved))
    (if (i32.eqz (local.get $errno))
      (then (global.set $host_position (global.get $position))))
    (local.get $errno)))
