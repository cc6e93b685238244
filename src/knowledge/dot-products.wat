;; Dot products of one question with many rows, with 128-bit SIMD. Compiled into dot-products-wasm.ts by
;; scripts/compile-wasm.ts. All pointers are byte offsets; a row's length must be a multiple of 16 values.
(module
  (memory (export "memory") 1)

  ;; f32 rows: out[r] = question . row[r], f32. `width` is a row's length in bytes.
  (func (export "floats") (param $question i32) (param $rows i32) (param $count i32) (param $width i32) (param $out i32)
    (local $at i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $a (v128.const f32x4 0 0 0 0))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $at (i32.const 0))
        (loop $part
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul
            (v128.load (i32.add (local.get $question) (local.get $at)))
            (v128.load (i32.add (local.get $rows) (local.get $at))))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul
            (v128.load offset=16 (i32.add (local.get $question) (local.get $at)))
            (v128.load offset=16 (i32.add (local.get $rows) (local.get $at))))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul
            (v128.load offset=32 (i32.add (local.get $question) (local.get $at)))
            (v128.load offset=32 (i32.add (local.get $rows) (local.get $at))))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul
            (v128.load offset=48 (i32.add (local.get $question) (local.get $at)))
            (v128.load offset=48 (i32.add (local.get $rows) (local.get $at))))))
          (br_if $part (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 64))) (local.get $width))))
        (local.set $a (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d))))
        (f32.store (local.get $out) (f32.add
          (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
          (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))
        (local.set $rows (i32.add (local.get $rows) (local.get $width)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $row))))

  ;; i8 rows with an i16 question: out[r] = question . row[r], i32. `width` is a row's length in bytes.
  ;; The question's values must be within +-8191, so that 16 x 127 x 8191 x (width / 16) fits 31 bits up to width 2064.
  (func (export "bytes") (param $question i32) (param $rows i32) (param $count i32) (param $width i32) (param $out i32)
    (local $at i32) (local $a v128) (local $b v128)
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (local.get $a))
        (local.set $at (i32.const 0))
        (loop $part
          (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s
            (v128.load (i32.add (local.get $question) (i32.shl (local.get $at) (i32.const 1))))
            (v128.load8x8_s (i32.add (local.get $rows) (local.get $at))))))
          (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s
            (v128.load offset=16 (i32.add (local.get $question) (i32.shl (local.get $at) (i32.const 1))))
            (v128.load8x8_s offset=8 (i32.add (local.get $rows) (local.get $at))))))
          (br_if $part (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $width))))
        (local.set $a (i32x4.add (local.get $a) (local.get $b)))
        (i32.store (local.get $out) (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $a)) (i32x4.extract_lane 1 (local.get $a)))
          (i32.add (i32x4.extract_lane 2 (local.get $a)) (i32x4.extract_lane 3 (local.get $a)))))
        (local.set $rows (i32.add (local.get $rows) (local.get $width)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $row)))))
