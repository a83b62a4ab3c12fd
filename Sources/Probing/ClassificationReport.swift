/// How well labels were predicted.
public struct ClassificationReport: Sendable, Hashable {
  /// The samples tested.
  public let samples: Int
  public let classes: Int
  /// Samples whose label came first.
  public let correct: Int
  /// Samples whose label was among the first five.
  public let correctInTopFive: Int
  /// How many samples of each class (row) were taken for each class (column), row-major.
  public let confusion: [Int]

  /// - Parameters:
  ///   - ranks: For each sample, how many classes came before its label.
  init(labels: [Int32], predictions: [Int32], ranks: [Int], classes: Int) {
    samples = labels.count
    self.classes = classes
    correct = zip(labels, predictions).count { $0 == $1 }
    correctInTopFive = ranks.count { $0 < 5 }
    var confusion = [Int](repeating: 0, count: classes * classes)
    for (label, prediction) in zip(labels, predictions) {
      confusion[Int(label) * classes + Int(prediction)] += 1
    }
    self.confusion = confusion
  }

  /// Top-1: the share of samples whose label came first.
  public var accuracy: Double { samples > 0 ? Double(correct) / Double(samples) : 0 }
  /// Top-5: the share of samples whose label was among the first five.
  public var topFiveAccuracy: Double { samples > 0 ? Double(correctInTopFive) / Double(samples) : 0 }

  /// The confidence interval of the accuracy.
  public func interval(level: Double = 0.95) -> ClosedRange<Double> {
    WilsonInterval.of(correct, among: samples, level: level)
  }

  /// How many samples a class has, and how many of them were recognised.
  public func counts(of label: Int) -> (samples: Int, correct: Int) {
    let row = confusion[label * classes..<(label + 1) * classes]
    return (row.reduce(0, +), confusion[label * classes + label])
  }
}

/// The confidence interval of a share.
public enum WilsonInterval {
  /// The shares that are not rejected, at the level given, by the normal test with the share's own variance.
  ///
  /// - Returns: Within 0...1; all of it where there are no samples.
  /// - SeeAlso: Wilson, JASA 22 (1927): unlike the interval around the estimate, it stays valid near 0 and 1.
  public static func of(_ count: Int, among samples: Int, level: Double = 0.95) -> ClosedRange<Double> {
    precondition(level > 0 && level < 1, "a level of \(level)")
    guard samples > 0 else { return 0...1 }
    let z = normalQuantile(0.5 + level / 2)
    let (n, share) = (Double(samples), Double(count) / Double(samples))
    let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    // At the ends the formula is exact but for rounding.
    let low = count == 0 ? 0 : max(0, middle - half)
    let high = count == samples ? 1 : min(1, middle + half)
    return low...high
  }
}
