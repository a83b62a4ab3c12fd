import CKernels
import LinearAlgebra

/// How the patch tokens of an image are arranged: iREPA's four numbers, each the mean over samples.
///
/// With u the tokens of one sample, each divided by its length (at least 1e-8), G(s,t) = <u_s, u_t> and d(s,t) the Manhattan
/// distance of their places:
///
/// - LDS: mean G of vertical and horizontal neighbors - mean G of pairs with d >= far.
/// - CDS: minus the least-squares slope of the mean G at distance d against d = 1 ... decay; every distance counts once.
/// - SRSS: over tokens of the foreground that have both, the mean of [mean G with the foreground at 1 <= d <= near -
///   mean G with the background at d >= background]. A sample without such a token has none.
/// - RMSC: sqrt(mean over t of |u_t - mean u|²).
///
/// - SeeAlso: Singh et al., "What matters for representation alignment: global information or spatial structure?",
///   arXiv 2512.10794; `spatial_metrics.py` of its code.
public struct SpatialStructure: Sendable {
  /// One value a sample; nil where the grid has no such pairs.
  public let lds: [Double]?
  public let cds: [Double]?
  /// One value a sample, NaN where the sample has no valid token; nil without masks.
  public let srss: [Double]?
  public let rmsc: [Double]

  let grid: PatchGrid

  /// - Throws: ``AlignmentError`` where the tokens are no such grid, or masks are of other samples or tokens.
  /// - Complexity: O(N T² D) in Double, 0.15 Gflop a sample of 256 tokens and 1152 dimensions; memory of T D + T² numbers
  ///   a thread.
  public init(
    _ tokens: PatchTokens, distances: PatchDistances = PatchDistances(), masks: PatchMasks? = nil,
    threads: Threads = .all
  ) throws {
    let (count, samples) = (tokens.perSample, tokens.count / tokens.perSample)
    grid = try PatchGrid.of(tokens: count, given: distances.grid)
    for distance in [distances.far, distances.decay, distances.near, distances.background]
    where distance < 0 || distance > 1 << 20 {
      throw AlignmentError(.invalidSetting, "a distance of \(distance) patches; it must be at least 0")
    }
    if let masks, masks.samples != samples || masks.tokens != count {
      throw AlignmentError(
        .invalidSetting,
        "the masks \(masks.name) are of \(masks.samples) samples and \(masks.tokens) tokens, the features of \(samples) "
          + "and \(count)")
    }
    let plan = Plan(grid, distances)
    let workspaces = (0..<threads.count).map { _ in
      (unit: Workspace<Double>(count * tokens.dimensions), gram: Workspace<Double>(count * count))
    }
    let found = Workspace<SIMD4<Double>>(samples)
    let target = UncheckedPointer(found.base)
    try parallelLoop(samples, threads: threads) { sample, worker in
      let (unit, gram) = (workspaces[worker].unit.base, workspaces[worker].gram.base)
      tokens.fillUnit(unit, of: sample)
      BLAS.multiplyTransposed(
        m: count, n: count, k: tokens.dimensions, unit, tokens.dimensions, unit, tokens.dimensions,
        into: gram,
        count)
      let means = plan.meansByDistance(gram)
      let contrast = masks.map { plan.regionContrast(gram, $0[sample]) } ?? .nan
      (target.pointer + sample).initialize(
        to: SIMD4(
          plan.localContrast(means), plan.decay(means), contrast,
          rootMeanSquareContrast(unit, count, tokens.dimensions)))
    }
    let values = (0..<samples).map { found.base[$0] }
    lds = plan.hasFarPairs ? values.map(\.x) : nil
    cds = plan.hasDecay ? values.map(\.y) : nil
    srss = masks == nil ? nil : values.map(\.z)
    rmsc = values.map(\.w)
  }

  /// Which pairs of places are how far apart.
  private struct Plan: Sendable {
    let distances: PatchDistances
    /// The distance of every pair of places.
    let table: [Int]
    let count: Int
    /// How many ordered pairs have each distance.
    let pairs: [Int]

