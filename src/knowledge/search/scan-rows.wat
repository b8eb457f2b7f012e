;; Bounds of the dot products of one query with packed rows. `node scripts/scan-rows.ts` assembles it into
;; scan-rows-bytes.ts. A row is: scale (float32), error (float32), one int8 for each dimension.
(module
  ;; 0: the numbers of the query, int16. 32768: the bounds, float32. 65536: the rows.
  (import "rows" "memory" (memory 1))

  ;; Writes a bound for each row: (scale * step) * (codes . query) + (error * length + margin), all in float32.
  ;; Computes two rows at a time, so that the query is read once for both. If `count` is odd, it reads one more row.
  (func (export "scan")
    (param $row i32) (param $count i32) (param $stride i32)
    (param $queryEnd i32) ;; bytes of the query, a multiple of 32 with zeros at the end
    (param $step f32) (param $length f32) (param $margin f32)
    (local $bound i32) (local $boundEnd i32)
    (local $first i32) (local $second i32) (local $query i32)
    (local $low v128) (local $high v128) (local $codes v128)
    (local $sum1 v128) (local $sum2 v128)

    (local.set $bound (i32.const 32768))
    (local.set $boundEnd (i32.add (i32.const 32768) (i32.shl (local.get $count) (i32.const 2))))
    (loop $rows
      (local.set $first (local.get $row))
      (local.set $second (i32.add (local.get $row) (local.get $stride)))
      (local.set $query (i32.const 0))
      (local.set $sum1 (v128.const i32x4 0 0 0 0))
      (local.set $sum2 (v128.const i32x4 0 0 0 0))
      (loop $codes16
        (local.set $low (v128.load (local.get $query)))
        (local.set $high (v128.load offset=16 (local.get $query)))
        ;; The codes begin after the header of 8 bytes. Bytes after the last code meet zeros of the query.
        (local.set $codes (v128.load offset=8 (local.get $first)))
        (local.set $sum1 (i32x4.add (local.get $sum1) (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $low))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $high)))))
        (local.set $codes (v128.load offset=8 (local.get $second)))
        (local.set $sum2 (i32x4.add (local.get $sum2) (i32x4.add
          (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $codes)) (local.get $low))
          (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $codes)) (local.get $high)))))
        (local.set $first (i32.add (local.get $first) (i32.const 16)))
        (local.set $second (i32.add (local.get $second) (i32.const 16)))
        (local.set $query (i32.add (local.get $query) (i32.const 32)))
        (br_if $codes16 (i32.lt_u (local.get $query) (local.get $queryEnd))))
      (f32.store (local.get $bound)
        (call $boundOf (local.get $row) (local.get $sum1) (local.get $step) (local.get $length) (local.get $margin)))
      (local.set $row (i32.add (local.get $row) (local.get $stride)))
      (f32.store offset=4 (local.get $bound)
        (call $boundOf (local.get $row) (local.get $sum2) (local.get $step) (local.get $length) (local.get $margin)))
      (local.set $row (i32.add (local.get $row) (local.get $stride)))
      (local.set $bound (i32.add (local.get $bound) (i32.const 8)))
      (br_if $rows (i32.lt_u (local.get $bound) (local.get $boundEnd)))))

  (func $boundOf
    (param $row i32) (param $sum v128) (param $step f32) (param $length f32) (param $margin f32) (result f32)
    (f32.add
      (f32.mul
        (f32.mul (f32.load (local.get $row)) (local.get $step))
        (f32.convert_i32_s (i32.add
          (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
          (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum))))))
      (f32.add (f32.mul (f32.load offset=4 (local.get $row)) (local.get $length)) (local.get $margin)))))
