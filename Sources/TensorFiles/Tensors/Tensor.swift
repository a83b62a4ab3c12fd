/// A named array of numbers that views the bytes of its file.
///
/// Making, passing and listing tensors reads nothing; the elements are converted when asked for.
public struct Tensor: Sendable {
  /// The name in the file; nested dictionaries are joined by dots.
  public internal(set) var name: String
  /// The length of every dimension; empty for a single number.
  public let shape: [Int]
  /// The distance in elements from one index to the next, for every dimension; never negative.
  public let strides: [Int]
  /// The type of the elements in the file.
  public let elementType: ElementType
  /// The number of elements.
  public let count: Int
  /// The bytes that hold the elements, among others.
  public let storage: TensorStorage
  /// Where in `storage` the first element is, in bytes.
  public let byteOffset: Int
  /// The order of the bytes within an element.
  public let byteOrder: ByteOrder

  /// The most dimensions a tensor may have; NumPy and PyTorch have the same bound.
  static let maximumRank = 64
  /// Zero strides may spell the storage out as many times, or to as many elements as take little memory.
  private static let maximumRepetition = 16
  private static let freelyRepeated = 1 << 20

  /// A view of `storage`; C order where no strides are given.
  ///
  /// Throws where a length is negative, the number of elements overflows, an element would lie outside
  /// the storage, or zero strides repeat a few elements beyond any measure: no later access checks again.
  init(
    name: String, shape: [Int], strides: [Int]? = nil, elementType: ElementType, storage: TensorStorage,
    byteOffset: Int = 0, byteOrder: ByteOrder = .littleEndian
  ) throws {
    // Only an error names the place: a checkpoint has hundreds of tensors.
    var place: String? { name.isEmpty ? nil : "tensor \(quoted(name))" }
    let count = try Self.elementCount(of: shape, storage: storage, place: place)
    let strides = try strides ?? Self.contiguousStrides(of: shape, storage: storage, place: place)
    guard strides.count == shape.count, strides.allSatisfy({ $0 >= 0 }) else {
      throw storage.error(
        .malformed, at: place, found: "strides \(strides)",
        expected: "\(shape.count) strides that are not negative")
    }
    let end = Self.endOfElements(
      shape: shape, strides: strides, isEmpty: count == 0, byteOffset: byteOffset, type: elementType)
    guard let end, byteOffset >= 0, end <= storage.byteCount else {
      throw storage.error(
        .badRange, at: place,
        found: "\(elementType) \(shape) with strides \(strides) from byte \(byteOffset)",
        expected: "elements within \(storage.byteCount) bytes of storage")
    }
    let held = storage.byteCount / elementType.byteCount
    guard count <= Self.freelyRepeated || count / Self.maximumRepetition <= held else {
      throw storage.error(
        .limitExceeded, at: place, found: "\(count) elements that repeat the \(held) of its storage",
        expected: "at most \(Self.maximumRepetition) times as many")
    }
    self.name = name
    self.shape = shape
    self.strides = strides
    self.elementType = elementType
    self.count = count
    self.storage = storage
    self.byteOffset = byteOffset
    self.byteOrder = byteOrder
  }

  /// A view of `tensor` at one index of a dimension; all of its elements are the tensor's, so nothing is checked again.
  init(_ tensor: Tensor, removing dimension: Int, at index: Int) {
    var (shape, strides) = (tensor.shape, tensor.strides)
    let length = shape.remove(at: dimension)
    let stride = strides.remove(at: dimension)
    name = tensor.name
    self.shape = shape
    self.strides = strides
    elementType = tensor.elementType
    count = tensor.count / length
    storage = tensor.storage
    byteOffset = tensor.byteOffset + index * stride * tensor.elementType.byteCount
    byteOrder = tensor.byteOrder
  }

  /// Whether the elements lie in C order (row-major), without gaps.
  public var isContiguous: Bool {
    // Without elements the lengths and strides are unchecked: their products may overflow.
    guard count > 0 else { return true }
    var expected = 1
    for (length, stride) in zip(shape, strides).reversed() where length != 1 {
      if stride != expected { return false }
      expected *= length
    }
    return true
  }

  /// The elements in place, without a copy; nil unless they are Float32 in this processor's byte
  /// order, contiguous and aligned. Elements that must be inflated first are, at the first call.
  ///
  /// The pointer is valid as long as the tensor or its file is; `withFloats` keeps it so by itself.
  public var mappedFloats: UnsafeBufferPointer<Float>? {
    guard elementType == .float32, byteOrder == .native, isContiguous else { return nil }
    guard count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    // A storage that cannot be loaded says why in `floats()`.
    guard let base = try? storage.load().baseAddress else { return nil }
    let start = base + byteOffset
    guard Int(bitPattern: start) % MemoryLayout<Float>.alignment == 0 else { return nil }
    return UnsafeBufferPointer(start: start.assumingMemoryBound(to: Float.self), count: count)
  }

  /// The number of elements, an error where it overflows.
  static func elementCount(
    of shape: [Int], storage: TensorStorage, place: @autoclosure () -> String?
  ) throws -> Int {
    guard shape.count <= maximumRank else {
      throw storage.error(
        .limitExceeded, at: place(), found: "\(shape.count) dimensions", expected: "at most \(maximumRank)")
    }
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw storage.error(
        .malformed, at: place(), found: "shape \(shape)", expected: "lengths that are not negative")
    }
    if shape.contains(0) { return 0 }
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, product <= Int.max / 8 else {
        throw storage.error(
          .sizeMismatch, at: place(), found: "shape \(shape)",
          expected: "a number of elements that fits 60 bits")
      }
      count = product
    }
    return count
  }

  /// The strides of elements without gaps: row-major, or column-major as Fortran has them.
  static func contiguousStrides(
    of shape: [Int], isFortranOrder: Bool = false, storage: TensorStorage,
    place: @autoclosure () -> String?
  ) throws -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    var stride = 1
    for dimension in isFortranOrder ? Array(shape.indices) : shape.indices.reversed() {
      strides[dimension] = stride
      // A dimension of length 0 counts as 1, so that no stride is 0.
      let (product, overflow) = stride.multipliedReportingOverflow(by: max(shape[dimension], 1))
      guard !overflow else {
        throw storage.error(
          .sizeMismatch, at: place(), found: "shape \(shape)", expected: "strides that fit 63 bits")
      }
      stride = product
    }
    return strides
  }

  /// The byte after the last element; nil where it overflows.
  private static func endOfElements(
    shape: [Int], strides: [Int], isEmpty: Bool, byteOffset: Int, type: ElementType
  ) -> Int? {
    if isEmpty { return byteOffset }
    var last = 0
    for (length, stride) in zip(shape, strides) {
      let (distance, tooFar) = (length - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflow) = last.addingReportingOverflow(distance)
      guard !tooFar, !overflow else { return nil }
      last = sum
    }
    let (bytes, tooMany) = last.multipliedReportingOverflow(by: type.byteCount)
    let (end, overflow) = bytes.addingReportingOverflow(type.byteCount)
    let (total, beyond) = byteOffset.addingReportingOverflow(end)
    return tooMany || overflow || beyond ? nil : total
  }
}
