import CKernels
import Features
import LinearAlgebra
import TensorFiles

/// What an archive keeps of one tap of a network: the way from the network's values to a row.
struct TapRows: Sendable {
  let label: LayerLabel
  /// What the network gives.
  let shape: TapShape
  private let pooling: Pooling
  private let elementType: ElementType

  init(_ label: LayerLabel, shape: TapShape, pooling: Pooling, elementType: ElementType) {
    self.label = label
    self.shape = shape
    self.pooling = pooling
    self.elementType = elementType
  }

  /// What a row holds.
  var rowShape: [Int] { pooling.shape(of: shape) }

  /// Checks a sample's values and writes what is kept of them.
  ///
  /// - Parameters:
  ///   - sum: Memory for as many numbers as the shape's last length.
  ///   - place: What messages call the values: "layer 3 of sample 0 at t = 0.5", after the layer.
  /// - Throws: ``ExtractionError``
  func take(
    _ values: UnsafeBufferPointer<Float>, into row: UnsafeMutableBufferPointer<Float>, sum: Workspace<Double>,
    place: () -> String
  ) throws {
    func name() -> String { "\(label.number == nil ? "\(label)" : "layer \(label)") of \(place())" }
    guard values.count == shape.elements else {
      throw ExtractionError(
        .network, "\(name()) has \(values.count) numbers, but the network announced \(shape.lengths)")
    }
    let finite = repscope_finite_prefix(values.baseAddress, values.count)
    guard finite == values.count else {
      throw ExtractionError(
        .notFinite,
        "\(name()) has \(values[finite]) as element \(finite) of \(shape.lengths); nothing of it was written")
    }
    pooling.pool(values, shape: shape, into: row, sum: sum)
    // 65520 is where rounding to nearest reaches infinity.
    if elementType == .float16, let value = row.first(where: { $0.magnitude >= 65520 }) {
      throw ExtractionError(
        .notRepresentable, "\(name()) has the value \(value), which float16 cannot hold; write float32")
    }
  }
}

/// The shape of a tap's values, and which of its tokens are patches.
struct TapShape: Sendable, Hashable {
  /// [T, D], or [C, H, W] for a model's output.
  let lengths: [Int]
  /// Where the patch tokens begin, after class and register tokens.
  let firstPatch: Int

  init(_ lengths: [Int], firstPatch: Int = 0) {
    self.lengths = lengths
    self.firstPatch = firstPatch
  }

  var elements: Int { lengths.reduce(1, *) }
}
