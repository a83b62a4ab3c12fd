import Features
import TensorFiles

/// Finds the tensor [N, C, H, W] that `PATH` or `PATH#NAME` means.
enum TensorChoice {
  static func open(_ specification: String, what: String) throws -> (file: TensorFile, tensor: Tensor) {
    let (path, name) = FeaturePath.split(specification)
    let file = try TensorFile.open(path)
    return (file, try choose(name, in: file, what: what))
  }

  /// The tensor of that name, or the only floating-point one of four dimensions.
  private static func choose(_ name: String?, in file: TensorFile, what: String) throws -> Tensor {
    let fitting = file.tensors.filter(isArray)
    let shown = file.tensors.prefix(8).map { "\($0.name) \($0.elementType) \($0.shape)" }.joined(
      separator: ", ")
    if let name {
      guard let tensor = file[name] else {
        throw ExtractionError(.badInput, path: file.path, "there is no tensor \(name); there are \(shown)")
      }
      guard isArray(tensor) else {
        throw ExtractionError(
          .badInput, path: file.path,
          "\(name) is \(tensor.elementType) \(tensor.shape), not a floating-point array [N, C, H, W] of \(what)"
        )
      }
      return tensor
    }
    guard let tensor = fitting.first, fitting.count == 1 else {
      let advice = fitting.isEmpty ? "there are \(shown)" : "there are \(shown); pick one with PATH#NAME"
      throw ExtractionError(
        .badInput, path: file.path,
        "there is no single floating-point tensor [N, C, H, W] for \(what); \(advice)")
    }
    return tensor
  }

  /// The integer tensor `labels` beside an array, a label a row; nil for every row where there is none.
  static func labels(in file: TensorFile, of tensor: Tensor) throws -> [Int?] {
    let labels = [Int?](repeating: nil, count: tensor.rowCount)
    guard let found = file["labels"], found.shape == [labels.count], !found.elementType.isFloatingPoint else {
      return labels
    }
    return try found.integers()
  }

  private static func isArray(_ tensor: Tensor) -> Bool {
    tensor.elementType.isFloatingPoint && tensor.shape.count == 4 && tensor.count > 0
  }
}
