import Foundation
import TensorFiles

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
    } else if let values = try Self.read(shared)?[String(file.prefix { $0 != "." })]?.members {
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
    guard size <= maximumByteCount, FileManager.default.isReadableFile(atPath: path) else {
      throw ModelError(
        .badConfiguration, path: path,
        "\(size) bytes that cannot be read as settings; expected a file of at most \(maximumByteCount)")
    }
    guard var values = try? JSONReader.read(path, { try $0.value() }).members else {
      throw ModelError(.badConfiguration, path: path, "not a JSON object; correct the file, or move it away")
    }
    if let inner = values["model"]?.members { values.merge(inner) { outer, _ in outer } }
    if let inner = values["vision_config"]?.members { values.merge(inner) { _, inner in inner } }
    return values
  }

  /// The first of the keys that is there, as a whole number; nil where none is.
  func integer(_ keys: String...) throws -> Int? {
    for key in keys where isSet(key) {
      guard let value = values[key]?.double else { throw wrong(key, "something else", "a whole number") }
      guard let whole = Int(exactly: value) else { throw wrong(key, "\(value)", "a whole number") }
      return whole
    }
    return nil
  }

  func number(_ key: String) throws -> Double? {
    guard isSet(key) else { return nil }
    guard let value = values[key]?.double else { throw wrong(key, "something else", "a number") }
    return value
  }

  func text(_ key: String) -> String? { values[key]?.text }

  /// The names of all settings, in order; diffusers' remarks on itself, which begin with an underscore, left out.
  var keys: [String] { values.keys.filter { !$0.hasPrefix("_") }.sorted() }

  func isSet(_ key: String) -> Bool {
    switch values[key] {
    case nil, .null?: false
    default: true
    }
  }

  func flag(_ key: String) throws -> Bool? {
    guard isSet(key) else { return nil }
    guard case .flag(let value)? = values[key] else { throw wrong(key, "something else", "true or false") }
    return value
  }

  /// A text, where anything else would be a mistake.
  func word(_ key: String) throws -> String? {
    guard isSet(key) else { return nil }
    guard let text = text(key) else { throw wrong(key, "something else", "a word") }
    return text
  }

  /// A list of whole numbers.
  func integers(_ key: String) throws -> [Int]? {
    try list(key, of: "whole numbers") { $0.double.flatMap(Int.init(exactly:)) }
  }

  /// A list of words.
  func texts(_ key: String) throws -> [String]? {
    try list(key, of: "words") { $0.text }
  }

  private func list<Element>(
    _ key: String, of kind: String, _ element: (JSONValue) -> Element?
  ) throws -> [Element]? {
    guard isSet(key) else { return nil }
    guard let items = values[key]?.elements else {
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
