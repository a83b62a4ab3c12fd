/// A model that cannot be used: which file, what was found, what was expected, what to do next.
///
/// Files that cannot be read at all are a `TensorFileError`.
public struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: Sendable {
    /// No file or folder of that name, or a folder without weights.
    case missing
    /// The tensors are those of no network known here.
    case unknownArchitecture
    /// Tensors that are missing, left over, or of another shape than the network's.
    case wrongTensors
    /// Something that neither the file nor what lies beside it tells, and no option has told.
    case undetermined
    /// A known network in a variant that is not computed here, or of sizes beyond all measure.
    case unsupported
    /// A `config.json` that is no such thing, or that contradicts the weights.
    case badConfiguration
    /// A layer, label, time step or input that the model has no place for.
    case invalidArgument
    /// NaN or infinity, in the input or computed by a layer.
    case notFinite
  }

  public let code: Code
  /// The checkpoint.
  public let path: String
  /// What was found, what was expected, what to do next.
  public let message: String

  public init(_ code: Code, path: String, _ message: String) {
    self.code = code
    self.path = path
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}

/// The first few of a list, and how many more there are.
func shortened(_ items: [String], to limit: Int, separator: String = ", ") -> String {
  let shown = items.prefix(limit).joined(separator: separator)
  return items.count > limit ? "\(shown)\(separator)and \(items.count - limit) more" : shown
}
