import ArgumentParser
import Foundation
import RepScope

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "What is in a file: which model it is, its tensors, their types and shapes.",
    discussion: """
      Reads the file's directory only, whatever its size.

      EXAMPLES
        repscope inspect sit.safetensors
        repscope inspect SiT-XL-2-256x256.pt
        repscope inspect dinov2_vitb14_pretrain.pth
        repscope inspect archive/
      """)

  @Argument(
    help: ArgumentHelp(
      "A .npy, .npz, .safetensors, *.index.json or PyTorch file, a diffusers or Hugging Face folder, a feature archive.",
      valueName: "file"),
    completion: .file())
  var path: String

  func run() throws {
    if FileManager.default.fileExists(atPath: "\(path)/archive.json") {
      return try describe(FeatureArchive(path))
    }
    let model = Self.model(path)
    if let model { Console.print("\(path): \(model)") }
    // A diffusers or Hugging Face folder is a model and no file.
    var isFolder: ObjCBool = false
    if model != nil, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    {
      return
    }
    let file = try TensorFile.open(path)
    let bytes = file.tensors.reduce(0) { $0 + $1.count * $1.elementType.byteCount }
    let count = file.tensors.count
    Console.print(
      "\(path): \(file.format.title), \(count) \(count == 1 ? "tensor" : "tensors"), \(byteText(bytes))")
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) { Console.print("  \(key): \(value)") }
    list(file.tensors.map { ($0.name, $0.elementType.rawValue, $0.shape) })
  }

  /// Which model it is, or what it would take to know; nil for what is no model.
  private static func model(_ path: String) -> String? {
    do {
      return try ModelKind(path).description
    } catch let error as ModelError where error.code != .unknownArchitecture && error.code != .missing {
      return error.message
    } catch {
      // What is wrong with the file itself is said when it is opened for its tensors.
      return nil
    }
  }

  private func describe(_ archive: FeatureArchive) {
    let description = archive.description
    let origin = [description.family, archive.step.map { "step \($0)" }].compactMap(\.self).joined(
      separator: ", ")
    Console.print("\(path): feature archive of \(archive.name) (\(origin)), \(archive.sampleCount) samples")
    list(
      description.representations.map {
        ($0.name, description.elementType.rawValue, [archive.sampleCount] + $0.shape)
      })
  }

  private func list(_ tensors: [(name: String, type: String, shape: [Int])]) {
    let widths = (tensors.map(\.name.count).max() ?? 0, tensors.map(\.type.count).max() ?? 0)
    var text = ""
    for tensor in tensors {
      let shape = tensor.shape.map(String.init).joined(separator: ", ")
      text += "  \(padded(tensor.name, widths.0))  \(padded(tensor.type, widths.1))  [\(shape)]\n"
    }
    Console.write(text, to: 1)
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

extension TensorFile.Format {
  fileprivate var title: String {
    switch self {
    case .safetensors: "safetensors"
    case .safetensorsShards: "set of safetensors shards"
    case .npy: "NumPy array"
    case .npz: "NumPy archive"
    case .torchZip: "PyTorch file"
    case .torchLegacy: "PyTorch file of before 1.6"
    }
  }
}

/// "1.07 GB", in powers of ten as disks are sold.
func byteText(_ bytes: Int) -> String {
  var value = Double(bytes)
  var unit = "B"
  for next in ["kB", "MB", "GB", "TB"] where value >= 1000 {
    value /= 1000
    unit = next
  }
  return unit == "B" ? "\(bytes) B" : "\((value * 100).rounded() / 100) \(unit)"
}
