import Files
import TestSupport
import Testing

@testable import TensorFiles

@Suite struct SafetensorsTests {
  @Test func aFileOfAnotherWriterIsListedInHeaderOrder() throws {
    let file = try Fixture.open("containers/arrays.safetensors")
    #expect(file.format == .safetensors)
    #expect(Set(file.tensors.map(\.elementType)).count == 12)
    #expect(try file["f8"]?.doubles() == (0..<12).map { Double($0) / 4 - 1 })
    #expect(try file["b1"]?.integers() == (0..<12).map { $0 % 3 == 0 ? 1 : 0 })
  }

  @Test func shardsAreReadThroughTheirIndex() throws {
    let file = try Fixture.open("goldens/models/clip_hf/model.safetensors.index.json")
    #expect(file.format == .safetensorsShards)
    #expect(file.names.count == 40)
    #expect(file.names.contains { $0.hasPrefix("vision_model.") || $0.contains("vision_model.") })
    #expect(file.metadata["total_size"] != nil)
    for tensor in file.tensors { #expect(try tensor.floats().count == tensor.count) }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.safetensors")
    let writer = try SafetensorsWriter(
      path,
      [
        TensorDeclaration(name: "t0.500/layer08", shape: [2, 3]),
        TensorDeclaration(name: "half \"é\"\n", shape: [3], elementType: .float16),
        TensorDeclaration(name: "empty", shape: [0, 4]),
        TensorDeclaration(name: "labels", shape: [2], elementType: .int64),
      ], metadata: ["model": "SiT", "b": "a\u{1}"])
    try writer.append([1, 2, 3] as [Float])
    try writer.append([4, 5, 6] as [Float])
    try writer.append([0.5, -.infinity, 65504] as [Float])
    try writer.append([Int.max, -1])
    #expect(try folder.contents.count == 1)
    #expect(try folder.contents != ["x.safetensors"])
    try writer.finish()
    #expect(try folder.contents == ["x.safetensors"])

    let file = try TensorFile.open(path)
    #expect(file.names == ["t0.500/layer08", "half \"é\"\n", "empty", "labels"])
    #expect(file.metadata == ["model": "SiT", "b": "a\u{1}"])
    #expect(try file["t0.500/layer08"]?.floats() == [1, 2, 3, 4, 5, 6])
    #expect(try file["t0.500/layer08"]?.withFloats(Array.init) == [1, 2, 3, 4, 5, 6])
    #expect(try file["half \"é\"\n"]?.floats() == [0.5, -.infinity, 65504])
    #expect(file["empty"]?.shape == [0, 4])
    #expect(try file["labels"]?.integers() == [Int.max, -1])
  }

  @Test func tensorsOfAnyKindAreCopiedExactly() throws {
    let folder = try TemporaryFolder()
    let source = try Fixture.open("goldens/containers/mixed_zip.pt")
    let (first, second) = (folder.file("a.safetensors"), folder.file("b.safetensors"))
    try SafetensorsWriter.write(source.tensors, to: first)
    try SafetensorsWriter.write(try TensorFile.open(first).tensors, to: second)
    let copy = try TensorFile.open(second)
    #expect(copy.names == source.names)
    for tensor in source.tensors {
      #expect(try copy[tensor.name]?.doubles() == tensor.doubles())
      #expect(copy[tensor.name]?.elementType == tensor.elementType)
    }
    #expect(try readAll(first) == readAll(second))
  }

  @Test func nothingIsLeftOfAFileThatIsNotFinished() throws {
    let folder = try TemporaryFolder()
    let declarations = [TensorDeclaration(name: "x", shape: [2], elementType: .float16)]
    do {
      let writer = try SafetensorsWriter(folder.file("x.safetensors"), declarations)
      try writer.append([1] as [Float])
      #expect(throws: TensorFileError.self) { try writer.finish() }
      #expect(try folder.contents.isEmpty)

      let other = try SafetensorsWriter(folder.file("x.safetensors"), declarations)
      #expect(throws: TensorFileError.self) { try other.append([1, 65520] as [Float]) }
      #expect(try folder.contents.isEmpty)

      let third = try SafetensorsWriter(folder.file("x.safetensors"), declarations)
      #expect(throws: TensorFileError.self) { try third.append([1, 2, 3] as [Float]) }
      third.cancel()
      #expect(throws: FileError.self) { try third.append([1, 2] as [Float]) }

      _ = try SafetensorsWriter(folder.file("x.safetensors"), declarations)
    }
    #expect(try folder.contents.isEmpty)
  }

  @Test func tensorsWithoutElementsMayStandAnywhere() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.safetensors")
    let storage = try TensorStorage(copying: [1, 2], name: "memory")
    let tensors = try [("a", [0]), ("b", [2]), ("c", [3, 0])].map { name, shape in
      try Tensor(name: name, shape: shape, elementType: .uint8, storage: storage)
    }
    try SafetensorsWriter.write(tensors, to: path)
    let file = try TensorFile.open(path)
    #expect(file.tensors.map(\.shape) == [[0], [2], [3, 0]])
    #expect(try file["b"]?.integers() == [1, 2])
    try SafetensorsWriter.write([], to: path)
    #expect(try TensorFile.open(path).names.isEmpty)
  }

  @Test func aFileThatCannotBeWrittenIsAnError() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: FileError.self) {
      try SafetensorsWriter(folder.file("missing/x.safetensors"), [])
    }
    #expect(error?.reason.contains("no such folder") == true)
    let duplicate = #expect(throws: TensorFileError.self) {
      try SafetensorsWriter(
        folder.file("x"), [TensorDeclaration(name: "a", shape: []), TensorDeclaration(name: "a", shape: [])])
    }
    #expect(duplicate?.code == .duplicateName)
    #expect(throws: TensorFileError.self) {
      try SafetensorsWriter(folder.file("x"), [TensorDeclaration(name: "a", shape: [-1])])
    }
    #expect(try folder.contents.isEmpty)
  }

  private func readAll(_ path: String) throws -> [UInt8] {
    try TensorStorage.mapping(path).withBytes(Array.init)
  }
}