    init(_ grid: PatchGrid, _ distances: PatchDistances) {
      let places = grid.rows * grid.columns
      self.distances = distances
      count = places
      table = (0..<places).flatMap { a in (0..<places).map { grid.distance(a, $0) } }
      var pairs = [Int](repeating: 0, count: grid.rows + grid.columns - 1)
      for distance in table { pairs[distance] += 1 }
      self.pairs = pairs
    }

    /// The distances that count as far; itself, no token is far from.
    private var far: Range<Int> { max(distances.far, 1)..<max(distances.far, 1, pairs.count) }
    private var steps: Range<Int> { 1..<max(min(distances.decay + 1, pairs.count), 1) }
    var hasFarPairs: Bool { pairs.count > 1 && !far.isEmpty }
    var hasDecay: Bool { steps.count > 1 }

    func meansByDistance(_ gram: UnsafePointer<Double>) -> [Double] {
      var sums = [Double](repeating: 0, count: pairs.count)
      for pair in 0..<count * count { sums[table[pair]] += gram[pair] }
      return zip(sums, pairs).map { $0 / Double($1) }
    }

    func localContrast(_ means: [Double]) -> Double {
      guard hasFarPairs else { return .nan }
      let weights = far.reduce(0) { $0 + pairs[$1] }
      return means[1] - far.reduce(0) { $0 + means[$1] * Double(pairs[$1]) } / Double(weights)
    }

    func decay(_ means: [Double]) -> Double {
      guard hasDecay else { return .nan }
      let middle = Double(steps.reduce(0, +)) / Double(steps.count)
      let level = steps.reduce(0) { $0 + means[$1] } / Double(steps.count)
      let products = steps.reduce(0) { $0 + (means[$1] - level) * (Double($1) - middle) }
      return -products / steps.reduce(0) { $0 + (Double($1) - middle) * (Double($1) - middle) }
    }

    func regionContrast(_ gram: UnsafePointer<Double>, _ mask: ArraySlice<Bool>) -> Double {
      let isForeground = Array(mask)
      var (sum, anchors) = (0.0, 0)
      for anchor in 0..<count where isForeground[anchor] {
        var (near, far) = ((sum: 0.0, count: 0), (sum: 0.0, count: 0))
        for other in 0..<count {
          let (distance, value) = (table[anchor * count + other], gram[anchor * count + other])
          if isForeground[other] {
            if distance >= 1, distance <= distances.near { near = (near.sum + value, near.count + 1) }
          } else if distance >= distances.background {
            far = (far.sum + value, far.count + 1)
          }
        }
        guard near.count > 0, far.count > 0 else { continue }
        sum += near.sum / Double(near.count) - far.sum / Double(far.count)
        anchors += 1
      }
      return anchors > 0 ? sum / Double(anchors) : .nan
    }
  }
}

private func rootMeanSquareContrast(_ unit: UnsafePointer<Double>, _ count: Int, _ dimensions: Int) -> Double
{
  var mean = [Double](repeating: 0, count: dimensions)
  for token in 0..<count {
    for column in 0..<dimensions { mean[column] += unit[token * dimensions + column] }
  }
  var sum = 0.0
  for token in 0..<count {
    for column in 0..<dimensions {
      let difference = unit[token * dimensions + column] - mean[column] / Double(count)
      sum += difference * difference
    }
  }
  return (sum / Double(count)).squareRoot()
}

extension PatchTokens {
  /// The tokens of one sample, each divided by its length, or by 1e-8 where that is less.
  fileprivate func fillUnit(_ unit: UnsafeMutablePointer<Double>, of sample: Int) {
    tokens.withUnsafeBufferPointer { x in
      for place in 0..<perSample {
        let token = sample * perSample + place
        // The factors are PyTorch's with a least length of 1e-12.
        repscope_widen(
          x.baseAddress! + token * dimensions, min(factors[token], 1e8), unit + place * dimensions, dimensions
        )
      }
    }
  }
}
