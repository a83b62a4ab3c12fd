/// A size and a weight of the one family that figures are set in.
struct Font: Sendable, Hashable {
  var size: Double
  var isBold = false

  /// The height of a line, without the space between lines.
  var height: Double { size * 1.2 }

  static let title = Font(size: 16, isBold: true)
  static let subtitle = Font(size: 12)
  static let panelTitle = Font(size: 12, isBold: true)
  static let axisTitle = Font(size: 13)
  static let label = Font(size: 12)
  static let note = Font(size: 10.5)
}

/// How wide a line of text is; the only thing about a font that a layout depends on.
protocol FontMetrics: Sendable {
  func width(of text: String, _ font: Font) -> Double
}

extension FontMetrics {
  /// Breaks a text into lines no wider than `width`: after a dot between two facts where that is enough, at spaces, inside a
  /// word where it must be, then if possible after a hyphen or the like.
  ///
  /// A single character is never broken, however narrow the line.
  func lines(of text: String, _ font: Font, width: Double) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in units(of: text, font, width: width) {
      let joined = line.isEmpty ? String(word) : "\(line) \(word)"
      if fits(joined[...], font, width: width) {
        line = joined
        continue
      }
      if !line.isEmpty { lines.append(line) }
      var rest = word
      while !fits(rest, font, width: width), rest.dropFirst().startIndex < rest.endIndex {
        let head = longestStart(of: rest, font, width: width)
        lines.append(head)
        rest = rest.dropFirst(head.count)
      }
      line = String(rest)
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// What should not be broken: words, or the facts of a caption where each of them fits into a line.
  private func units(of text: String, _ font: Font, width: Double) -> [Substring] {
    let facts = text.split(separator: " · ")
    return facts.enumerated().flatMap { index, fact -> [Substring] in
      let unit = index < facts.count - 1 ? fact + " ·" : fact
      return facts.count > 1 && fits(unit, font, width: width) ? [unit] : unit.split(separator: " ")
    }
  }

  /// Whether a text fits; of one without end only the start is measured.
  private func fits(_ text: Substring, _ font: Font, width: Double) -> Bool {
    let start = text.prefix(400)
    guard self.width(of: String(start), font) <= width else { return false }
    return start.endIndex == text.endIndex || self.width(of: String(text), font) <= width
  }

  /// The longest start that fits; it ends after a separator if there is one in its second half.
  private func longestStart(of word: Substring, _ font: Font, width: Double) -> String {
    var start = String(word.prefix(1))
    for character in word.dropFirst() {
      guard self.width(of: start + String(character), font) <= width else { break }
      start.append(character)
    }
    guard let separator = start.lastIndex(where: { "-_/.,:;".contains($0) }) else { return start }
    let head = start[...separator]
    return head.count * 2 > start.count ? String(head) : start
  }
}
