import TestSupport
import Testing

@testable import TensorFiles

@Suite struct NumPyTests {
  static let quarters = (0..<12).map { Double($0) / 4 - 1 }

  @Test(arguments: ["v1.npy", "v2.npy", "v3.npy", "big_endian.npy"])
  func everyVersionAndByteOrderGivesTheSameArray(name: String) throws {
    let file = try Fixture.open("containers/" + name)
    let tensor = try #require(file["tensor"])
    #expect(file.format == .npy)
    #expect(tensor.shape == [3, 4])
    #expect(try tensor.doubles() == Self.quarters)
    #expect(try tensor.withFloats(Array.init) == Self.quarters.map(Float.init))
    #expect((tensor.mappedFloats == nil) == (name == "big_endian.npy"))
    var rows = [Float](repeating: 0, count: 8)
    try rows.withUnsafeMutableBufferPointer { try tensor.copyFloats(rows: 1..<3, into: $0) }
    #expect(rows == Self.quarters[4...].map(Float.init))
  }

  @Test func fortranOrderIsAViewByStrides() throws {
    let tensor = try #require(try Fixture.open("containers/fortran.npy")["tensor"])
    #expect(tensor.strides == [1, 3, 12])
    #expect(!tensor.isContiguous)
    #expect(try tensor.floats() == (0..<24).map { Float($0) / 4 - 1 })
    var row = [Float](repeating: 0, count: 8)
    try row.withUnsafeMutableBufferPointer { try tensor.copyFloats(rows: 2..<3, into: $0) }
    #expect(row == (16..<24).map { Float($0) / 4 - 1 })
  }

  @Test func arraysWithoutElementsOrDimensionsAreRead() throws {
    let scalar = try #require(try Fixture.open("containers/scalar.npy")["tensor"])
    #expect(scalar.shape.isEmpty)
    #expect(try scalar.floats() == [2.5])
    let empty = try #require(try Fixture.open("containers/empty.npy")["tensor"])
    #expect(empty.shape == [0, 4])
    #expect(try empty.floats().isEmpty)
    #expect(empty.mappedFloats?.count == 0)
  }

  @Test(arguments: ["stored.npz", "deflated.npz"])
  func everyMemberOfAnArchiveEqualsTheExpectedOne(name: String) throws {
    let file = try Fixture.open("containers/" + name)
    let expected = try Fixture.open("containers/arrays.safetensors")
    #expect(file.format == .npz)
    #expect(Set(file.names) == Set(expected.names))
    for tensor in file.tensors {
      let other = try #require(expected[tensor.name])
      #expect(tensor.shape == other.shape)
      #expect(tensor.elementType == other.elementType)
      #expect(try tensor.doubles() == other.doubles(), "\(tensor.name)")
    }
    #expect(try file["f4"]?.withFloats(Array.init) == Self.quarters.map(Float.init))
  }

  @Test func a64BitArchiveIsRead() throws {
    #expect(try Fixture.open("containers/zip64.npz")["a"]?.doubles() == Self.quarters)
  }

  @Test(arguments: [
    ("structured.npy", "structured dtype"), ("object.npy", "\"|O\""), ("complex.npy", "\"<c8\""),
  ])
  func otherTypesAreRefusedByName(name: String, phrase: String) throws {
    let error = #expect(throws: TensorFileError.self) { try Fixture.open("containers/" + name) }
    #expect(error?.code == .unsupported)
    #expect(error?.description.contains(phrase) == true, "\(String(describing: error))")
  }

  @Test(arguments: ElementType.allCases.filter { $0.numpyName != nil })
  func whatIsWrittenIsReadBack(type: ElementType) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.npy")
    let writer = try NumPyWriter(path, shape: [1, 2], elementType: type)
    try writer.append([0, 1])
    try writer.finish()
    let tensor = try #require(try TensorFile.open(path)["tensor"])
    #expect(tensor.byteOffset.isMultiple(of: 64))
    #expect(tensor.elementType == type)
    #expect(tensor.shape == [1, 2])
    #expect(try tensor.integers() == [0, 1])
  }

  @Test func theBytesAreThoseOfNumPy() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("v1.npy")
    let source = try #require(try Fixture.open("containers/v1.npy")["tensor"])
    try NumPyWriter.write(source, to: path)
    let written = try TensorStorage.mapping(path)
    let expected = try Fixture.bytes("containers/v1.npy")
    #expect(try written.withBytes(Array.init).suffix(48) == expected.suffix(48))
    #expect(try TensorFile.open(path)["tensor"]?.floats() == source.floats())
    #expect(throws: TensorFileError.self) {
      try NumPyWriter(folder.file("b.npy"), shape: [1], elementType: .bfloat16)
    }
  }
}
