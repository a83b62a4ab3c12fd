import LinearAlgebra
import Glibc

/// Fixed position embeddings, for checkpoints that do not store theirs.
enum PositionEmbedding {
  /// Sines and cosines of a grid's columns (first half of the channels) and rows (second half).
  ///
  /// Each half is [sin | cos] of position times 10000^(-i / (width / 4)). The grid's edge stands for `trainedRows` and
  /// `trainedColumns` unit steps, whatever the number of its cells. Computed in Double.
  ///
  /// - SeeAlso: Vaswani et al., arXiv 1706.03762, section 3.5; He et al. (MAE), arXiv 2111.06377, for two dimensions.
  static func sineCosine(
    rows: Int, columns: Int, width: Int, trainedRows: Int? = nil, trainedColumns: Int? = nil
  ) -> Matrix {
    let quarter = width / 4
    let frequencies = (0..<quarter).map { pow(10000, -Double($0) / Double(quarter)) }
    let rowStep = Double(trainedRows ?? rows) / Double(rows)
    let columnStep = Double(trainedColumns ?? columns) / Double(columns)
    return Matrix(rows: rows * columns, columns: width) { values in
      for row in 0..<rows {
        for column in 0..<columns {
          let start = (row * columns + column) * width
          for (index, frequency) in frequencies.enumerated() {
            let (x, y) = (Double(column) * columnStep * frequency, Double(row) * rowStep * frequency)
            values[start + index] = Float(sin(x))
            values[start + quarter + index] = Float(cos(x))
            values[start + 2 * quarter + index] = Float(sin(y))
            values[start + 3 * quarter + index] = Float(cos(y))
          }
        }
      }
    }
  }
}
