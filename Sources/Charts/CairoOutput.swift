import CCairo

/// Collects what Cairo writes.
///
/// Cairo is given an unretained pointer to it, so it has to live until the surface is finished.
final class CairoOutput {
  private(set) var bytes: [UInt8] = []

  var closure: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  static let write: cairo_write_func_t = { closure, data, length in
    guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
    let output = Unmanaged<CairoOutput>.fromOpaque(closure).takeUnretainedValue()
    output.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
    return CAIRO_STATUS_SUCCESS
  }

  /// Gives the surfaces of an SVG numbers of its own.
  ///
  /// Cairo numbers them through the life of the process, so the second figure of a run would differ from the same
  /// figure drawn alone.
  func renumberSurfaces() {
    let name = Array("\"surface".utf8)
    var renumbered: [UInt8] = []
    var numbers: [[UInt8]] = []
    var rest = bytes[...]
    while let start = rest.firstRange(of: name) {
      let digits = rest[start.upperBound...].prefix { $0 >= 0x30 && $0 <= 0x39 }
      let number = numbers.firstIndex(of: Array(digits)) ?? numbers.count
      if number == numbers.count { numbers.append(Array(digits)) }
      renumbered += rest[..<start.upperBound]
      renumbered += Array(String(number + 1).utf8)
      rest = rest[digits.endIndex...]
    }
    bytes = renumbered + rest
  }
}
