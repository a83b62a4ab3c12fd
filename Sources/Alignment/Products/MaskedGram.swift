/// Two Gram matrices, both masked to the pairs (i, j) that are neighbors in both: what every CKNNA sums over.
///
/// The mask, j among the k nearest of i in K and in L, is not symmetric. It has at most k entries a row, so the masked
/// matrices are held by their entries: O(N k) time and memory, never N by N.
struct MaskedGram {
  let samples: Int
  /// Entries of row i are at `starts[i] ..< starts[i + 1]`.
  private let starts: [Int]
  private let columns: [Int32]
  private let first: [Double]
  private let second: [Double]

  /// The entries that `x` and `y` share. A matrix with itself keeps all its own.
  init(_ x: NeighborGraph, _ y: NeighborGraph) {
    precondition(x.samples == y.samples, "neighbor graphs of \(x.samples) and \(y.samples) samples")
    samples = x.samples
    var starts = [0]
    var columns: [Int32] = []
    var first: [Double] = []
    var second: [Double] = []
    starts.reserveCapacity(samples + 1)
    // Where in x's list of the row at hand a sample stands; stamped with the row, so that it need not be cleared.
    var stamp = [Int32](repeating: -1, count: samples)
    var place = [Int](repeating: 0, count: samples)
    for sample in 0..<samples {
      for entry in sample * x.k..<(sample + 1) * x.k {
        let other = Int(x.neighbors[entry])
        stamp[other] = Int32(sample)
        place[other] = entry
      }
      for entry in sample * y.k..<(sample + 1) * y.k {
        let other = Int(y.neighbors[entry])
        guard stamp[other] == Int32(sample) else { continue }
        columns.append(y.neighbors[entry])
        first.append(x.similarities[place[other]])
        second.append(y.similarities[entry])
      }
      starts.append(columns.count)
    }
    self.starts = starts
    self.columns = columns
    self.first = first
    self.second = second
  }

  /// How many pairs the mask keeps.
  var count: Int { columns.count }

  /// sum over i, j of (A(i,j) - a(i)) (B(i,j) - b(i)) over the entries, for row offsets a and b.
  func sumOfProducts(offsets a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for row in 0..<samples {
      for entry in starts[row]..<starts[row + 1] { sum += (first[entry] - a[row]) * (second[entry] - b[row]) }
    }
    return sum
  }

  /// The sums from which both estimators of the Hilbert-Schmidt independence criterion are made.
  func sums() -> Sums {
    var sums = Sums()
    var columnSums = [Double](repeating: 0, count: samples)
    var rowSums = columnSums
    var firstRowSums = columnSums
    var secondColumnSums = columnSums
    for row in 0..<samples {
      for entry in starts[row]..<starts[row + 1] {
        let column = Int(columns[entry])
        columnSums[column] += first[entry]
        firstRowSums[row] += first[entry]
        rowSums[row] += second[entry]
        secondColumnSums[column] += second[entry]
      }
    }
    for sample in 0..<samples {
      sums.first += columnSums[sample]
      sums.second += rowSums[sample]
      sums.firstTimesSecond += columnSums[sample] * rowSums[sample]
      sums.secondTimesFirst += secondColumnSums[sample] * firstRowSums[sample]
    }
    sums.trace = traceOfProduct()
    return sums
  }

  struct Sums {
    /// sum of all A(i,j), and of all B(i,j)
    var first = 0.0
    var second = 0.0
    /// sum of all (A B)(i,j), and of all (B A)(i,j)
    var firstTimesSecond = 0.0
    var secondTimesFirst = 0.0
    /// trace(A B) = sum of A(i,j) B(j,i)
    var trace = 0.0
  }

  private func traceOfProduct() -> Double {
    // The entries by column: for row i of A, column i of B.
    var columnStarts = [Int](repeating: 0, count: samples + 1)
    for column in columns { columnStarts[Int(column) + 1] += 1 }
    for column in 0..<samples { columnStarts[column + 1] += columnStarts[column] }
    var next = columnStarts
    var rowsByColumn = [Int32](repeating: 0, count: count)
    var valuesByColumn = [Double](repeating: 0, count: count)
    for row in 0..<samples {
      for entry in starts[row]..<starts[row + 1] {
        let column = Int(columns[entry])
        rowsByColumn[next[column]] = Int32(row)
        valuesByColumn[next[column]] = second[entry]
        next[column] += 1
      }
    }
    var stamp = [Int32](repeating: -1, count: samples)
    var value = [Double](repeating: 0, count: samples)
    var trace = 0.0
    for row in 0..<samples {
      for entry in columnStarts[row]..<columnStarts[row + 1] {
        let other = Int(rowsByColumn[entry])
        stamp[other] = Int32(row)
        value[other] = valuesByColumn[entry]
      }
      for entry in starts[row]..<starts[row + 1] {
        let other = Int(columns[entry])
        if stamp[other] == Int32(row) { trace += first[entry] * value[other] }
      }
    }
    return trace
  }
}
