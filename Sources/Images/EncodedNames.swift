import Files

/// The names that pictures had before they were taken through a VAE and numbered: a folder in REPA's preprocessed layout
/// that repscope made tells them in its `samples.csv`.
///
/// Under these the samples of its pictures and of its latents are known, as are those of the pictures they were made from:
/// their features join, and a file of labels by path speaks of all of them.
package enum EncodedNames {
  /// The names before, of files numbered `img00000003.png` or `img-mean-std-00000003.npy`.
  ///
  /// - Parameter folder: The folder `images` or `vae-sd` that they lie in.
  /// - Returns: Nil where repscope did not make the folder (no `encode.json` above it), or a file is not in its list.
  /// - Throws: `FileError`, or `TableError` for a list that is broken.
  package static func originals(of files: [String], in folder: String) throws -> [String]? {
    let list = "\(folder)/../samples.csv"
    guard FileTree.isFile("\(folder)/../encode.json"), FileTree.isFile(list) else { return nil }
    var reader = CSVReader(try WholeFile.read(list), file: list)
    let columns = try reader.header(expected: "a column path")
    guard let column = columns.firstIndex(of: "path") else {
      throw reader.wrongHeader(columns, expected: "a column path")
    }
    var names: [String] = []
    while let row = try reader.row(of: columns.count) { names.append(row[column].text) }
    let found = files.compactMap { file in
      number(of: file).flatMap { names.indices.contains($0) && !names[$0].isEmpty ? names[$0] : nil }
    }
    return found.count == files.count ? found : nil
  }

  private static func number(of file: String) -> Int? {
    let match = FilePath.name(of: file).wholeMatch(of: /img(?:-mean-std-)?([0-9]{8})\.(?:png|npy)/)
    return match.flatMap { Int($0.output.1) }
  }
}
