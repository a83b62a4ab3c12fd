/// A list of whole numbers as people write it: `0-499,600,602`.
///
/// The order is kept, no number may come twice, and the text form is lossless.
public struct IndexRanges: Sendable, Hashable, LosslessStringConvertible {
  public let indices: [Int]

  /// Nil where a number comes twice or is negative.
  public init?(_ indices: [Int]) {
    guard Set(indices).count == indices.count, indices.allSatisfy({ $0 >= 0 }) else { return nil }
    self.indices = indices
  }

  /// Reads `8`, `1-8` and lists of them, with commas or white space between; nil for anything else.
  ///
  /// - Parameters:
  ///   - text: The list.
  ///   - limit: One more than the largest number that makes sense, so that a range cannot grow beyond memory.
  public init?(_ text: String, below limit: Int) {
    var indices: [Int] = []
    var seen: Set<Int> = []
    for part in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count <= 2,
        ends.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
        let first = Int(ends[0]), let last = ends.count == 2 ? Int(ends[1]) : first, first <= last,
        last < limit
      else { return nil }
      for index in first...last {
        guard seen.insert(index).inserted else { return nil }
        indices.append(index)
      }
    }
    self.indices = indices
  }

  public init?(_ description: String) {
    self.init(description, below: 1 << 24)
  }

  public var description: String {
    var parts: [String] = []
    var start = 0
    while start < indices.count {
      var end = start
      while end + 1 < indices.count, indices[end + 1] == indices[end] + 1 { end += 1 }
      parts.append(end == start ? "\(indices[start])" : "\(indices[start])-\(indices[end])")
      start = end + 1
    }
    return parts.joined(separator: ",")
  }
}
