/// The name that was probably meant: the nearest by edits, if it is near.
///
/// - Returns: Nil where every name differs from `text` in more than a third of its letters.
/// - Complexity: one Levenshtein distance a name.
package func nearestName(to text: String, among names: [String]) -> String? {
  let asked = Array(text.lowercased().unicodeScalars)
  let ranked = names.map { (name: $0, edits: edits(asked, Array($0.lowercased().unicodeScalars))) }
  guard let best = ranked.min(by: { $0.edits < $1.edits }) else { return nil }
  return best.edits * 3 <= max(asked.count, best.name.unicodeScalars.count) ? best.name : nil
}

/// How many letters have to be put in, taken out or changed.
private func edits(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var above = Array(0...b.count)
  for (row, letter) in a.enumerated() {
    var current = [row + 1]
    for (column, other) in b.enumerated() {
      current.append(
        min(above[column] + (letter == other ? 0 : 1), above[column + 1] + 1, current[column] + 1))
    }
    above = current
  }
  return above[b.count]
}
