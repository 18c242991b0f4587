;; A guest that does what its file tells it to.
;;
;; It speaks the ABI of TagLib's module (guest/README.md) and lies in every
;; number: pointers, lengths, codes, and the arguments of the WASI calls that it
;; makes. The numbers are 32-bit words at the start of the file that it is given
;; under the name `x.mp3`, or of the content that is put into its memory:
;;
;;   0 to 7    what `malloc` returns, by turns
;;   8, 9      pointer and length of the answer to `tl_read_tags` and `tl_read_id3v2_frames`
;;   10, 11    pointer of the last error's text, and its code
;;   12 to 14  code, content and length of `tl_write_tags`
;;   15        the detected format
;;   16        how many WASI calls to make, at most 15
;;   17 on     five words for each: which, and its arguments
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek"
    (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get"
    (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size"
    (func $fd_filestat_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get"
    (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name"
    (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get"
    (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get"
    (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get"
    (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))

  (memory (export "memory") 4 32768)
  (data (i32.const 1000) "2.3.0\00")
  (data (i32.const 1016) "x.mp3")
  (global $allocations (mut i32) (i32.const 0))

  ;; The word of this number; the words stand from 4096 on.
  (func $word (param $index i32) (result i32)
    (i32.load (i32.add (i32.const 4096) (i32.mul (local.get $index) (i32.const 4)))))

  ;; Reads the file to where the words are. One open for writing, where that is
  ;; allowed, so that writes and sizes have something to work on.
  (func $open
    (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 1016) (i32.const 5) (i32.const 0)
          (i64.const 0x1fffffff) (i64.const 0) (i32.const 0) (i32.const 1024))
      (then
        (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 1016) (i32.const 5)
          (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 1024)))))
    (i32.store (i32.const 1032) (i32.const 4096))
    (i32.store (i32.const 1036) (i32.const 65536))
    (drop (call $fd_read (i32.load (i32.const 1024)) (i32.const 1032) (i32.const 1)
      (i32.const 1040))))

  (func (export "_initialize"))

  ;; The first allocation is for the path. Before it, the guest may have no file yet.
  (func (export "malloc") (param $size i32) (result i32)
    (if (i32.eqz (global.get $allocations)) (then (call $open)))
    (global.set $allocations (i32.add (global.get $allocations) (i32.const 1)))
    (call $word (i32.and (global.get $allocations) (i32.const 7))))

  (func (export "tl_api_version") (result i32) (i32.const 3))
  (func (export "tl_version") (result i32) (i32.const 1000))
  (func (export "tl_get_last_error") (result i32) (call $word (i32.const 10)))
  (func (export "tl_get_last_error_code") (result i32) (call $word (i32.const 11)))
  (func (export "tl_detect_format") (param i32 i32) (result i32) (call $word (i32.const 15)))

  (func (export "tl_read_tags") (param i32 i32 i32) (param $size i32) (result i32)
    (call $make_calls)
    (i32.store (local.get $size) (call $word (i32.const 9)))
    (call $word (i32.const 8)))

  (func (export "tl_read_id3v2_frames") (param i32 i32 i32 i32) (param $size i32) (result i32)
    (call $make_calls)
    (i32.store (local.get $size) (call $word (i32.const 9)))
    (call $word (i32.const 8)))

  (func (export "tl_write_tags") (param i32 i32 i32 i32 i32) (param $content i32)
    (param $size i32) (result i32)
    (call $make_calls)
    (i32.store (local.get $content) (call $word (i32.const 13)))
    (i32.store (local.get $size) (call $word (i32.const 14)))
    (call $word (i32.const 12)))

  (func $make_calls
    (local $left i32)
    (local $at i32)
    (local.set $left (i32.and (call $word (i32.const 16)) (i32.const 15)))
    (local.set $at (i32.const 17))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $left)))
        (call $make_call
          (call $word (local.get $at))
          (call $word (i32.add (local.get $at) (i32.const 1)))
          (call $word (i32.add (local.get $at) (i32.const 2)))
          (call $word (i32.add (local.get $at) (i32.const 3)))
          (call $word (i32.add (local.get $at) (i32.const 4))))
        (local.set $at (i32.add (local.get $at) (i32.const 5)))
        (local.set $left (i32.sub (local.get $left) (i32.const 1)))
        (br $next))))

  (func $make_call (param $which i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32)
    (block $grow (block $open (block $random (block $sizes (block $environ (block $name
    (block $prestat (block $size (block $fdstat (block $close (block $seek (block $write
    (block $read
      (br_table $read $write $seek $close $fdstat $size $prestat $name $environ $sizes $random
        $open $grow
        (i32.rem_u (local.get $which) (i32.const 13))))
      (drop (call $fd_read (local.get $a) (local.get $b) (local.get $c) (local.get $d))) (return))
      (drop (call $fd_write (local.get $a) (local.get $b) (local.get $c) (local.get $d))) (return))
      (drop (call $fd_seek (local.get $a)
        (i64.or (i64.extend_i32_u (local.get $b))
          (i64.shl (i64.extend_i32_u (local.get $c)) (i64.const 33)))
        (i32.and (local.get $c) (i32.const 3)) (local.get $d))) (return))
      (drop (call $fd_close (local.get $a))) (return))
      (drop (call $fd_fdstat_get (local.get $a) (local.get $b))) (return))
      (drop (call $fd_filestat_set_size (local.get $a)
        (i64.or (i64.extend_i32_u (local.get $b))
          (i64.shl (i64.extend_i32_u (local.get $c)) (i64.const 32))))) (return))
      (drop (call $fd_prestat_get (local.get $a) (local.get $b))) (return))
      (drop (call $fd_prestat_dir_name (local.get $a) (local.get $b) (local.get $c))) (return))
      (drop (call $environ_get (local.get $a) (local.get $b))) (return))
      (drop (call $environ_sizes_get (local.get $a) (local.get $b))) (return))
      (drop (call $random_get (local.get $a) (local.get $b))) (return))
      (drop (call $path_open (local.get $a) (local.get $b) (local.get $c) (local.get $d)
        (local.get $b) (i64.extend_i32_u (local.get $a)) (i64.const 0) (local.get $c)
        (local.get $d))) (return))
    (drop (memory.grow (i32.and (local.get $a) (i32.const 0xff))))))
