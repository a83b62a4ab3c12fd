import Files

/// Writes the elements of declared tensors, one after another, into a file that appears when it is
/// whole: what the writers of all formats share.
final class TensorStream {
  private let file: AtomicFile
  private let declarations: [TensorDeclaration]
  private var current = 0
  /// The bytes the current tensor still lacks.
  private var missing = 0

  /// Starts the file with `header`.
  init(_ path: String, header: [UInt8], declarations: [TensorDeclaration]) throws {
    self.declarations = declarations
    file = try AtomicFile(path)
    try header.withUnsafeBytes { try file.write($0) }
    missing = try declarations.first?.byteCount(path: path) ?? 0
    try passCompleted()
  }

  func append(_ values: UnsafeBufferPointer<Float>) throws {
    try append(values.count) { try $0.encode(values, $1) }
  }

  func append(_ values: UnsafeBufferPointer<Int>) throws {
    try append(values.count) { try $0.encode(values, $1) }
  }

  /// Elements in the declared type's own bytes, little-endian.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    guard !bytes.isEmpty else { return }
    guard current < declarations.count else { throw nothing(bytes.count) }
    let size = declarations[current].elementType.byteCount
    guard bytes.count.isMultiple(of: size) else {
      throw error(
        found: "\(bytes.count) bytes for tensor \(quoted(declarations[current].name))",
        expected: "a multiple of \(size)")
    }
    try append(bytes.count / size) { try $1(bytes) }
  }

  /// Makes the file appear; an error where elements are missing.
  func finish() throws {
    guard current == declarations.count else {
      file.discard()
      throw error(found: "\(missing) bytes missing of tensor \(quoted(declarations[current].name))")
    }
    try file.commit()
  }

  /// Gives up: nothing remains of the file.
  func cancel() {
    file.discard()
  }

  private func append(
    _ count: Int, _ encode: (ElementEncoder, (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    guard count > 0 else { return }
    guard current < declarations.count else {
      file.discard()
      throw nothing(count)
    }
    let declaration = declarations[current]
    let size = declaration.elementType.byteCount
    guard count <= missing / size else {
      file.discard()
      throw error(
        found: "\(count) elements for tensor \(quoted(declaration.name))",
        expected: "at most \(missing / size)")
    }
    let encoder = ElementEncoder(type: declaration.elementType, path: file.path, name: declaration.name)
    do {
      try encode(encoder) { try file.write($0) }
    } catch {
      // Some of the elements may be written: the file can no longer become whole.
      file.discard()
      throw error
    }
    missing -= count * size
    try passCompleted()
  }

  /// Goes on to the next tensor that lacks elements.
  private func passCompleted() throws {
    while missing == 0, current < declarations.count {
      current += 1
      if current < declarations.count { missing = try declarations[current].byteCount(path: file.path) }
    }
  }

  private func nothing(_ count: Int) -> TensorFileError {
    error(found: "\(count) more bytes or elements", expected: "no more than the declared tensors have")
  }

  private func error(found: String, expected: String? = nil) -> TensorFileError {
    TensorFileError(.invalidArgument, path: file.path, found: found, expected: expected)
  }
}
