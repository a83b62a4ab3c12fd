import Features
import Files
import TensorFiles

extension InputSamples {
  /// The samples that a file lists, by their places in the full list, in the file's order.
  ///
  /// The file is an array of whole numbers (.npy), or a text: numbers and ranges (`0-499,600`) with commas, blanks or
  /// line breaks between, or one sample's name a line.
  ///
  /// - Throws: ``ExtractionError`` naming the first entry that is no sample, `FileError` or `TensorFileError` for a file
  ///   that cannot be read.
  public func indices(listedIn file: String) throws -> [Int] {
    if file.lowercased().hasSuffix(".npy") {
      return try checked(TensorFile.open(file).tensors.flatMap { try $0.integers() }, file)
    }
    guard let text = String(validating: try WholeFile.read(file), as: UTF8.self) else {
      throw ExtractionError(.invalidSettings, path: file, "it is no text")
    }
    if let ranges = IndexRanges(text, below: count) { return try checked(ranges.indices, file) }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    guard let names else {
      throw ExtractionError(
        .invalidSettings, path: file,
        "it is no list of different whole numbers from 0 to \(count - 1), and the samples have no names")
    }
    let places = Dictionary(zip(names, 0...)) { first, _ in first }
    return try checked(
      lines.enumerated().compactMap { number, line in
        if line.isEmpty { return nil }
        guard let place = places[line] else {
          throw ExtractionError(
            .invalidSettings, path: file,
            "line \(number + 1), \"\(line.prefix(80))\", is the name of no sample, such as \(names[0]); numbers must be "
              + "different and from 0 to \(count - 1)")
        }
        return place
      }, file)
  }

  private func checked(_ indices: [Int], _ file: String) throws -> [Int] {
    guard !indices.isEmpty else { throw ExtractionError(.invalidSettings, path: file, "it lists no sample") }
    if let index = indices.first(where: { !(0..<count).contains($0) }) {
      throw ExtractionError(
        .invalidSettings, path: file, "it lists sample \(index), but there are \(count), counted from 0")
    }
    guard Set(indices).count == indices.count else {
      throw ExtractionError(.invalidSettings, path: file, "it lists a sample twice")
    }
    return indices
  }
}
