import CKernels
import LinearAlgebra

/// Training features less their mean, and divided by their standard deviation where asked.
///
/// The mean never changes a linear classifier with a free bias, but it costs Float32 digits: it is taken off in Double.
/// What fits into the memory that is given is converted once and kept; else every pass reads the source again. Both ways
/// have the same bits.
struct TrainingRows: Sendable {
  static let blockSize = 1024

  let rows: FeatureRows
  let mean: [Double]
  /// Of every dimension, population standard deviation; nil where features are not divided.
  let deviations: [Double]?
  /// Of every dimension, of the features as given.
  let variances: [Double]
  private let factors: [Double]?
  private let resident: Matrix?

  var count: Int { rows.count }
  var dimensions: Int { rows.dimensions }
  var blocks: Tiling { Tiling(count, by: Self.blockSize) }
  /// Whether the converted features are kept.
  var isResident: Bool { resident != nil }

  /// - Parameter memory: Bytes that the converted features may take.
  /// - Throws: ``ProbeError`` naming the first row with NaN or infinity; the reader's errors.
  /// - Complexity: O(N D); reads the rows once, or twice where they are kept.
  init(_ rows: FeatureRows, standardize: Bool, memory: Int, threads: Threads) throws {
    let (count, dimensions) = (rows.count, rows.dimensions)
    let blocks = Tiling(count, by: Self.blockSize)
    let buffers = (0..<threads.count).map { _ in Workspace<Float>(Self.blockSize * dimensions) }
    // Sums of squares around a first guess of the mean lose no digits.
    let start = try Self.roughMean(rows, buffers[0].base)
    let partial = Workspace<Double>(blocks.tiles * 2 * dimensions)
    partial.base.initialize(repeating: 0, count: partial.count)
    let target = UncheckedPointer(partial.base)
    try parallelLoop(blocks.tiles, threads: threads) { block, worker in
      let (range, base) = (blocks[block], buffers[worker].base)
      try rows.copy(range, into: base)
      try rows.checkFinite(range, base)
      let sums = target.pointer + block * 2 * dimensions
      repscope_column_moments(base, dimensions, range.count, dimensions, start, sums, sums + dimensions)
    }
    var (sums, squares) = (
      [Double](repeating: 0, count: dimensions), [Double](repeating: 0, count: dimensions)
    )
    for block in 0..<blocks.tiles {
      repscope_double_add(partial.base + block * 2 * dimensions, 1, &sums, dimensions)
      repscope_double_add(partial.base + (block * 2 + 1) * dimensions, 1, &squares, dimensions)
    }
    let n = Double(count)
    mean = zip(start, sums).map { $0 + $1 / n }
    variances = zip(squares, sums).map { max(0, $0 / n - ($1 / n) * ($1 / n)) }
    if standardize {
      // As scikit-learn's StandardScaler: what is constant up to rounding is left as it is.
      let deviations = zip(mean, variances).map { mean, variance in
        let rounding = n * mean * Double.ulpOfOne
        return variance <= n * Double.ulpOfOne * variance + rounding * rounding ? 1 : variance.squareRoot()
      }
      self.deviations = deviations
      factors = deviations.map { 1 / $0 }
    } else {
      deviations = nil
      factors = nil
    }
    self.rows = rows
    guard count <= memory / max(1, dimensions * MemoryLayout<Float>.stride) else {
      resident = nil
      return
    }
    let (mean, factors) = (mean, factors)
    resident = try Matrix(rows: count, columns: dimensions) { elements in
      let target = UncheckedPointer(elements.baseAddress!)
      try parallelLoop(blocks.tiles, threads: threads) { block, _ in
        let range = blocks[block]
        let base = target.pointer + range.lowerBound * dimensions
        try rows.copy(range, into: base)
        Self.convert(base, range.count, dimensions, mean, factors)
      }
    }
  }

  /// One block, where it lies or copied to `buffer`.
  func block(_ range: Range<Int>, _ buffer: UnsafeMutablePointer<Float>) throws -> UnsafePointer<Float> {
    if let resident {
      return resident.withUnsafeBufferPointer { $0.baseAddress! + range.lowerBound * dimensions }
    }
    try rows.copy(range, into: buffer)
    Self.convert(buffer, range.count, dimensions, mean, factors)
    return UnsafePointer(buffer)
  }

  /// Copies rows in any order.
  func gather(_ places: ArraySlice<Int>, into buffer: UnsafeMutablePointer<Float>) throws {
    guard let resident else {
      try rows.copy(places, into: buffer)
      Self.convert(buffer, places.count, dimensions, mean, factors)
      return
    }
    resident.withUnsafeBufferPointer { elements in
      for (place, row) in places.enumerated() {
        (buffer + place * dimensions).update(
          from: elements.baseAddress! + row * dimensions, count: dimensions)
      }
    }
  }

  private static func convert(
    _ base: UnsafeMutablePointer<Float>, _ count: Int, _ dimensions: Int, _ mean: [Double],
    _ factors: [Double]?
  ) {
    for row in 0..<count {
      let place = base + row * dimensions
      if let factors {
        repscope_standardise(place, mean, factors, place, dimensions)
      } else {
        repscope_standardise(place, mean, nil, place, dimensions)
      }
    }
  }

  private static func roughMean(_ rows: FeatureRows, _ buffer: UnsafeMutablePointer<Float>) throws -> [Double]
  {
    let first = 0..<min(blockSize, rows.count)
    var sums = [Double](repeating: 0, count: rows.dimensions)
    guard !first.isEmpty else { return sums }
    try rows.copy(first, into: buffer)
    try rows.checkFinite(first, buffer)
    for row in first { repscope_accumulate(buffer + row * rows.dimensions, &sums, rows.dimensions) }
    return sums.map { $0 / Double(first.count) }
  }
}

extension FeatureRows {
  /// - Throws: ``ProbeError`` naming the first of these rows that has NaN or infinity.
  func checkFinite(_ range: Range<Int>, _ base: UnsafePointer<Float>) throws {
    let count = range.count * dimensions
    let finite = repscope_finite_prefix(base, count)
    guard finite < count else { return }
    throw ProbeError(
      .notFinite, row: origin(range.lowerBound + finite / dimensions),
      "\(name.isEmpty ? "" : "of \(name) ")has \(base[finite]) in dimension \(finite % dimensions); all features must be finite numbers"
    )
  }
}
