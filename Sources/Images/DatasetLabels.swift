import TensorFiles

/// The labels in REPA's and StyleGAN's `dataset.json`: {"labels": [["00000/img00000000.png", 6], ...]}, or null for
/// none.
package enum DatasetLabels {
  /// The label of each name; nil where the file has none.
  ///
  /// - Throws: `TensorFileError` for bad JSON, ``ImageError`` for entries that are no pairs.
  package static func read(_ path: String) throws -> [String: Int]? {
    try JSONReader.read(path) { json in try labels(&json, path: path) }
  }

  static func read(_ storage: TensorStorage, path: String) throws -> [String: Int]? {
    try JSONReader.read(storage) { json in try labels(&json, path: path) }
  }

  /// One label for each name; none for any where there are no labels at all.
  ///
  /// - Throws: ``ImageError`` (`badLabels`) for a name without a label where others have one.
  package static func of(_ names: [String], _ labels: [String: Int]?, path: String) throws(ImageError)
    -> [Int?]
  {
    guard let labels else { return [Int?](repeating: nil, count: names.count) }
    var found: [Int?] = []
    found.reserveCapacity(names.count)
    for name in names {
      guard let label = labels[name] else {
        throw ImageError(
          .badLabels, path: path, found: "no label for \(name)", expected: "one for each sample")
      }
      found.append(label)
    }
    return found
  }

  private static func labels(_ json: inout JSONReader, path: String) throws -> [String: Int]? {
    var labels: [String: Int]?
    try json.object { json, name in
      guard name == "labels" else {
        _ = try json.scalarText()
        return
      }
      guard try !json.null() else { return }
      var found: [String: Int] = [:]
      try json.array { json in
        let (file, label) = try entry(&json, path: path)
        guard found.updateValue(label, forKey: file) == nil else {
          throw ImageError(
            .badLabels, path: path, found: "two labels for \(file)", expected: "one for each sample")
        }
      }
      labels = found
    }
    return labels
  }

  private static func entry(_ json: inout JSONReader, path: String) throws -> (String, Int) {
    var file: String?
    var label: Int?
    var count = 0
    try json.array { json in
      switch count {
      case 0: file = try json.string()
      case 1: label = try json.integer()
      default: _ = try json.scalarText()
      }
      count += 1
    }
    guard let file, let label, count == 2 else {
      throw ImageError(
        .badLabels, path: path, found: "an entry\(file.map { " of \($0)" } ?? "") with \(count) values",
        expected: "a name and a label")
    }
    return (file, label)
  }
}
