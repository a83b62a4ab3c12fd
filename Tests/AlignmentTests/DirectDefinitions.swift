import LinearAlgebra

@testable import Alignment

/// The metrics as their definitions read: whole N x N matrices in Double, no shortcut. Slow, and easy to believe.
struct DirectDefinitions {
  typealias Grid = [[Double]]

  /// Of every sample the mean of its tokens, normalised.
  let rows: Grid
  /// Of every sample its tokens, as they are.
  let tokens: [Grid]

  init(_ features: Matrix, _ normalization: Normalization, tokens count: Int = 1) {
    let dimensions = features.columns / count
    tokens = (0..<features.rows).map { row in
      (0..<count).map { token in
        (0..<dimensions).map { Double(features[row, token * dimensions + $0]) }
      }
    }
    let means = tokens.map(Self.mean)
    rows = normalization == .l2 ? means.map(Self.normalized) : means
  }

  static func mean(_ tokens: Grid) -> [Double] {
    tokens[0].indices.map { column in tokens.reduce(0) { $0 + $1[column] } / Double(tokens.count) }
  }

  static func normalized(_ values: [Double]) -> [Double] {
    let norm = max(values.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
    return values.map { $0 / norm }
  }

  var count: Int { rows.count }

  var gram: Grid {
    rows.map { a in rows.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  /// All N x N squared distances.
  var squaredDistances: Grid {
    rows.map { a in rows.map { b in zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } } }
  }

  func gaussianGram(_ width: KernelWidth) -> Grid {
    let squares = squaredDistances
    let square: Double
    switch width {
    case .fixed(let sigma): square = sigma * sigma
    case .median(let fraction):
      let sorted = squares.joined().sorted()
      let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
      square = fraction * fraction * median
    }
    return squares.map { row in row.map { exponential(-$0 / (2 * square)) } }
  }

  /// The k largest of every row, best first, the lower index first among equals.
  func neighbors(k: Int, allowingSelf: Bool = false) -> [[Int]] {
    gram.enumerated().map { i, row in
      let others = row.indices.filter { allowingSelf || $0 != i }
      return Array(others.sorted { row[$0] > row[$1] || (row[$0] == row[$1] && $0 < $1) }.prefix(k))
    }
  }

  static func multiply(_ a: Grid, _ b: Grid) -> Grid {
    a.map { row in b[0].indices.map { j in row.indices.reduce(0) { $0 + row[$1] * b[$1][j] } } }
  }

  static func total(_ a: Grid) -> Double { a.reduce(0) { $0 + $1.reduce(0, +) } }

  static func biasedHSIC(_ k: Grid, _ l: Grid) -> Double {
    let n = k.count
    let h = (0..<n).map { i in (0..<n).map { (i == $0 ? 1 : 0) - 1 / Double(n) } }
    let product = multiply(multiply(k, h), multiply(l, h))
    return (0..<n).reduce(0) { $0 + product[$1][$1] }
  }

  static func unbiasedHSIC(_ k: Grid, _ l: Grid) -> Double {
    let n = Double(k.count)
    let hollow = { (a: Grid) in a.enumerated().map { i, row in row.enumerated().map { $0 == i ? 0 : $1 } } }
    let (k, l) = (hollow(k), hollow(l))
    var elementwise = 0.0
    for i in k.indices { for j in k.indices { elementwise += k[i][j] * l[j][i] } }
    return (elementwise + total(k) * total(l) / ((n - 1) * (n - 2)) - 2 / (n - 2) * total(multiply(k, l)))
      / (n * (n - 3))
  }

  static func cka(_ k: Grid, _ l: Grid, _ hsic: (Grid, Grid) -> Double) -> Double {
    hsic(k, l) / ((hsic(k, k) * hsic(l, l)).squareRoot() + 1e-6)
  }

  static func cknna(_ x: Self, _ y: Self, k: Int, biased: Bool) -> Double {
    let (xs, ys) = (x.neighbors(k: k, allowingSelf: biased), y.neighbors(k: k, allowingSelf: biased))
    let hsic = { (a: Grid, b: Grid, aNeighbors: [[Int]], bNeighbors: [[Int]]) in
      let mask = a.indices.map { i in
        a.indices.map { aNeighbors[i].contains($0) && bNeighbors[i].contains($0) }
      }
      let keep = { (g: Grid) in
        g.enumerated().map { i, row in row.enumerated().map { mask[i][$0] ? $1 : 0 } }
      }
      return biased ? biasedHSIC(keep(a), keep(b)) : unbiasedHSIC(keep(a), keep(b))
    }
    let (a, b) = (x.gram, y.gram)
    return hsic(a, b, xs, ys) / ((hsic(a, a, xs, xs) * hsic(b, b, ys, ys)).squareRoot() + 1e-6)
  }

  static func centredCKNNA(_ x: Self, _ y: Self, k: Int) -> Double {
    let centre = { (g: Grid) in g.map { row in row.map { $0 - row.reduce(0, +) / Double(row.count) } } }
    let align = { (a: Self, b: Self) in
      let (ga, gb) = (centre(a.gram), centre(b.gram))
      let (na, nb) = (a.neighbors(k: k), b.neighbors(k: k))
      var sum = 0.0
      for i in ga.indices { for j in na[i] where nb[i].contains(j) { sum += ga[i][j] * gb[i][j] } }
      return sum
    }
    return align(x, y) / (align(x, x) * align(y, y)).squareRoot()
  }

  static func mutualKNN(_ x: Self, _ y: Self, k: Int) -> Double {
    let shared = zip(x.neighbors(k: k), y.neighbors(k: k)).map { Set($0).intersection($1).count }
    return Double(shared.reduce(0, +)) / Double(x.count * k)
  }

  static func repaCosine(_ x: Self, _ y: Self) -> Double {
    let cosines = zip(x.tokens.joined(), y.tokens.joined()).map { a, b in
      zip(normalized(a), normalized(b)).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return cosines.reduce(0, +) / Double(cosines.count)
  }

  static func ntXent(_ x: Self, _ y: Self, _ settings: AlignmentSettings) -> Double {
    let (xs, ys) = (x.tokens, y.tokens)
    func loss(_ a: Grid, _ b: Grid) -> Double {
      let (a, b) = (a.map(normalized), b.map(normalized))
      let losses = a.indices.map { i in
        let logits = b.map { other in zip(a[i], other).reduce(0) { $0 + $1.0 * $1.1 } / settings.tau }
        return naturalLogarithm(logits.reduce(0) { $0 + exponential($1) }) - logits[i]
      }
      return losses.reduce(0, +) / Double(losses.count)
    }
    let (all, others) = (Array(xs.joined()), Array(ys.joined()))
    return switch settings.candidates {
    case .batchTokens: loss(all, others)
    case .batchTokensSymmetric: (loss(all, others) + loss(others, all)) / 2
    case .withinImage: zip(xs, ys).reduce(0) { $0 + loss($1.0, $1.1) } / Double(x.count)
    case .pooledAcrossImages: loss(xs.map(mean), ys.map(mean))
    }
  }

  /// The value of a metric of the registry.
  static func value(_ name: String, _ x: Self, _ y: Self, _ settings: AlignmentSettings) -> Double? {
    switch name {
    case "cknna": cknna(x, y, k: settings.k, biased: false)
    case "cknna-biased": cknna(x, y, k: settings.k, biased: true)
    case "cknna-centred": centredCKNNA(x, y, k: settings.k)
    case "mutual-knn": mutualKNN(x, y, k: settings.k)
    case "cka": cka(x.gram, y.gram, biasedHSIC)
    case "cka-unbiased": cka(x.gram, y.gram, unbiasedHSIC)
    case "cka-rbf":
      cka(x.gaussianGram(settings.sigma), y.gaussianGram(settings.sigma), biasedHSIC)
    case "cka-rbf-unbiased":
      cka(x.gaussianGram(settings.sigma), y.gaussianGram(settings.sigma), unbiasedHSIC)
    case "repa-cosine": repaCosine(x, y)
    case "nt-xent": ntXent(x, y, settings)
    default: familyValue(name, x, y, settings)
    }
  }
}
