import Alignment
import Features

extension PatchMasks {
  /// The masks of a file, `PATH` or `PATH#NAME`: an array [samples, tokens] or [samples, rows, columns] of any type, 1
  /// for the foreground and 0 for the background.
  ///
  /// - Throws: `FeatureError` or the file's own error; `AlignmentError` for other numbers.
  public init(contentsOf specification: String) throws {
    let rows = try NumberArray.rows(of: specification, what: "masks")
    do {
      try self.init(rows, name: specification)
    } catch let error as AlignmentError {
      throw AlignmentError(error.code, "\(specification): \(error)")
    }
  }
}
