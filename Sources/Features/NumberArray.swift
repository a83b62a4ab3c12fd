import LinearAlgebra
import TensorFiles

/// An array that is no features: numbers of any type, one row a sample, such as masks of patch tokens.
public enum NumberArray {
  /// The array that `PATH` or `PATH#NAME` means, as samples by all that a sample has.
  ///
  /// - Parameters:
  ///   - specification: `PATH`, or `PATH#NAME`, which picks one tensor.
  ///   - what: What it is to be, for messages.
  /// - Throws: ``FeatureError`` where there is no such array of two dimensions or more, or several and none is named; the
  ///   file's own error.
  public static func rows(of specification: String, what: String) throws -> Matrix {
    let (path, name) = FeaturePath.split(specification)
    let file = try TensorFile.open(path)
    let shown = file.tensors.prefix(8).map { "\($0.name) \($0.elementType) \($0.shape)" }
      .joined(separator: ", ")
    let fitting = file.tensors.filter { name == nil || $0.name == name }
    guard let tensor = fitting.first else {
      throw FeatureError(
        .notFound, path: file.path, "there is no array \(name ?? "") of \(what); there are \(shown)")
    }
    guard fitting.count == 1 else {
      throw FeatureError(
        .ambiguous, path: file.path, "there are several arrays, \(shown); pick the \(what) with PATH#NAME")
    }
    guard tensor.shape.count >= 2, tensor.count > 0 else {
      throw FeatureError(
        .wrongShape, path: file.path,
        "\(tensor.name) is \(tensor.elementType) \(tensor.shape), and \(what) have a row of numbers for each sample"
      )
    }
    return Matrix(
      rows: tensor.shape[0], columns: tensor.count / tensor.shape[0], elements: try tensor.floats())
  }
}
