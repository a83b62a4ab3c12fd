import ArgumentParser
import RepScope

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "What is in a file: which model, its tensors, their types and shapes.",
    discussion: """
      Reads the file's directory only, whatever its size.

      EXAMPLES
        repscope inspect sit.safetensors
        repscope inspect checkpoint.pt
      """)

  @Argument(
    help: ArgumentHelp("A .npy, .npz, .safetensors, *.index.json or PyTorch file.", valueName: "file"))
  var path: String

  func run() throws {
    let file = try TensorFile.open(path)
    let bytes = file.tensors.reduce(0) { $0 + $1.count * $1.elementType.byteCount }
    let count = file.tensors.count
    Console.print(
      "\(path): \(file.format.title), \(count) \(count == 1 ? "tensor" : "tensors"), \(byteText(bytes))")
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) { Console.print("  \(key): \(value)") }
    if let model = try modelText() { Console.print("  model: \(model)") }
    guard count > 0 else { return }
    let rows = file.tensors.map { tensor in
      [
        tensor.name, tensor.elementType.rawValue,
        "[\(tensor.shape.map(String.init).joined(separator: ", "))]",
      ]
    }
    let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
    var text = ""
    for row in rows {
      text += "  " + padded(row[0], widths[0]) + "  " + padded(row[1], widths[1]) + "  " + row[2] + "\n"
    }
    Console.write(text, to: 1)
  }

  /// Which model it is, or what it would take to know; nil for files that are no models.
  private func modelText() throws -> String? {
    do {
      return try ModelKind(path).description
    } catch let error as ModelError {
      return error.code == .unknownArchitecture ? nil : error.message
    }
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
