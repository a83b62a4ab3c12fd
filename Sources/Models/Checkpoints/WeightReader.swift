import LinearAlgebra
import TensorFiles

/// Hands out a checkpoint's tensors as matrices, and keeps account of what is missing, misshapen or left over.
///
/// Float32 weights are views of the mapped file: nothing is read. Others get room in one block of memory, which
/// `finish` fills on several threads.
final class WeightReader {
  private let checkpoint: Checkpoint
  private let converted: ConvertedWeights
  private var unused: Set<String>
  private var missing: [String] = []
  private var misshapen: [String] = []
  private var views: [(name: String, matrix: Matrix)] = []
  private var conversions: [(tensor: Tensor, start: Int)] = []
  private var convertedCount = 0

  init(_ checkpoint: Checkpoint) throws {
    self.checkpoint = checkpoint
    unused = Set(checkpoint.tensors.keys)
    converted = ConvertedWeights(count: try Self.convertedElements(checkpoint))
  }

  /// How many elements have to be converted: no more than the file holds. Strides of 0, or many tensors that view the
  /// same bytes, could make a small file claim any size.
  private static func convertedElements(_ checkpoint: Checkpoint) throws -> Int {
    var (count, claimed, held) = (0, 0, 0)
    var storages: Set<ObjectIdentifier> = []
    for tensor in checkpoint.tensors.values where tensor.mappedFloats == nil {
      let (storage, size) = (tensor.storage, tensor.elementType.byteCount)
      if storages.insert(ObjectIdentifier(storage)).inserted { held += storage.byteCount }
      guard tensor.count <= storage.byteCount / size else {
        throw ModelError(
          .wrongTensors, path: checkpoint.path,
          "\(tensor.name) is \(tensor.shape), more elements than its bytes hold; expected no repetition")
      }
      let sum = claimed.addingReportingOverflow(tensor.count * size)
      claimed = sum.overflow ? .max : sum.partialValue
      count &+= tensor.count
    }
    // A few tensors may well be one and the same, but not most of them.
    guard claimed / 2 <= held else {
      throw ModelError(
        .wrongTensors, path: checkpoint.path,
        "tensors of \(claimed) bytes that share \(held) bytes of the file; expected each weight to have its own"
      )
    }
    return count
  }

  /// The tensor of that name and shape as a matrix of `rows`.
  func matrix(_ name: String, _ shape: [Int], rows: Int) -> Matrix {
    guard let tensor = checkpoint[name] else {
      missing.append("\(name) \(shape)")
      return Matrix(rows: 0, columns: 0)
    }
    unused.remove(name)
    guard tensor.shape == shape, tensor.elementType.isFloatingPoint, tensor.count > 0 else {
      misshapen.append("\(name) is \(tensor.elementType) \(tensor.shape), expected \(shape)")
      return Matrix(rows: 0, columns: 0)
    }
    let matrix: Matrix
    if let floats = tensor.mappedFloats {
      matrix = Matrix(rows: rows, columns: tensor.count / rows, viewing: floats, ownedBy: tensor.storage)
    } else {
      let place = UnsafeBufferPointer(start: converted.base + convertedCount, count: tensor.count)
      matrix = Matrix(rows: rows, columns: tensor.count / rows, viewing: place, ownedBy: converted)
      conversions.append((tensor, convertedCount))
      convertedCount += tensor.count
    }
    views.append((name, matrix))
    return matrix
  }

  func vector(_ name: String, _ count: Int) -> Matrix {
    matrix(name, [count], rows: 1)
  }

  func linear(_ name: String, _ inputs: Int, _ outputs: Int) -> Linear {
    Linear(
      weight: matrix("\(name).weight", [outputs, inputs], rows: outputs),
      bias: vector("\(name).bias", outputs))
  }

  func layerNorm(_ name: String, _ width: Int, epsilon: Float) -> LayerNorm {
    LayerNorm(epsilon: epsilon, weight: vector("\(name).weight", width), bias: vector("\(name).bias", width))
  }

  /// Fills the matrices that are no views of the file.
  ///
  /// - Returns: The weights' digest, see ``DiffusionTransformer/digest``.
  /// - Throws: ``ModelError`` that lists what is missing, misshapen or left over.
  func finish(threads: Threads) throws -> String {
    let unused = unused.sorted()
    let problems = [("missing", missing), ("of another shape", misshapen), ("left over", unused)].filter {
      !$0.1.isEmpty
    }
    guard problems.isEmpty else {
      let lists = problems.map { "\($0.1.count) \($0.0): \(shortened($0.1, to: 10))" }
      throw ModelError(
        .wrongTensors, path: checkpoint.path,
        "the tensors do not make up the network; \(lists.joined(separator: "; "))")
    }
    try parallelLoop(conversions.count, threads: threads) { [conversions, converted] index, _ in
      let (tensor, start) = conversions[index]
      let target = UnsafeMutableBufferPointer(start: converted.base + start, count: tensor.count)
      try tensor.copyFloats(rows: 0..<tensor.rowCount, into: target)
    }
    return digest()
  }

  /// Over the names, shapes and 16 elements at both ends of every tensor, as Float32 and in the order of the names.
  private func digest() -> String {
    var hash = Fingerprint()
    for (name, matrix) in views.sorted(by: { $0.name < $1.name }) {
      hash.add(name)
      hash.add(UInt64(matrix.rows))
      hash.add(UInt64(matrix.columns))
      matrix.withUnsafeBufferPointer { elements in
        for element in elements.prefix(16) { hash.add(UInt64(element.bitPattern)) }
        for element in elements.suffix(16) { hash.add(UInt64(element.bitPattern)) }
      }
    }
    return hash.text
  }
}

/// Weights that had to be converted to Float32.
// Unchecked because of the pointer: it is written to while a model is loaded, by one thread for each tensor, and only
// read afterwards.
private final class ConvertedWeights: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>

  init(count: Int) {
    base = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64
    )
    .bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit {
    UnsafeMutableRawPointer(base).deallocate()
  }
}

/// 128 bits that differ where the input differs, for telling weights apart; no protection against forgery.
private struct Fingerprint {
  private var state: (UInt64, UInt64) = (0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B)

  mutating func add(_ value: UInt64) {
    state.0 = CounterRandom(seed: state.0).bits(at: value)
    state.1 = CounterRandom(seed: state.1 ^ state.0).bits(at: value)
  }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(UInt64(byte)) }
    add(0x100)
  }

  var text: String {
    [state.0, state.1].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
