/// A tensor that is going to be written: what its file's header says of it.
public struct TensorDeclaration: Sendable, Hashable {
  public let name: String
  public let shape: [Int]
  public let elementType: ElementType

  public init(name: String, shape: [Int], elementType: ElementType = .float32) {
    self.name = name
    self.shape = shape
    self.elementType = elementType
  }

  /// The bytes of all elements; an error where a length is negative or the number overflows.
  func byteCount(path: String) throws -> Int {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow, product <= Int.max / 64 else {
        throw TensorFileError(
          .invalidArgument, path: path, place: "tensor \(quoted(name))", found: "shape \(shape)",
          expected: "lengths that are not negative and a size that fits 60 bits")
      }
      count = product
    }
    guard shape.count <= Tensor.maximumRank else {
      throw TensorFileError(
        .invalidArgument, path: path, place: "tensor \(quoted(name))", found: "\(shape.count) dimensions",
        expected: "at most \(Tensor.maximumRank)")
    }
    return count * elementType.byteCount
  }
}
