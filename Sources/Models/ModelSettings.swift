import Foundation

/// The `config.json` beside a checkpoint: sizes that the tensors do not tell.
///
/// Keys are looked up at the top and in an object called `model`, or `vision_config` where CLIP has one for each side.
/// Where several checkpoints share a folder, a `configs.json` may hold an object for each, by the checkpoint's name up
/// to its first dot.
struct ModelSettings {
  /// The file, whether it exists or not.
  let path: String
  private let values: [String: JSONValue]

  static let maximumByteCount = 1 << 20

  /// Reads `folder/config.json`, or else what `folder/configs.json` says of `file`; without either there are no settings.
  init(folder: String, file: Substring) throws {
    let (own, shared) = ("\(folder)/config.json", "\(folder)/configs.json")
    if let values = try Self.read(own) {
      (path, self.values) = (own, values)
    } else if case .object(let values)? = try Self.read(shared)?[String(file.prefix { $0 != "." })] {
      (path, self.values) = (shared, values)
    } else {
      (path, values) = (own, [:])
    }
  }

  /// Reads a file of settings; without that file there are none.
  init(file: String) throws {
    (path, values) = (file, try Self.read(file) ?? [:])
  }

  private static func read(_ path: String) throws -> [String: JSONValue]? {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
    let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    guard size <= maximumByteCount, let data = FileManager.default.contents(atPath: path) else {
      throw ModelError(
        .badConfiguration, path: path,
        "\(size) bytes that cannot be read as settings; expected a file of at most \(maximumByteCount)")
    }
    do {
      var values = try JSONDecoder().decode([String: JSONValue].self, from: data)
      if case .object(let inner)? = values["model"] { values.merge(inner) { outer, _ in outer } }
      if case .object(let inner)? = values["vision_config"] { values.merge(inner) { _, inner in inner } }
      return values
    } catch {
      throw ModelError(.badConfiguration, path: path, "not a JSON object; correct the file, or move it away")
    }
  }

  /// The first of the keys that is there, as a whole number; nil where none is.
  func integer(_ keys: String...) throws -> Int? {
    for key in keys {
      switch values[key] {
      case .number(let value)?:
        guard let whole = Int(exactly: value) else { throw wrong(key, "\(value)", "a whole number") }
        return whole
      case nil, .null?: continue
      default: throw wrong(key, "something else", "a whole number")
      }
    }
    return nil
  }

  func number(_ key: String) throws -> Double? {
    switch values[key] {
    case .number(let value)?: return value
    case nil, .null?: return nil
    default: throw wrong(key, "something else", "a number")
    }
  }

  func text(_ key: String) -> String? {
    guard case .text(let value)? = values[key] else { return nil }
    return value
  }

  /// The names of all settings, in order; diffusers' remarks on itself, which begin with an underscore, left out.
  var keys: [String] { values.keys.filter { !$0.hasPrefix("_") }.sorted() }

  func isSet(_ key: String) -> Bool {
    switch values[key] {
    case nil, .null?: false
    default: true
    }
  }

  func flag(_ key: String) throws -> Bool? {
    switch values[key] {
    case .bool(let value)?: return value
    case nil, .null?: return nil
    default: throw wrong(key, "something else", "true or false")
    }
  }

  /// A text, where anything else would be a mistake.
  func word(_ key: String) throws -> String? {
    guard isSet(key) else { return nil }
    guard let text = text(key) else { throw wrong(key, "something else", "a word") }
    return text
  }

  /// A list of whole numbers.
  func integers(_ key: String) throws -> [Int]? {
    try list(key, of: "whole numbers") {
      guard case .number(let value) = $0 else { return nil }
      return Int(exactly: value)
    }
  }

  /// A list of words.
  func texts(_ key: String) throws -> [String]? {
    try list(key, of: "words") {
      guard case .text(let value) = $0 else { return nil }
      return value
    }
  }

  private func list<Element>(
    _ key: String, of kind: String, _ element: (JSONValue) -> Element?
  ) throws -> [Element]? {
    guard isSet(key) else { return nil }
    guard case .array(let items)? = values[key] else {
      throw wrong(key, "something else", "a list of \(kind)")
    }
    return try items.map {
      guard let item = element($0) else { throw wrong(key, "a list of something else", "a list of \(kind)") }
      return item
    }
  }

  func wrong(_ key: String, _ found: String, _ expected: String) -> ModelError {
    ModelError(.badConfiguration, path: path, "\"\(key)\" is \(found); expected \(expected)")
  }
}

/// As much of JSON as settings need.
private enum JSONValue: Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case object([String: JSONValue])
  case array([JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([String: JSONValue].self) {
      self = .object(value)
    } else {
      self = .array(try container.decode([JSONValue].self))
    }
  }
}
