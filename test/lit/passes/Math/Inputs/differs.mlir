// Whether %y is no acceptable f32 for the exact result %r.
func.func @differs(%x: f32, %y: f32, %r: f64, %limit: f64) -> i1 {
  %rounded = arith.truncf %r : f64 to f32
  // The size of a unit in the last place of the result.
  %bits = arith.bitcast %r : f64 to i64
  %c52 = arith.constant 52 : i64
  %mask = arith.constant 2047 : i64
  %shifted = arith.shrui %bits, %c52 : i64
  %exponent = arith.andi %shifted, %mask : i64
  %c23 = arith.constant 23 : i64
  %ulpExponent = arith.subi %exponent, %c23 : i64
  %least = arith.constant 874 : i64
  %clamped = arith.maxsi %ulpExponent, %least : i64
  %ulpBits = arith.shli %clamped, %c52 : i64
  %ulp = arith.bitcast %ulpBits : i64 to f64
  %wide = arith.extf %y : f32 to f64
  %difference = arith.subf %wide, %r : f64
  %size = math.absf %difference : f64
  %error = arith.divf %size, %ulp : f64
  %isFar = arith.cmpf ugt, %error, %limit : f64

  // Infinities, NaN and zeros must be met exactly.
  %roundedBits = arith.bitcast %rounded : f32 to i32
  %yBits = arith.bitcast %y : f32 to i32
  %unequal = arith.cmpi ne, %roundedBits, %yBits : i32
  %abs = math.absf %rounded : f32
  %inf = arith.constant 0x7F800000 : f32
  %isInf = arith.cmpf oeq, %abs, %inf : f32
  %zero = arith.constant 0.0 : f64
  %isZero = arith.cmpf oeq, %r, %zero : f64
  %isExact = arith.ori %isInf, %isZero : i1
  %finite = arith.select %isExact, %unequal, %isFar : i1
  %rNan = arith.cmpf uno, %rounded, %rounded : f32
  %yNan = arith.cmpf uno, %y, %y : f32
  %noNan = arith.cmpi ne, %rNan, %yNan : i1
  %either = arith.ori %rNan, %yNan : i1
  %result = arith.select %either, %noNan, %finite : i1
  return %result : i1
}
