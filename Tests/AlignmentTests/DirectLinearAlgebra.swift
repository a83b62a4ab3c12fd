/// Decompositions in plain loops, by other algorithms than LAPACK's.
enum DirectLinearAlgebra {
  typealias Grid = [[Double]]

  static func transposed(_ a: Grid) -> Grid {
    a.isEmpty ? [] : a[0].indices.map { column in a.map { $0[column] } }
  }

  static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  static func centred(_ rows: Grid) -> Grid {
    let mean = transposed(rows).map { $0.reduce(0, +) / Double(rows.count) }
    return rows.map { row in zip(row, mean).map { $0 - $1 } }
  }

  /// The thin singular value decomposition by one-sided Jacobi rotations: columns of u, and singular values, descending.
  static func decomposition(_ a: Grid) -> (u: [[Double]], s: [Double]) {
    var columns = transposed(a)
    // Rotations of columns; of a wide matrix the transpose is decomposed, and u found from its right vectors.
    guard a.count >= columns.count else {
      let (v, s) = decomposition(columns)
      let u = zip(v, s).map { v, s in
        s > 0 ? a.map { dot($0, v) / s } : [Double](repeating: 0, count: a.count)
      }
      return (u, s)
    }
    for _ in 0..<60 {
      var largest = 0.0
      for i in columns.indices {
        for j in columns.indices where j > i {
          let (aa, bb, ab) = (
            dot(columns[i], columns[i]), dot(columns[j], columns[j]), dot(columns[i], columns[j])
          )
          guard abs(ab) > 1e-300, abs(ab) > 1e-17 * (aa * bb).squareRoot() else { continue }
          largest = max(largest, abs(ab) / (aa * bb).squareRoot())
          let zeta = (bb - aa) / (2 * ab)
          let t = (zeta < 0 ? -1.0 : 1.0) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
          let c = 1 / (1 + t * t).squareRoot()
          let s = c * t
          for row in columns[i].indices {
            let (x, y) = (columns[i][row], columns[j][row])
            columns[i][row] = c * x - s * y
            columns[j][row] = s * x + c * y
          }
        }
      }
      if largest < 1e-15 { break }
    }
    let found = columns.map { ($0, dot($0, $0).squareRoot()) }.sorted { $0.1 > $1.1 }
    return (found.map { column, s in s > 0 ? column.map { $0 / s } : column }, found.map(\.1))
  }

  /// The singular values that count for a rank, and their left vectors.
  static func basis(_ a: Grid) -> (u: [[Double]], s: [Double]) {
    let (u, s) = decomposition(a)
    let rank = s.firstIndex { $0 <= 1e-9 * s[0] } ?? s.count
    return (Array(u[..<rank]), Array(s[..<rank]))
  }

  /// uᵀ v for lists of columns.
  static func products(_ u: [[Double]], _ v: [[Double]]) -> Grid { u.map { a in v.map { dot(a, $0) } } }

  static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let (x, y) = (a.map { $0 - mean(a) }, b.map { $0 - mean(b) })
    return dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot()
  }
}
