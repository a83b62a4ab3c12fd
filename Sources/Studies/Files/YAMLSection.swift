import Curves
import Alignment
internal import Yams

/// A place in an experiment file: a node, and the way to it from the top.
struct YAMLPlace {
  let node: Node
  let key: String
}

/// Collects what is wrong while a file is read to its end, so that all mistakes are told at once.
final class ProblemList {
  private(set) var problems: [StudyProblem] = []

  func report(_ place: YAMLPlace, _ message: String) {
    let mark = place.node.mark
    problems.append(
      StudyProblem(line: mark?.line ?? 1, column: mark?.column ?? 1, key: place.key, message: message))
  }
}

/// A mapping of an experiment file whose keys are known: values are asked for by key, and what was not asked for is an
/// error with the nearest name that is known.
final class YAMLSection {
  let place: YAMLPlace
  private let problems: ProblemList
  private var values: [String: YAMLPlace] = [:]
  private var keys: [(name: String, place: YAMLPlace)] = []
  private var asked: [String] = []

  /// Nil, and a problem, where the place is no mapping.
  init?(_ place: YAMLPlace, _ problems: ProblemList) {
    guard let mapping = place.node.mapping else {
      problems.report(place, "found \(place.node.kind), expected keys and values")
      return nil
    }
    self.place = place
    self.problems = problems
    for (key, value) in mapping {
      let name = key.string ?? ""
      let path = place.key.isEmpty ? name : "\(place.key).\(name)"
      keys.append((name, YAMLPlace(node: key, key: path)))
      // An empty value is as good as none.
      if value.null == nil || value.scalar?.style != .plain {
        values[name] = YAMLPlace(node: value, key: path)
      }
    }
  }

  /// What stands at a key, nil where nothing does.
  func value(_ name: String) -> YAMLPlace? {
    asked.append(name)
    return values[name]
  }

  /// A text that must be there.
  func requiredString(_ name: String) -> String? {
    guard let place = value(name) else {
      problems.report(place, "there is no \(name)")
      return nil
    }
    return problems.string(place)
  }

  /// Whether the key is in the file.
  func has(_ name: String) -> Bool { values[name] != nil }

  func problem(_ name: String, _ message: String) { problems.report(values[name] ?? place, message) }

  /// What is wrong with settings that were read from here, each at its key.
  func report(_ found: [SettingProblem]) {
    for problem in found { self.problem(problem.name, problem.message) }
  }

  /// Reports the keys that nobody has asked for.
  func finish() {
    for (name, place) in keys where !asked.contains(name) {
      let nearest = nearestName(to: name, among: asked).map { "did you mean \($0)? " } ?? ""
      problems.report(place, "unknown key; \(nearest)Allowed here: \(asked.joined(separator: ", "))")
    }
  }

  func string(_ name: String) -> String? { value(name).flatMap { problems.string($0) } }

  func number(_ name: String, in range: ClosedRange<Double>? = nil) -> Double? {
    value(name).flatMap { problems.number($0, in: range) }
  }

  func integer(_ name: String, in range: ClosedRange<Int>? = nil) -> Int? {
    value(name).flatMap { problems.integer($0, in: range) }
  }

  func bool(_ name: String) -> Bool? {
    guard let place = value(name) else { return nil }
    if let value = place.node.bool { return value }
    problems.report(place, "found \(place.node.kind), expected true or false")
    return nil
  }

  /// One of a list of names.
  func choice<Value>(_ name: String, _ choices: [(String, Value)]) -> Value? {
    value(name).flatMap { problems.choice($0, choices) }
  }

  /// One of a list of names, at a place of a list.
  func choice<Value>(_ place: YAMLPlace, _ choices: [(String, Value)]) -> Value? {
    problems.choice(place, choices)
  }

  /// A whole number, at a place of a list.
  func integer(_ place: YAMLPlace, in range: ClosedRange<Int>? = nil) -> Int? {
    problems.integer(place, in: range)
  }

  /// The items of a list; a single item may stand without the list's dashes.
  func list(_ name: String) -> [YAMLPlace]? { value(name).map { problems.items(of: $0) } }

