import Studies
import TestSupport
import Testing

/// Experiment files with mistakes of every kind: whatever stands in them, every complaint has a place.
@Suite struct StudyFileFuzzTests {
  private static let pieces = [
    ":", "-", "[", "]", "{", "}", ",", "#", "\"", "'", "&a", "*a", "|", ">", "?", "\n", "\t", " ", "  ",
    "null", "~",
    "true", "-1", "0", "1e999", ".nan", "99999999999999999999", "!!binary", "!x", "é", "\u{0}", "models", "k",
    "metric",
  ]

  private static func mutated(_ text: String, _ random: inout SplitMix64) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let line = lines.indices.randomElement(using: &random)!
      var characters = Array(lines[line])
      let place = Int.random(in: 0...characters.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: characters.insert(contentsOf: pieces.randomElement(using: &random)!, at: place)
      case 1 where place < characters.count: characters.remove(at: place)
      case 2: characters.removeSubrange(place...)
      case 3 where place < characters.count:
        characters.replaceSubrange(place..<place + 1, with: Array(pieces.randomElement(using: &random)!))
      case 4: lines.insert(lines.randomElement(using: &random)!, at: line)
      default: lines.swapAt(line, lines.indices.randomElement(using: &random)!)
      }
      if lines.indices.contains(line) { lines[line] = String(characters) }
    }
    return lines.joined(separator: "\n")
  }

  @Test func everyMistakeHasAPlace() throws {
    var random = SplitMix64(state: 20_241_009)
    var (good, bad) = (0, 0)
    for round in 0..<2000 {
      let text = Self.mutated(Preset.all[round % Preset.all.count].text, &random)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
      do {
        let study = try Study(text, file: "s.yaml", folder: "")
        // What reads well can be written and read again.
        #expect(try Study(study.yaml, file: "s.yaml", folder: "").yaml == study.yaml, "\(text)")
        good += 1
      } catch let error as StudyFileError {
        #expect(!error.problems.isEmpty)
        for problem in error.problems {
          #expect((1...lines + 1).contains(problem.line) && problem.column >= 1, "\(problem)\n\(text)")
          #expect(!problem.message.isEmpty)
        }
        bad += 1
      }
    }
    // Both kinds must come up, or nothing was tested.
    #expect(good > 100 && bad > 500, "\(good) \(bad)")
  }
}
