import Testing

@testable import TensorFiles

@Suite struct BrokenTorchTests {
  private typealias P = PickleBuilder

  private static func legacy(_ operations: String) -> @Sendable () -> [UInt8] {
    { P.legacy(Array(operations.utf8)) }
  }

  private static func tensor(count: Int = 4, offset: Int = 0, shape: [Int] = [4], strides: [Int] = [1])
    -> [UInt8]
  {
    P.tensor(storage: "ByteStorage", count: count, offset: offset, shape: shape, strides: strides)
  }

  private static func zip(_ tensor: [UInt8], data: Int = 4) -> [UInt8] {
    P.archive(tensor, members: [("data/0", [UInt8](repeating: 1, count: data))])
  }

  private static let keys = [UInt8(ascii: "(")] + P.text("0") + [UInt8(ascii: "l")]

  static let files: [BrokenFile] = [
    // What a pickle may not ask for.
    BrokenFile("a call of the system", .refused, "\"posix.system\"", legacy("cposix\nsystem\n(Vtrue\ntR")),
    BrokenFile("a call by name", .refused, "\"builtins.eval\"", legacy("c__builtin__\neval\n(V1\ntR")),
    BrokenFile("an old instance", .refused, "\"os.popen\"", legacy("(Vls\nios\npopen\n")),
    BrokenFile("an old object", .refused, "\"subprocess.Popen\"", legacy("(csubprocess\nPopen\nVls\no")),
    BrokenFile(
      "a nested file", .refused, "_load_from_bytes", legacy("ctorch.storage\n_load_from_bytes\n(Vx\ntR")),
    BrokenFile("an attribute", .refused, "\"builtins.getattr\"", legacy("cbuiltins\ngetattr\n(Vx\nVy\ntR")),
    BrokenFile("a tensor by other means", .refused, "\"os.system\"") {
      P.legacy(
        P.call(
          "torch._tensor", "_rebuild_from_type_v2", P.global("os", "system"), P.global("a", "B"),
          Array(")}".utf8)))
    },
    BrokenFile("a text identifier", .refused, "pickle operation \"P\"", legacy("Px\n")),
    BrokenFile("another reference", .refused, "a reference to \"file\"", legacy("(Vfile\nVx\ntQ")),

    // What is no pickle.
    BrokenFile("an unknown operation", .malformed, "byte 255") { P.legacy([0xFF]) },
    BrokenFile("an empty stack", .malformed, "an empty stack") { P.legacy(Array("0".utf8)) },
    BrokenFile("a mark that is missing", .malformed, "needs a mark", legacy("t")),
    BrokenFile("a memo that is not set", .malformed, "memo 7", legacy("h\u{7}")),
    BrokenFile("objects left over", .malformed, "leaves objects over", legacy("NN")),
    BrokenFile("a key without a value", .malformed, "a key without a value", legacy("}(Nu")),
    BrokenFile("protocol 9", .unsupported, "pickle protocol 9") { P.legacy([0x80, 9, UInt8(ascii: "N")]) },
    BrokenFile("an integer without end", .limitExceeded, "an integer of") {
      P.legacy([0x8B, 0xFF, 0xFF, 0xFF, 0x7F])
    },
    BrokenFile("a text beyond the end", .truncated, "incomplete") {
      P.legacy([UInt8(ascii: "X"), 255, 255, 255, 255])
    },
    BrokenFile("a text that is not UTF-8", .malformed, "not UTF-8") {
      P.legacy([UInt8(ascii: "X"), 1, 0, 0, 0, 0xFF])
    },
    BrokenFile("no magic number", .unsupported, "not PyTorch's") { P.pickle(Array("N".utf8)) },
    BrokenFile("another version", .unsupported, "another version") {
      P.legacy([]).replacing(P.integer(1001), with: P.integer(1002))
    },

    // What is larger than its file.
    BrokenFile("a thousand lists within another", .limitExceeded, "nested more than 128") {
      P.legacy([UInt8(ascii: "]")] + [UInt8](repeating: 0x85, count: 1000))
    },
    BrokenFile("a million tuples within another", .limitExceeded, "nested more than 128") {
      P.legacy([UInt8(ascii: "]")] + [UInt8](repeating: 0x85, count: 1_000_000))
    },
    BrokenFile("a billion laughs", .limitExceeded, "does not end") {
      // Each list holds the one before ten times.
      let level = (1...30).flatMap { level in
        Array("0](".utf8) + (0..<10).flatMap { _ in [UInt8(ascii: "h"), UInt8(level - 1)] } + [
          UInt8(ascii: "e"), UInt8(ascii: "q"), UInt8(level),
        ]
      }
      return P.legacy(Array("]q\0".utf8) + level)
    },
    BrokenFile("copies of one long list", .limitExceeded, "more copies") {
      let pair = P.tuple(P.integer(1), P.integer(2))
      let list = Array("](".utf8) + (0..<2000).flatMap { _ in pair } + Array("eq\0".utf8)
      return P.legacy(
        Array("(".utf8) + list + (0..<5000).flatMap { _ in Array("c__builtin__\ndict\n(h\0tR".utf8) }
          + Array("l".utf8))
    },
    BrokenFile("changed copies of one long list", .limitExceeded, "more copies") {
      let list = Array("](".utf8) + [UInt8](repeating: UInt8(ascii: "N"), count: 20_000) + Array("eq\0".utf8)
      let copy = Array("c__builtin__\nlist\n(h\0tRNa".utf8)
      return P.legacy(Array("(".utf8) + list + (0..<2000).flatMap { _ in copy } + Array("l".utf8))
    },
    BrokenFile("an object of endless states", .malformed, "a third time") {
      P.legacy(P.global("m", "C") + [UInt8(ascii: ")"), 0x81] + Array("}b}b}b".utf8))
    },

    // Tensors and their storages.
    BrokenFile("a tensor beyond its storage", .badRange, "within 4 bytes") { zip(tensor(shape: [5])) },
    BrokenFile("an offset beyond its storage", .badRange, "within 4 bytes") { zip(tensor(offset: 1)) },
    BrokenFile("a negative offset", .badRange, "element -1") { zip(tensor(offset: -1)) },
    BrokenFile("a negative stride", .malformed, "not negative") { zip(tensor(strides: [-1])) },
    BrokenFile("fewer strides than lengths", .malformed, "2 strides") { zip(tensor(shape: [2, 2])) },
    BrokenFile("an overflowing shape", .sizeMismatch, "fits 60 bits") {
      zip(tensor(shape: [1 << 40, 1 << 40], strides: [0, 0]))
    },
    BrokenFile("an overflowing stride", .badRange, "within 4 bytes") { zip(tensor(strides: [Int.max])) },
    BrokenFile("an element repeated endlessly", .limitExceeded, "repeat the 4") {
      zip(tensor(shape: [1 << 40], strides: [0]))
    },
    // As features these would be a matrix of 2^44 numbers, and a key for each of 2^50 layers.
    BrokenFile("a matrix of one element", .limitExceeded, "17592186044416 elements that repeat the 4") {
      zip(tensor(shape: [1 << 20, 1 << 24], strides: [0, 0]))
    },
    BrokenFile("an array of endless layers", .limitExceeded, "repeat the 4") {
      zip(tensor(shape: [20, 1 << 50, 1], strides: [0, 0, 0]))
    },
    BrokenFile("tensors whose sizes add up beyond 63 bits", .limitExceeded, "repeat the 4") {
      zip(P.tuple(tensor(shape: [1 << 59], strides: [0]), tensor(shape: [1 << 59], strides: [0])))
    },
    BrokenFile("a storage that is missing", .truncated, "no such member") { P.archive(tensor()) },
    BrokenFile("a storage cut off", .truncated, "3 bytes") { zip(tensor(), data: 3) },
    BrokenFile("a storage too long", .sizeMismatch, "5 bytes") { zip(tensor(), data: 5) },
    BrokenFile("a storage of another class", .unsupported, "ComplexFloatStorage") {
      P.archive(P.tensor(storage: "ComplexFloatStorage", count: 1, shape: [1], strides: [1]))
    },
    BrokenFile("a storage of two lengths", .malformed, "3 uint8") {
      zip(P.tuple(tensor(), tensor(count: 3, shape: [3])))
    },
    BrokenFile("an unknown byte order", .malformed, "byte order") {
      P.archive(tensor(), members: [("byteorder", Array("middle".utf8))])
    },
    BrokenFile("a name for two tensors", .duplicateName, "two tensors") {
      zip(
        Array("}(".utf8) + P.text("a.b") + tensor() + P.text("a") + Array("}(".utf8) + P.text("b") + tensor()
          + Array("uu".utf8))
    },

    // The storages of the old format.
    BrokenFile("a storage without bytes", .malformed, "no bytes for storage") { P.legacy(tensor()) },
    BrokenFile("bytes cut off", .truncated, "incomplete") {
      P.legacy(tensor(), keys: keys, data: [UInt8](littleEndian: 4) + [1, 2, 3])
    },
    BrokenFile("bytes left over", .badRange, "after the last storage") {
      P.legacy(tensor(), keys: keys, data: [UInt8](littleEndian: 4) + [1, 2, 3, 4, 5])
    },
    BrokenFile("another length", .sizeMismatch, "9 elements") {
      P.legacy(tensor(), keys: keys, data: [UInt8](littleEndian: 9) + [1, 2, 3, 4])
    },
    BrokenFile("a key nobody has", .malformed, "no tensor has") { P.legacy([UInt8(ascii: "N")], keys: keys) },
  ]

