@testable import Alignment

/// Ordered neighbors, canonical correlations, rotations and dissimilarities as their definitions read.
extension DirectDefinitions {
  private typealias Direct = DirectLinearAlgebra

  static func cycleKNN(_ x: Self, _ y: Self, k: Int) -> Double {
    let (a, b) = (x.neighbors(k: k), y.neighbors(k: k))
    let returning = a.indices.count { i in Set(b[i].flatMap { a[$0] }).contains(i) }
    return Double(returning) / Double(x.count)
  }

  static func lcsKNN(_ x: Self, _ y: Self, k: Int) -> Double {
    func length(_ a: [Int], _ b: [Int]) -> Int {
      var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
      for i in 1...a.count {
        for j in 1...b.count {
          table[i][j] =
            a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1 : max(table[i - 1][j], table[i][j - 1])
        }
      }
      return table[a.count][b.count]
    }
    return Direct.mean(zip(x.neighbors(k: k), y.neighbors(k: k)).map { Double(length($0, $1)) })
  }

  static func editKNN(_ x: Self, _ y: Self, k: Int) -> Double {
    func distance(_ a: [Int], _ b: [Int]) -> Int {
      var table = (0...a.count).map { i in (0...b.count).map { i == 0 ? $0 : $0 == 0 ? i : 0 } }
      for i in 1...a.count {
        for j in 1...b.count {
          table[i][j] = min(
            table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        }
      }
      return table[a.count][b.count]
    }
    return 1 - Direct.mean(zip(x.neighbors(k: k), y.neighbors(k: k)).map { Double(distance($0, $1)) })
      / Double(k)
  }

  static func canonicalCorrelations(_ x: Self, _ y: Self) -> [Double] {
    let (a, b) = (Direct.basis(Direct.centred(x.rows)), Direct.basis(Direct.centred(y.rows)))
    return Array(Direct.decomposition(Direct.products(a.u, b.u)).s.prefix(min(a.u.count, b.u.count)))
  }

  static func pwcca(_ x: Self, _ y: Self) -> Double {
    let columns = Direct.transposed(Direct.centred(x.rows))
    let (a, b) = (Direct.basis(Direct.centred(x.rows)), Direct.basis(Direct.centred(y.rows)))
    let (u, rho) = Direct.decomposition(Direct.products(a.u, b.u))
    let count = min(a.u.count, b.u.count)
    let weights = u.prefix(count).map { u in
      let variable = x.rows.indices.map { row in zip(u, a.u).reduce(0) { $0 + $1.0 * $1.1[row] } }
      return columns.reduce(0) { $0 + abs(Direct.dot(variable, $1)) }
    }
    return Direct.dot(weights, Array(rho.prefix(count))) / weights.reduce(0, +)
  }

  static func svcca(_ x: Self, _ y: Self, components: Int) -> Double {
    func leading(_ side: Self) -> [[Double]] {
      let columns = Direct.transposed(Direct.centred(side.rows)).map { column in
        let deviation = (Direct.dot(column, column) / Double(column.count - 1)).squareRoot()
        return column.map { $0 / (deviation + 1e-8) }
      }
      return Array(Direct.basis(Direct.transposed(columns)).u.prefix(components))
    }
    let (u, v) = (leading(x), leading(y))
    return Direct.mean(Array(Direct.decomposition(Direct.products(u, v)).s.prefix(min(u.count, v.count))))
  }

  static func procrustes(_ x: Self, _ y: Self) -> Double {
    func unit(_ side: Self) -> [[Double]] {
      let rows = Direct.centred(side.rows)
      let norm = rows.reduce(0) { $0 + Direct.dot($1, $1) }.squareRoot()
      return Direct.transposed(rows.map { row in row.map { $0 / norm } })
    }
    return Direct.decomposition(Direct.products(unit(x), unit(y))).s.reduce(0, +)
  }

  /// 1 - the correlation of the features of samples i < j.
  var dissimilarities: [Double] {
    rows.indices.flatMap { i in
      rows.indices.filter { $0 > i }.map { 1 - Direct.correlation(rows[i], rows[$0]) }
    }
  }

  static func ranks(_ values: [Double]) -> [Double] {
    values.map { value in
      Double(values.count { $0 < value }) + (Double(values.count { $0 == value }) + 1) / 2
    }
  }

  /// The value of a metric of this family.
  static func familyValue(_ name: String, _ x: Self, _ y: Self, _ settings: AlignmentSettings) -> Double? {
    switch name {
    case "cycle-knn": cycleKNN(x, y, k: settings.k)
    case "lcs-knn": lcsKNN(x, y, k: settings.k)
    case "edit-knn": editKNN(x, y, k: settings.k)
    case "svcca": svcca(x, y, components: settings.components)
    case "cca": Direct.mean(canonicalCorrelations(x, y))
    case "cca-squared": Direct.mean(canonicalCorrelations(x, y).map { $0 * $0 })
    case "pwcca": pwcca(x, y)
    case "procrustes": procrustes(x, y)
    case "rsa": Direct.correlation(x.dissimilarities, y.dissimilarities)
    case "rsa-spearman": Direct.correlation(ranks(x.dissimilarities), ranks(y.dissimilarities))
    default: nil
    }
  }
}
