import Foundation
import Testing

@testable import TensorFiles

@Suite struct TorchTests {
  static let containers = "goldens/containers/"

  @Test(arguments: ["mixed_zip.pt", "mixed_legacy.pt"])
  func everyTensorOfTheMixedFileEqualsTheExpectedOne(name: String) throws {
    let file = try Fixture.open(Self.containers + name)
    let expected = try Fixture.open(Self.containers + "expected.safetensors")
    let json = try JSONSerialization.jsonObject(
      with: Data(try Fixture.bytes(Self.containers + "expected.json")))
    let descriptions = try #require(json as? [String: [String: Any]])

    #expect(Set(file.names) == Set(expected.names))
    #expect(Set(file.names) == Set(descriptions.keys))
    for tensor in file.tensors {
      let other = try #require(expected[tensor.name])
      #expect(tensor.shape == other.shape, "\(tensor.name)")
      #expect(tensor.elementType == other.elementType, "\(tensor.name)")
      #expect(tensor.shape == descriptions[tensor.name]?["shape"] as? [Int])
      #expect(tensor.elementType.rawValue == descriptions[tensor.name]?["dtype"] as? String)
      #expect(try tensor.doubles() == other.doubles(), "\(tensor.name)")
      #expect(try tensor.floats() == other.floats(), "\(tensor.name)")
      #expect(!tensor.shape.contains(0) == (try tensor.floats().count > 0))
    }
  }

  @Test(arguments: ["mixed_zip.pt", "mixed_legacy.pt"])
  func everythingButTensorsIsReadAsPlainData(name: String) throws {
    let root = try #require(try Fixture.open(Self.containers + name).root)
    #expect(root["args"]?.className == "argparse.Namespace")
    #expect(root["args"]?["lr"]?.double == 0.0001)
    #expect(root["args"]?["name"]?.text == "x")
    #expect(root["args"]?["flag"]?.bool == false)
    #expect(root["args"]?["sizes"]?[1]?.int == 2)
    #expect(root["nested"]?["tuple"]?[1]?[0]?.int == 2)
    #expect(root["nested"]?["list"]?[2]?.text == "text")
    #expect(root["size"]?[1]?.int == 4)
    #expect(root["device"]?.text == "cpu")
    #expect(root["neg"]?.int == -5)
    #expect(root["unicode"]?.text == "é中")
    #expect(root["np_scalar"]?.double == 1.5)
    #expect(root["default"]?["a"]?[0]?.int == 1)
    guard case .symbol("torch.bfloat16") = root["dtype"]?.content else {
      Issue.record("dtype is \(String(describing: root["dtype"]?.content))")
      return
    }
    guard case .largeInt("1180591620717411303424") = root["big_int"]?.content else {
      Issue.record("big_int is \(String(describing: root["big_int"]?.content))")
      return
    }
    guard case .set(let items) = root["set"]?.content else {
      Issue.record("set is no set")
      return
    }
    #expect(items.compactMap(\.int) == [1, 2])
  }

  @Test func aTorchScriptArchiveGivesTheParametersOfItsModules() throws {
    let file = try Fixture.open("goldens/models/clip_openai_torchscript/archive_fp16.pt")
    #expect(file.format == .torchZip)
    #expect(file.root?.className == "__torch__.tsarch.___torch_mangle_7.Node")
    #expect(file["positional_embedding"]?.shape == [9, 64])
    #expect(file["visual.conv1.weight"]?.elementType == .float16)
    #expect(file["transformer.resblocks.0.attn.in_proj_weight"] != nil)
    #expect(try file["input_resolution"]?.integers().count == 1)
  }

  @Test func aTrainingCheckpointGivesItsStateDictionariesByPrefix() throws {
    let file = try Fixture.open("goldens/models/sit_repa/0050000.pt")
    let ema = try #require(file.root?["ema"])
    let tensors = try ema.tensors()
    #expect(tensors.count == 64)
    #expect(tensors.first.map { file["ema." + $0.name] != nil } == true)
    #expect(file.root?["args"]?.className == "argparse.Namespace")
    for tensor in tensors { #expect(try tensor.floats().allSatisfy { $0.isFinite }, "\(tensor.name)") }
  }

  @Test func aLegacyCheckpointGivesItsTensors() throws {
    let file = try Fixture.open("goldens/models/dino_v1/checkpoint.pth")
    #expect(file.format == .torchLegacy)
    #expect(file.names.count == 42)
    #expect(file.names.contains("cls_token"))
    #expect(file.names.contains("blocks.0.attn.qkv.weight"))
  }

  @Test(arguments: ["numpy_protocol2.pt", "numpy_protocol4.pt", "numpy_protocol5.pt", "repacked.pt"])
  func numpyArraysInsideAPickleAreTensors(name: String) throws {
    let file = try Fixture.open("containers/" + name)
    #expect(file.names == ["array", "fortran", "big", "half", "config.mean", "ordered.x", "7"])
    let expected = try Fixture.open("containers/arrays.safetensors")
    for (name, other) in [
      "array": "f4", "fortran": "fortran", "big": "big", "half": "f2", "ordered.x": "i8", "7": "u1",
    ] {
      #expect(try file[name]?.doubles() == expected[other]?.doubles(), "\(name)")
      #expect(file[name]?.shape == expected[other]?.shape, "\(name)")
    }
    let root = try #require(file.root)
    #expect(root["scalar"]?.double == 0.5)
    #expect(root["count"]?.int == 7)
    #expect(root["flag"]?.bool == true)
    #expect(root["names"]?.className == "numpy.ndarray")
    #expect(root["config"]?.className == "project.config.Config")
    #expect(root["config"]?["width"]?.int == 64)
    guard case .bytes([0, 255]) = root["bytes"]?.content,
      case .largeInt("18446744073709551615") = root["large"]?.content
    else {
      Issue.record("bytes or large integer differ")
      return
    }
  }

  @Test func storagesThatAreSharedAreReadInPlace() throws {
    let file = try Fixture.open(Self.containers + "mixed_zip.pt")
    let full = try #require(file["state_dict.shared_full"]?.mappedFloats)
    let slice = try #require(file["state_dict.shared_slice"]?.mappedFloats)
    let start = try #require(full.baseAddress)
    #expect(slice.baseAddress == start + 7)
    #expect(file["state_dict.transposed"]?.mappedFloats == nil)
    #expect(file["state_dict.expanded"]?.isContiguous == false)
    withExtendedLifetime(file) {}
  }

  @Test func aBigEndianArchiveIsHonoured() throws {
    let bytes = try Fixture.bytes(Self.containers + "mixed_zip.pt").replacing(
      "little".utf8, with: "big\0\0\0".utf8)
    #expect(failure(bytes, name: "a.pt")?.code == .malformed)

    let big = PickleBuilder.archive(
      PickleBuilder.tensor(storage: "ShortStorage", key: "0", count: 2, shape: [2], strides: [1]),
      members: [("byteorder", Array("big".utf8)), ("data/0", [0x01, 0x00, 0xFF, 0xFE])])
    let file = try TensorFile.open(bytes: big, name: "big.pt")
    #expect(try file["tensor"]?.integers() == [256, -2])
  }
}