  @Test(arguments: files) func aBrokenFileIsAnErrorThatSaysWhy(file: BrokenFile) throws { try file.check() }

  @Test func whatTheBrokenFilesBreakIsReadable() throws {
    #expect(
      try TensorFile.open(bytes: Self.zip(Self.tensor()), name: "a")["tensor"]?.integers() == [1, 1, 1, 1])
    let bytes = P.legacy(Self.tensor(), keys: Self.keys, data: [UInt8](littleEndian: 4) + [1, 2, 3, 4])
    #expect(try TensorFile.open(bytes: bytes, name: "a")["tensor"]?.integers() == [1, 2, 3, 4])
  }

  @Test func anObjectThatContainsItselfIsNamedOnce() throws {
    // d = {}; d["self"] = d; d["x"] = tensor
    let operations =
      Array("}q\0(".utf8) + P.text("self") + Array("h\0".utf8) + P.text("x") + Self.tensor() + Array("u".utf8)
    let file = try TensorFile.open(bytes: Self.zip(operations), name: "a")
    #expect(file.names == ["x"])
    #expect(file.root?["self"]?["self"]?["x"]?.tensor?.shape == [4])
  }

  @Test func anObjectThatIsSharedHasBothNames() throws {
    let operations =
      Array("}(".utf8) + P.text("a") + Array("}".utf8) + P.text("x") + Self.tensor() + Array("sq\0".utf8)
      + P.text("b") + Array("h\0u".utf8)
    #expect(try TensorFile.open(bytes: Self.zip(operations), name: "a").names == ["a.x", "b.x"])
  }
}
