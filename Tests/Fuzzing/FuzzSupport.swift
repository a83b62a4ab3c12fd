/// Reads a file from exactly the bytes given, then every tensor and every object in it.
///
/// An error of the module's own type is the right answer to nonsense; any other, a trap, or an
/// access outside the bytes is a finding.
func exercise(
  _ start: UnsafePointer<UInt8>?, _ count: Int, _ read: (TensorStorage) throws -> TensorFile
) -> CInt {
  do {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let storage = try TensorStorage(copying: bytes, name: "fuzz")
    let file = try withExtendedLifetime(storage) { try read(storage) }
    for tensor in file.tensors {
      // One tensor's error must not hide the next one's.
      do { _ = try tensor.floats() } catch is TensorFileError {}
      do { _ = try tensor.integers() } catch is TensorFileError {}
      do { try tensor.withLittleEndianBytes { _ in } } catch is TensorFileError {}
      precondition(file[tensor.name] != nil)
    }
    if let root = file.root { visit(root, depth: 0) }
  } catch is TensorFileError {
    return 0
  } catch {
    preconditionFailure("\(error)")
  }
  return 0
}

private func visit(_ value: TorchValue, depth: Int) {
  guard depth < 4 else { return }
  switch value.content {
  case .list(let items), .tuple(let items), .set(let items):
    for item in items.prefix(16) { visit(item, depth: depth + 1) }
  case .dictionary(let entries), .object(_, let entries):
    for entry in entries.prefix(16) { visit(entry.value, depth: depth + 1) }
  default: break
  }
}
