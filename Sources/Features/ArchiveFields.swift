import TensorFiles

/// The members of an object of `archive.json`, asked for one by one; what is missing or of another kind is an error.
struct ArchiveFields {
  private let members: [String: JSONValue]
  private let path: String
  private let place: String?

  init(_ json: JSONValue, path: String, place: String?) throws {
    guard let members = json.members else {
      throw FeatureError(
        .damaged, path: path,
        "\(place.map { "\($0): " } ?? "")\(Self.shown(json)) is found where an object is expected")
    }
    self.members = members
    self.path = path
    self.place = place
  }

  func text(_ name: String) throws -> String {
    guard let text = members[name]?.text else { throw error(name, expected: "a text") }
    return text
  }

  func integer(_ name: String) throws -> Int {
    guard let integer = members[name]?.integer else { throw error(name, expected: "a whole number") }
    return integer
  }

  /// A count, small enough that sums of two cannot overflow.
  func positive(_ name: String) throws -> Int {
    guard let integer = members[name]?.integer, (1...Int.max >> 16).contains(integer) else {
      throw error(name, expected: "a positive whole number")
    }
    return integer
  }

  func number(_ name: String) throws -> Double {
    guard let number = members[name]?.double, number.isFinite else { throw error(name, expected: "a number") }
    return number
  }

  func array(_ name: String) throws -> [JSONValue] {
    guard let elements = members[name]?.elements else { throw error(name, expected: "an array") }
    return elements
  }

  func objects(_ name: String) throws -> [ArchiveFields] {
    try array(name).enumerated().map { try ArchiveFields($1, path: path, place: label("\(name)[\($0)]")) }
  }

  func settings(_ name: String) throws -> [String: ArchiveSetting] {
    guard let settings = members[name]?.members else { throw error(name, expected: "an object") }
    return try settings.reduce(into: [:]) { result, setting in
      guard let value = ArchiveSetting(setting.value) else {
        throw FeatureError(
          .damaged, path: path,
          "\(label(name)).\(setting.key): found \(Self.shown(setting.value)), expected a single value")
      }
      result[setting.key] = value
    }
  }

  /// Nil where there is no such member.
  func optional<Value>(_ name: String, _ read: (String) throws -> Value) throws -> Value? {
    try members[name].map { _ in try read(name) }
  }

  func error(_ name: String, expected: String) -> FeatureError {
    let found = members[name].map(Self.shown) ?? "nothing"
    return FeatureError(.damaged, path: path, "\(label(name)): found \(found), expected \(expected)")
  }

  private func label(_ name: String) -> String { place.map { "\($0).\(name)" } ?? name }

  private static func shown(_ json: JSONValue) -> String {
    let text = json.lineText
    return text.count > 60 ? "\(text.prefix(60))…" : text
  }
}
