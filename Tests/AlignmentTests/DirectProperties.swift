@testable import Alignment

/// Properties of one representation as their definitions read.
extension DirectDefinitions {
  private typealias Direct = DirectLinearAlgebra

  private static func share(_ values: [Double]) -> [Double] {
    values.map { $0 / values.reduce(0, +) }
  }

  static func effectiveRank(_ x: Self) -> Double {
    let shares = share(Direct.basis(Direct.centred(x.rows)).s)
    return exponential(-shares.reduce(0) { $0 + $1 * naturalLogarithm($1) })
  }

  static func participationRatio(_ x: Self) -> Double {
    let variances = Direct.basis(Direct.centred(x.rows)).s.map { $0 * $0 }
    let sum = variances.reduce(0, +)
    return sum * sum / variances.reduce(0) { $0 + $1 * $1 }
  }

  static func anisotropy(_ x: Self) -> Double {
    let unit = x.rows.map(normalized)
    let cosines = unit.indices.flatMap { i in
      unit.indices.filter { $0 != i }.map { Direct.dot(unit[i], unit[$0]) }
    }
    return Direct.mean(cosines)
  }

  static func intrinsicDimension(_ x: Self, discard: Double) -> Double {
    let ratios = x.squaredDistances.enumerated().map { i, row -> Double in
      let others = row.enumerated().filter { $0.offset != i }.map(\.element).sorted()
      return (others[1] / others[0]).squareRoot()
    }.sorted()
    let kept = Int(Double(ratios.count) * (1 - discard))
    let points = (0..<kept).map { place in
      (
        x: naturalLogarithm(ratios[place]),
        y: -naturalLogarithm(1 - Double(place + 1) / Double(ratios.count))
      )
    }
    return points.reduce(0) { $0 + $1.x * $1.y } / points.reduce(0) { $0 + $1.x * $1.x }
  }

  /// G, and all pairs of different places with their Manhattan distance, of one sample's tokens.
  private static func places(_ tokens: Grid) -> (gram: Grid, distance: (Int, Int) -> Int) {
    let unit = tokens.map(normalized)
    let side = Int(Double(tokens.count).squareRoot())
    return (
      unit.map { a in unit.map { Direct.dot(a, $0) } },
      { abs($0 / side - $1 / side) + abs($0 % side - $1 % side) }
    )
  }

  private static func values(_ tokens: Grid, where isMeant: (Int) -> Bool) -> [Double] {
    let (gram, distance) = places(tokens)
    return gram.indices.flatMap { i in
      gram.indices.filter { $0 != i && isMeant(distance(i, $0)) }.map { gram[i][$0] }
    }
  }

  static func lds(_ tokens: Grid, _ distances: PatchDistances) -> Double {
    Direct.mean(values(tokens) { $0 == 1 }) - Direct.mean(values(tokens) { $0 >= distances.far })
  }

  static func cds(_ tokens: Grid, _ distances: PatchDistances) -> Double {
    let points = (1...distances.decay).map { d in (Double(d), Direct.mean(values(tokens) { $0 == d })) }
      .filter { !$0.1.isNaN }
    let (d, g) = (points.map(\.0), points.map(\.1))
    let centredD = d.map { $0 - Direct.mean(d) }
    return -Direct.dot(centredD, g.map { $0 - Direct.mean(g) }) / Direct.dot(centredD, centredD)
  }

  static func srss(_ tokens: Grid, _ mask: [Bool], _ distances: PatchDistances) -> Double? {
    let (gram, distance) = places(tokens)
    let differences = gram.indices.filter { mask[$0] }.compactMap { anchor -> Double? in
      let near = gram.indices.filter {
        mask[$0] && distance(anchor, $0) >= 1 && distance(anchor, $0) <= distances.near
      }
      let far = gram.indices.filter { !mask[$0] && distance(anchor, $0) >= distances.background }
      guard !near.isEmpty, !far.isEmpty else { return nil }
      return Direct.mean(near.map { gram[anchor][$0] }) - Direct.mean(far.map { gram[anchor][$0] })
    }
    return differences.isEmpty ? nil : Direct.mean(differences)
  }

  static func rmsc(_ tokens: Grid) -> Double {
    let mean = mean(tokens.map(normalized))
    return (1 - Direct.dot(mean, mean)).squareRoot()
  }

  /// The value of a property of the registry.
  static func value(_ name: String, _ x: Self, _ settings: AlignmentSettings) -> Double? {
    let distances = settings.patchDistances
    return switch name {
    case "effective-rank": effectiveRank(x)
    case "participation-ratio": participationRatio(x)
    case "anisotropy": anisotropy(x)
    case "intrinsic-dimension": intrinsicDimension(x, discard: settings.discard)
    case "lds": Direct.mean(x.tokens.map { lds($0, distances) })
    case "cds": Direct.mean(x.tokens.map { cds($0, distances) })
    case "srss":
      Direct.mean(
        x.tokens.indices.compactMap { srss(x.tokens[$0], Array(settings.masks![$0]), distances) })
    case "rmsc": Direct.mean(x.tokens.map(rmsc))
    default: nil
    }
  }
}
