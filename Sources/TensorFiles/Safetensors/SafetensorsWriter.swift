import Files

/// Writes a safetensors file, tensor by tensor and piece by piece.
///
/// Names, shapes and types are declared first, in the order in which their elements then follow.
/// The file appears under its name when `finish()` returns, whole; if that is never called, or
/// anything fails, nothing is left behind. The same tensors give the same bytes.
///
///     let writer = try SafetensorsWriter(path, [TensorDeclaration(name: "x", shape: [2, 3])])
///     try writer.append([1, 2, 3])
///     try writer.append([4, 5, 6])
///     try writer.finish()
public final class SafetensorsWriter {
  private let stream: TensorStream

  /// Starts a file that will hold `declarations`, in their order.
  ///
  /// Throws for two tensors of one name, for the name `__metadata__`, and where the folder cannot
  /// be written to.
  public init(_ path: String, _ declarations: [TensorDeclaration], metadata: [String: String] = [:]) throws {
    stream = try TensorStream(
      path, header: try Self.header(declarations, metadata, path: path), declarations: declarations)
  }

  /// The next elements of the current tensor, converted to its type.
  ///
  /// - Throws: ``TensorFileError`` where the type cannot hold a value or all elements are there already, `FileError` where
  ///   the file cannot be written; the file is then given up.
  public func append(_ values: UnsafeBufferPointer<Float>) throws {
    try stream.append(values)
  }

  /// The next elements, from an array, as above.
  public func append(_ values: [Float]) throws {
    try values.withUnsafeBufferPointer { try stream.append($0) }
  }

  /// Integers, exact in the declared type or an error.
  public func append(_ values: [Int]) throws {
    try values.withUnsafeBufferPointer { try stream.append($0) }
  }

  /// Elements in the declared type's own bytes, little-endian.
  public func append(bytes: UnsafeRawBufferPointer) throws {
    try stream.append(bytes)
  }

  /// Makes the file appear under its name; an error where elements are missing.
  public func finish() throws {
    try stream.finish()
  }

  /// Gives up: nothing remains of the file.
  public func cancel() {
    stream.cancel()
  }

  /// Writes tensors as they are, in their own types, made contiguous.
  public static func write(
    _ tensors: [Tensor], to path: String, metadata: [String: String] = [:]
  ) throws {
    let writer = try SafetensorsWriter(
      path, tensors.map { TensorDeclaration(name: $0.name, shape: $0.shape, elementType: $0.elementType) },
      metadata: metadata)
    for tensor in tensors {
      try tensor.withLittleEndianBytes { try writer.append(bytes: $0) }
    }
    try writer.finish()
  }

  /// Eight bytes of length, then JSON, padded by spaces to a multiple of eight.
  private static func header(
    _ declarations: [TensorDeclaration], _ metadata: [String: String], path: String
  ) throws -> [UInt8] {
    var names: Set<String> = [Safetensors.metadataKey]
    var entries: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map {
        "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))"
      }
      entries.append("\(JSONText.quoted(Safetensors.metadataKey)):{\(texts.joined(separator: ","))}")
    }
    var end = 0
    for declaration in declarations {
      guard names.insert(declaration.name).inserted else {
        throw TensorFileError(
          .duplicateName, path: path, place: "tensor \(quoted(declaration.name))",
          found: "a name that is taken")
      }
      let start = end
      let (sum, overflow) = end.addingReportingOverflow(try declaration.byteCount(path: path))
      guard !overflow else {
        throw TensorFileError(.invalidArgument, path: path, found: "tensors of more than 2^63 bytes")
      }
      end = sum
      let shape = declaration.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(JSONText.quoted(declaration.name)):{\"dtype\":\"\(declaration.elementType.safetensorsName)\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}")
    }
    var text = Array("{\(entries.joined(separator: ","))}".utf8)
    text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }
}
