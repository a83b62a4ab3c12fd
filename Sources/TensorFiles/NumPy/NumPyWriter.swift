/// Writes one array as an npy file, piece by piece, in C order.
///
/// The file appears under its name when `finish()` returns, whole, or not at all.
public final class NumPyWriter {
  private let stream: TensorStream

  /// Starts a file for an array of that shape.
  ///
  /// Throws for bfloat16, which NumPy has not, and where the folder cannot be written to.
  public init(_ path: String, shape: [Int], elementType: ElementType = .float32) throws {
    let declaration = TensorDeclaration(name: TensorFile.unnamed, shape: shape, elementType: elementType)
    _ = try declaration.byteCount(path: path)
    stream = try TensorStream(
      path, header: try Self.header(declaration, path: path), declarations: [declaration])
  }

  /// The next elements, converted to the array's type.
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

  /// Integers, exact in the array's type or an error.
  public func append(_ values: [Int]) throws {
    try values.withUnsafeBufferPointer { try stream.append($0) }
  }

  /// Elements in the array type's own bytes, little-endian.
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

  /// Writes a tensor as it is, in its own type, made contiguous.
  public static func write(_ tensor: Tensor, to path: String) throws {
    let writer = try NumPyWriter(path, shape: tensor.shape, elementType: tensor.elementType)
    try tensor.withLittleEndianBytes { try writer.append(bytes: $0) }
    try writer.finish()
  }

  /// Version 1.0, padded by spaces so that the elements begin at a multiple of 64.
  private static func header(_ declaration: TensorDeclaration, path: String) throws -> [UInt8] {
    guard let name = declaration.elementType.numpyName else {
      throw TensorFileError(
        .unsupported, path: path, found: "an array of \(declaration.elementType)",
        expected: "a type that NumPy has", hint: "Write float32, or safetensors")
    }
    let order = declaration.elementType.byteCount == 1 ? "|" : "<"
    let lengths = declaration.shape.map(String.init)
    let shape = lengths.count == 1 ? "\(lengths[0])," : lengths.joined(separator: ", ")
    var text = Array("{'descr': '\(order)\(name)', 'fortran_order': False, 'shape': (\(shape)), }".utf8)
    text += [UInt8](repeating: 0x20, count: 63 - (10 + text.count) % 64) + [0x0A]
    return NumPyHeader.magic + [1, 0, UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + text
  }
}
