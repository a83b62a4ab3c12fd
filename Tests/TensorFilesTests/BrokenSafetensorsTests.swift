import Testing

@testable import TensorFiles

@Suite struct BrokenSafetensorsTests {
  private static func tensor(_ name: String, _ type: String, _ shape: String, _ offsets: String) -> String {
    #""\#(name)":{"dtype":"\#(type)","shape":[\#(shape)],"data_offsets":[\#(offsets)]}"#
  }

  private static func file(_ entries: String..., data: Int) -> [UInt8] {
    BrokenFile.safetensors("{" + entries.joined(separator: ",") + "}", data: data)
  }

  static let files: [BrokenFile] = [
    BrokenFile("nothing", .emptyFile, "empty file") { [] },
    BrokenFile("other bytes", .unsupported, "no format known") { Array("hello, world".utf8) },
    BrokenFile("fewer than eight bytes", .truncated, "8 bytes", name: "a.safetensors") { [1, 2, 3] },
    BrokenFile("a header larger than the file", .truncated, "a header of 2000 bytes") {
      [UInt8](littleEndian: 2000) + Array("{}".utf8)
    },
    BrokenFile("a header of 2^63 bytes", .truncated, "a header of", name: "a.safetensors") {
      [UInt8](repeating: 255, count: 8) + Array("{}".utf8)
    },
    BrokenFile("data cut off", .truncated, "8 by the header") {
      file(tensor("a", "F32", "2", "0,8"), data: 7)
    },
    BrokenFile("data left over", .badRange, "9 bytes of data") {
      file(tensor("a", "F32", "2", "0,8"), data: 9)
    },
    BrokenFile("a gap", .badRange, "leaves a gap") {
      file(tensor("a", "U8", "2", "0,2"), tensor("b", "U8", "2", "3,5"), data: 5)
    },
    BrokenFile("an overlap", .badRange, "overlaps") {
      file(tensor("a", "U8", "2", "0,2"), tensor("b", "U8", "2", "1,3"), data: 3)
    },
    BrokenFile("offsets in reverse", .badRange, "data_offsets [2, 0]") {
      file(tensor("a", "U8", "2", "2,0"), data: 2)
    },
    BrokenFile("three offsets", .limitExceeded, "more than 2 numbers") {
      file(tensor("a", "U8", "2", "0,1,2"), data: 2)
    },
    BrokenFile("a negative offset", .badRange, "[-2, 0]") { file(tensor("a", "U8", "2", "-2,0"), data: 2) },
    BrokenFile("a negative length", .malformed, "not negative") {
      file(tensor("a", "U8", "-2", "0,2"), data: 2)
    },
    BrokenFile("an overflowing shape", .sizeMismatch, "fits 60 bits") {
      file(tensor("a", "U8", "4294967296,4294967296,2", "0,2"), data: 2)
    },
    BrokenFile("a number beyond 64 bits", .malformed, "within 64 bits") {
      file(tensor("a", "U8", "99999999999999999999", "0,2"), data: 2)
    },
    BrokenFile("a fraction", .malformed, "1.5") { file(tensor("a", "U8", "1.5", "0,2"), data: 2) },
    BrokenFile("shape and range that disagree", .sizeMismatch, "2 bytes for float32 [2]") {
      file(tensor("a", "F32", "2", "0,2"), data: 2)
    },
    BrokenFile("an unknown dtype", .unsupported, "\"F8_E4M3\"") {
      file(tensor("a", "F8_E4M3", "2", "0,2"), data: 2)
    },
    BrokenFile("a tensor twice", .duplicateName, "\"a\" a second time") {
      file(tensor("a", "U8", "1", "0,1"), tensor("a", "U8", "1", "1,2"), data: 2)
    },
    BrokenFile("a key twice", .duplicateName, "\"dtype\"") {
      file(#""a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}"#, data: 0)
    },
    BrokenFile("an unknown key", .malformed, "\"extra\"") { file(#""a":{"extra":1}"#, data: 0) },
    BrokenFile("a key that is missing", .malformed, "incomplete entry") {
      file(#""a":{"dtype":"U8"}"#, data: 0)
    },
    BrokenFile("metadata that is no text", .malformed, "a string") {
      file(#""__metadata__":{"a":1}"#, data: 0)
    },
    BrokenFile("JSON cut off", .truncated, "the end after") { BrokenFile.safetensors(#"{"a":"#) },
    BrokenFile("text after the JSON", .malformed, "more text") { BrokenFile.safetensors("{}x") },
    BrokenFile("a name that is not UTF-8", .malformed, "not UTF-8") {
      BrokenFile.safetensors(#"{"??":1}"#).replacing("??".utf8, with: [0xFF, 0xFE])
    },
    BrokenFile("half a surrogate pair", .malformed, "escape") { BrokenFile.safetensors(#"{"\ud800":1}"#) },
    BrokenFile("a control character", .malformed, "control character") {
      BrokenFile.safetensors("{\"\u{1}\":1}")
    },
    BrokenFile("65 dimensions", .limitExceeded, "at most 64") {
      file(tensor("a", "U8", Array(repeating: "1", count: 65).joined(separator: ","), "0,1"), data: 1)
    },
  ]

  @Test(arguments: files) func aBrokenFileIsAnErrorThatSaysWhy(file: BrokenFile) throws { try file.check() }

  private static func index(_ map: String) -> @Sendable () -> [UInt8] {
    { Array(#"{"metadata":{"total_size":1},"weight_map":{\#(map)}}"#.utf8) }
  }

  static let shard = file(tensor("a", "U8", "1", "0,1"), data: 1)

  static let indices: [BrokenFile] = [
    BrokenFile("a shard that is missing", .missingFile, "no such file", index(#""a":"x.safetensors""#)),
    BrokenFile(
      "a tensor its shard lacks", .malformed, "no tensor of this name", shards: ["x": shard],
      index(#""b":"x""#)),
    BrokenFile("a shard elsewhere", .refused, "../x", index(#""a":"../x""#)),
    BrokenFile(
      "a tensor twice", .duplicateName, "a second time", shards: ["x": shard], index(#""a":"x","a":"x""#)),
    BrokenFile("no map", .malformed, "weight_map") { Array("{}".utf8) },
    BrokenFile("an index cut off", .truncated, "incomplete") { Array(#"{"weight_map":{"a":"#.utf8) },
    BrokenFile("nesting without end", .limitExceeded, "nested more than 32") {
      Array((#"{"x":"# + String(repeating: "[", count: 100_000)).utf8)
    },
    BrokenFile(
      "a broken shard", .truncated, "by the header", shards: ["x": Array(shard.dropLast())],
      index(#""a":"x""#)),
  ]

  @Test(arguments: indices) func aBrokenIndexIsAnErrorThatSaysWhy(file: BrokenFile) throws {
    try file.check()
  }

  @Test func aGoodShardIsReadThroughAnIndexInMemory() throws {
    let file = try TensorFile.open(bytes: Self.index(#""a":"x""#)(), name: "index", shards: ["x": Self.shard])
    #expect(try file["a"]?.integers() == [0])
  }
}
