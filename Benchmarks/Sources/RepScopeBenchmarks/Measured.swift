import Foundation

/// What one child process measured; the Python peers print the same.
struct Measured: Codable {
  /// Seconds of everything that was timed, by name, one entry a repetition.
  var seconds: [String: [Double]] = [:]
  /// Peak memory above what was in use when all inputs were loaded.
  var peakBytes: Int?
  /// Metric values by name.
  var values: [String: Double] = [:]
  /// Who measured.
  var software = ""

}

/// Several timings of one thing.
struct Timings {
  let all: [Double]

  init(_ all: [Double]) {
    self.all = all
  }

  var median: Double {
    let sorted = all.sorted()
    guard !sorted.isEmpty else { return .nan }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  var sum: Double { all.reduce(0, +) }
  var mean: Double { sum / Double(all.count) }

  /// Median, least and greatest, such as "1.31 s (1.29-1.40)".
  var text: String {
    let (unit, scale) = median < 0.001 ? ("µs", 1e6) : median < 0.1 ? ("ms", 1e3) : ("s", 1)
    let middle = "\(digits(scale * median)) \(unit)"
    guard all.count > 1, let least = all.min(), let greatest = all.max() else { return "\(middle) (once)" }
    return "\(middle) (\(digits(scale * least))-\(digits(scale * greatest)))"
  }
}

/// Three significant digits, in plain decimal notation.
func digits(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return "\(value)" }
  let decimals = max(0, 2 - Int(log10(abs(value)).rounded(.down)))
  return String(format: "%.\(decimals)f", value)
}

/// Bytes in MB or GB (powers of ten), "unknown" for nil.
func megabytes(_ bytes: Int?) -> String {
  guard let bytes else { return "unknown" }
  let value = Double(bytes)
  if value < 1e6 { return "\(Int((value / 1e3).rounded())) kB" }
  return value < 1e9 ? "\(Int((value / 1e6).rounded())) MB" : "\(digits(value / 1e9)) GB"
}

func seconds(of body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .seconds(1)
}

/// Processor seconds of this process, all threads together: they tell what work costs while other programs run beside it.
func processorSeconds(of body: () throws -> Void) rethrows -> Double {
  let start = clock()
  try body()
  return Double(clock() - start) / Double(CLOCKS_PER_SEC)
}
