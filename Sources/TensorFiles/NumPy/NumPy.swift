/// Reads npy files, and npz archives of them.
enum NumPy {
  static func isArray(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: NumPyHeader.magic)
  }

  static func readArray(_ storage: TensorStorage) throws -> TensorFile {
    let header = try NumPyHeader(try storage.load(), path: storage.path)
    let tensor = try tensor(TensorFile.unnamed, header, storage: storage, place: nil)
    return try TensorFile(storage: storage, format: .npy, tensors: [tensor])
  }

  /// The arrays of an archive, in its order, named without ".npy"; other members are not tensors
  /// and are passed over.
  static func readArchive(_ archive: ZipArchive) throws -> TensorFile {
    let suffix = ".npy"
    let tensors = try archive.members.filter { $0.name.hasSuffix(suffix) }.map { member in
      // One look is enough for version, length and the longest header.
      let start = try archive.prefix(of: member, NumPyHeader.maximumLength + 12)
      let place = "member \(quoted(member.name))"
      let header = try start.withUnsafeBytes {
        do {
          return try NumPyHeader($0, path: archive.storage.path)
        } catch var error as TensorFileError {
          // Offsets are within the member.
          error.place = [place, error.place].compactMap(\.self).joined(separator: ", ")
          throw error
        }
      }
      let contents = archive.contents(of: member, verifying: true)
      return try tensor(String(member.name.dropLast(suffix.count)), header, storage: contents, place: place)
    }
    guard !tensors.isEmpty else {
      throw archive.storage.error(
        .unsupported, found: "a zip archive without arrays or a PyTorch object",
        expected: "members named *.npy, or */data.pkl")
    }
    return try TensorFile(storage: archive.storage, format: .npz, tensors: tensors)
  }

  private static func tensor(
    _ name: String, _ header: NumPyHeader, storage: TensorStorage, place: String?
  ) throws -> Tensor {
    let length = try header.dataLength(storage: storage, place: place)
    let present = storage.byteCount - header.dataStart
    guard length == present else {
      throw storage.error(
        length > present ? .truncated : .sizeMismatch, at: place,
        found: "\(present) bytes of data for \(header.elementType) \(header.shape)", expected: "\(length)",
        hint: length > present ? "The file may be incomplete" : "One file holds one array")
    }
    let strides = try Tensor.contiguousStrides(
      of: header.shape, isFortranOrder: header.isFortranOrder, storage: storage, place: place)
    return try Tensor(
      name: name, shape: header.shape, strides: strides, elementType: header.elementType, storage: storage,
      byteOffset: header.dataStart, byteOrder: header.byteOrder)
  }
}