  func numbers(_ name: String, in range: ClosedRange<Double>? = nil) -> [Double]? {
    list(name)?.compactMap { problems.number($0, in: range) }
  }

  /// Numbers, at least one, each once.
  func distinctNumbers(_ name: String, in range: ClosedRange<Double>) -> [Double]? {
    guard let place = value(name) else { return nil }
    let items = problems.items(of: place)
    if items.isEmpty { problems.report(place, "the list is empty, expected one number at least") }
    var values: [Double] = []
    for item in items {
      guard let value = problems.number(item, in: range) else { continue }
      if values.contains(value) { problems.report(item, "\(value) is there twice") }
      values.append(value)
    }
    return values
  }

  func strings(_ name: String) -> [String]? { list(name)?.compactMap { problems.string($0) } }

  /// A section within, read by `body`, which need not call `finish`.
  func section<Value>(_ name: String, _ body: (YAMLSection) -> Value) -> Value? {
    value(name).flatMap { problems.section($0, body) }
  }

  /// The sections of a list.
  func sections<Value>(_ name: String, _ body: (YAMLSection) -> Value?) -> [Value]? {
    list(name)?.compactMap { problems.section($0, body) ?? nil }
  }
}

extension ProblemList {
  func section<Value>(_ place: YAMLPlace, _ body: (YAMLSection) -> Value) -> Value? {
    guard let section = YAMLSection(place, self) else { return nil }
    let value = body(section)
    section.finish()
    return value
  }

  func items(of place: YAMLPlace) -> [YAMLPlace] {
    guard let sequence = place.node.sequence else { return [place] }
    return sequence.enumerated().map { YAMLPlace(node: $1, key: "\(place.key)[\($0 + 1)]") }
  }

  func string(_ place: YAMLPlace) -> String? {
    if let text = place.node.scalar?.string, !text.isEmpty { return text }
    report(place, "found \(place.node.kind), expected a text")
    return nil
  }

  func number(_ place: YAMLPlace, in range: ClosedRange<Double>?) -> Double? {
    guard let text = place.node.scalar?.string, let value = Double(text), value.isFinite else {
      report(place, "found \(place.node.kind), expected a number")
      return nil
    }
    guard range?.contains(value) ?? true else {
      report(place, "found \(value), expected a number from \(range!.lowerBound) to \(range!.upperBound)")
      return nil
    }
    return value
  }

  func integer(_ place: YAMLPlace, in range: ClosedRange<Int>?) -> Int? {
    guard let text = place.node.scalar?.string, let value = Self.integer(text) else {
      report(place, "found \(place.node.kind), expected a whole number")
      return nil
    }
    if let range, !range.contains(value) {
      let most =
        range.upperBound == .max
        ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
      report(place, "found \(value), expected \(most)")
      return nil
    }
    return value
  }

  /// A comma stands between groups of three digits, or it is none of the number.
  private static func integer(_ text: String) -> Int? {
    let groups = text.split(separator: ",", omittingEmptySubsequences: false)
    guard groups.dropFirst().allSatisfy({ $0.count == 3 }),
      groups.count == 1 || (1...3).contains(groups[0].count)
    else { return nil }
    return Int(groups.joined().filter { $0 != "_" })
  }

  func choice<Value>(_ place: YAMLPlace, _ choices: [(String, Value)]) -> Value? {
    guard let text = string(place) else { return nil }
    if let choice = choices.first(where: { $0.0 == text }) { return choice.1 }
    let names = choices.map(\.0)
    let nearest = nearestName(to: text, among: names).map { "did you mean \($0)? " } ?? ""
    report(place, "found \(text); \(nearest)Expected one of \(names.joined(separator: ", "))")
    return nil
  }
}

extension Node {
  /// What messages call it.
  var kind: String {
    switch self {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "\"\(Self.shortened(scalar.string))\""
    case .mapping: "keys and values"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  /// The first line, or as much of it as a message can hold: a file that is no YAML may be one long text.
  private static func shortened(_ text: String) -> String {
    let line = text.prefix { !$0.isNewline }
    return line.count <= 40 && line.count == text.count ? text : "\(line.prefix(40))..."
  }
}
