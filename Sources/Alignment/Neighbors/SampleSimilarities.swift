import CKernels
import LinearAlgebra

/// How similar the samples of a set are to each other: estimates in Float32 for all pairs, exact numbers for some.
///
/// The estimate of two samples is the product of their rows, with an offset added for each.
package protocol SampleSimilarities: Sendable {
  var samples: Int { get }
  /// Numbers in a row.
  var dimensions: Int { get }
  /// One a sample; nil for none.
  var offsets: [Float]? { get }
  /// What an exact similarity is multiplied with to be compared with estimates.
  var unit: Double { get }
  /// Of every sample, the most that an estimate of it with another can be off.
  var errorBounds: [Double] { get }
  /// Whether rows are made when they are asked for, which takes working memory.
  var makesRows: Bool { get }

  /// Rows of a range, as BLAS multiplies them.
  ///
  /// - Parameter memory: Room for them, where they have to be made.
  func withRows<Value>(
    _ range: Range<Int>, _ memory: UnsafeMutablePointer<Float>, _ body: (UnsafePointer<Float>) -> Value
  ) -> Value

  /// The exact similarities of a sample with others, in Double.
  func exact(of sample: Int, with others: [UInt32], into out: UnsafeMutablePointer<Double>)
}

/// Inner products of a representation's (normalised) rows.
struct InnerProducts: SampleSimilarities {
  private let representation: Representation
  private let rows: Matrix
  let offsets: [Float]?
  let unit: Double
  let errorBounds: [Double]

  init(of representation: Representation, _ comparable: ComparableRows) {
    self.representation = representation
    rows = comparable.rows
    offsets = comparable.offsets
    unit = comparable.scale * comparable.scale
    errorBounds = comparable.errorBounds(against: comparable)
  }

  var samples: Int { rows.rows }
  var dimensions: Int { rows.columns }
  var makesRows: Bool { false }

  func withRows<Value>(
    _ range: Range<Int>, _ memory: UnsafeMutablePointer<Float>, _ body: (UnsafePointer<Float>) -> Value
  ) -> Value {
    rows.withUnsafeBufferPointer { body($0.baseAddress! + range.lowerBound * dimensions) }
  }

  func exact(of sample: Int, with others: [UInt32], into out: UnsafeMutablePointer<Double>) {
    representation.features.withUnsafeBufferPointer {
      repscope_dots($0.baseAddress!, dimensions, sample, others, others.count, out)
    }
    for (place, other) in others.enumerated() {
      // The factors are multiplied first: the similarity of i with j is then that of j with i to the last bit.
      out[place] *= representation.factor(sample) * representation.factor(Int(other))
    }
  }
}
