import CKernels

/// A type that elements are converted to; nil where it cannot hold the value.
protocol ConversionTarget: ExpressibleByIntegerLiteral {
  /// The value of a floating-point element; integers take whole numbers only.
  init?(element value: Float)
  init?(element value: Double)
  /// The value of an integer element, rounded to nearest where the target has fewer digits.
  init?<Source: FixedWidthInteger>(element value: Source)
}

extension Float: ConversionTarget {
  init?(element value: Float) {
    self = value
  }

  /// Rounded to nearest; nil where that would turn a finite number into an infinity.
  init?(element value: Double) {
    self.init(value)
    if isInfinite && value.isFinite { return nil }
  }

  init?<Source: FixedWidthInteger>(element value: Source) {
    self.init(value)
  }
}

extension Double: ConversionTarget {
  init?(element value: Float) {
    self.init(value)
  }

  init?(element value: Double) {
    self = value
  }

  init?<Source: FixedWidthInteger>(element value: Source) {
    self.init(value)
  }
}

extension Int: ConversionTarget {
  init?(element value: Float) {
    self.init(exactly: value)
  }

  init?(element value: Double) {
    self.init(exactly: value)
  }

  init?<Source: FixedWidthInteger>(element value: Source) {
    self.init(exactly: value)
  }
}

/// The number that 16 bits of IEEE 754 binary16 stand for.
func float16(_ bits: UInt16) -> Float {
  var result: Float = 0
  withUnsafeBytes(of: bits) { repscope_float16_to_float32($0.baseAddress, &result, 1) }
  return result
}
