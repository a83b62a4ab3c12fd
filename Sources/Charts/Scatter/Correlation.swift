/// How two columns of numbers go together.
public struct Correlation: Sendable, Hashable {
  /// How many pairs there are.
  public let count: Int
  /// Pearson's correlation; nil with fewer than two pairs, or where one column is constant.
  public let pearson: Double?
  /// Spearman's: Pearson's of the ranks, equal values sharing their mean rank.
  public let spearman: Double?
  /// The least-squares line `y = slope x + intercept`; nil where x is constant.
  public let line: Line?

  /// A straight line.
  public struct Line: Sendable, Hashable {
    /// The change of y where x grows by one.
    public let slope: Double
    /// The line at x = 0.
    public let intercept: Double
  }

  /// The correlations of finite pairs.
  ///
  /// - Complexity: O(n log n)
  public init(x: [Double], y: [Double]) {
    precondition(x.count == y.count, "columns of \(x.count) and \(y.count) numbers have no pairs")
    count = x.count
    let moments = Moments(x, y)
    pearson = moments?.correlation
    spearman = Moments(Self.ranks(x), Self.ranks(y))?.correlation
    line = moments.flatMap { moments in
      guard moments.xx > 0, moments.xx.isFinite, moments.xy.isFinite else { return nil }
      let slope = moments.xy / moments.xx
      return Line(slope: slope, intercept: moments.meanY - slope * moments.meanX)
    }
  }

  /// The place of every number in order from 1; equal ones share their mean place.
  static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = values
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
      for place in start...end { ranks[order[place]] = Double(start + end) / 2 + 1 }
      start = end + 1
    }
    return ranks
  }

  /// Means and centred products.
  private struct Moments {
    var meanX: Double
    var meanY: Double
    var xx = 0.0
    var xy = 0.0
    var yy = 0.0

    init?(_ x: [Double], _ y: [Double]) {
      guard x.count > 1 else { return nil }
      meanX = x.reduce(0) { $0 + $1 / Double(x.count) }
      meanY = y.reduce(0) { $0 + $1 / Double(x.count) }
      for (x, y) in zip(x, y) {
        xx += (x - meanX) * (x - meanX)
        xy += (x - meanX) * (y - meanY)
        yy += (y - meanY) * (y - meanY)
      }
    }

    /// Rounding can carry equal columns a digit beyond 1.
    var correlation: Double? {
      let scale = xx.squareRoot() * yy.squareRoot()
      return scale > 0 && scale.isFinite ? min(max(xy / scale, -1), 1) : nil
    }
  }
}
