import Files
import TensorFiles

extension ArchiveDescription {
  static let format = "repscope feature archive"
  static let formatVersion = 1

  /// The bytes of `archive.json`; equal descriptions give equal bytes.
  package var fileText: String { json.fileText }

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "format": .text(Self.format),
      "format_version": .integer(Self.formatVersion),
      "model": .text(model),
      "samples": .integer(samples),
      "shard_size": .integer(shardSize),
      "element_type": .text(elementType.rawValue),
      "settings": .object(settings.mapValues(\.json)),
      "timesteps": .array(
        timesteps.map {
          .object([
            "t": .double($0.t), "alpha": .double($0.alpha), "sigma": .double($0.sigma),
            "condition": .double($0.condition),
          ])
        }),
      "keys": .array(
        representations.map {
          .object(["name": .text($0.name), "shape": .array($0.shape.map(JSONValue.integer))])
        }),
    ]
    members["family"] = family.map(JSONValue.text)
    members["step"] = step.map(JSONValue.integer)
    members["checkpoint_digest"] = checkpointDigest.map(JSONValue.text)
    return .object(members)
  }

  /// Reads an `archive.json`.
  ///
  /// - Throws: `TensorFileError` where the file cannot be read or is no JSON, ``FeatureError`` naming the field that is
  ///   missing or makes no sense.
  public init(contentsOf path: String) throws {
    let json = try JSONReader.read(path) { try $0.value() }
    let fields = try ArchiveFields(json, path: path, place: nil)
    guard try fields.text("format") == Self.format else {
      throw fields.error("format", expected: "\"\(Self.format)\"")
    }
    guard try fields.integer("format_version") == Self.formatVersion else {
      throw fields.error(
        "format_version", expected: "\(Self.formatVersion), the one this version of repscope reads")
    }
    guard let elementType = ElementType(rawValue: try fields.text("element_type")),
      elementType.isFloatingPoint
    else {
      throw fields.error("element_type", expected: "\"float32\", \"float16\", \"bfloat16\" or \"float64\"")
    }
    self.init(
      model: try fields.text("model"), family: try fields.optional("family", fields.text),
      step: try fields.optional("step", fields.integer),
      checkpointDigest: try fields.optional("checkpoint_digest", fields.text),
      timesteps: try fields.objects("timesteps").map(Timestep.init),
      representations: try fields.objects("keys").map(Representation.init),
      samples: try fields.positive("samples"), shardSize: try fields.positive("shard_size"),
      elementType: elementType,
      settings: try fields.settings("settings"))
    guard !representations.isEmpty else { throw fields.error("keys", expected: "at least one") }
    var names: Set<String> = []
    for representation in representations where !names.insert(representation.name).inserted {
      throw FeatureError(.damaged, path: path, "the key \(representation.name) is listed twice")
    }
  }

  /// What two descriptions do not have in common: `settings.noise.seed: 1, not 2`, sorted by name.
  ///
  /// - Returns: one line a difference; empty where both are alike.
  package static func differences(found: JSONValue, wanted: JSONValue) -> [String] {
    let (found, wanted) = (leaves(of: found), leaves(of: wanted))
    return Set(found.keys).union(wanted.keys).sorted { naturalComparison($0, $1) < 0 }.compactMap { name in
      found[name] == wanted[name]
        ? nil : "\(name): \(found[name] ?? "nothing"), not \(wanted[name] ?? "nothing")"
    }
  }

  /// The differences between the `archive.json` at a path and this description.
  ///
  /// - Throws: `TensorFileError` where the file cannot be read or is no JSON.
  package func differences(fromFile path: String) throws -> [String] {
    Self.differences(found: try JSONReader.read(path) { try $0.value() }, wanted: json)
  }

  private static func leaves(of value: JSONValue, under name: String = "") -> [String: String] {
    let inside: [(String, JSONValue)]
    switch value {
    case .object(let members):
      inside = members.map { (name.isEmpty ? $0.key : "\(name).\($0.key)", $0.value) }
    // Keys and time steps are told by their names, not their places: one more is then one difference.
    case .array(let elements):
      inside = elements.enumerated().map { place, element in
        let label = element.members?["name"]?.text ?? element.members?["t"]?.lineText ?? String(place)
        return ("\(name)[\(label)]", element)
      }
    default: return [name: value.lineText]
    }
    if inside.isEmpty { return [name: value.lineText] }
    return inside.reduce(into: [:]) { all, next in
      all.merge(leaves(of: next.1, under: next.0)) { first, _ in first }
    }
  }
}

extension ArchiveDescription.Timestep {
  fileprivate init(_ fields: ArchiveFields) throws {
    self.init(
      t: try fields.number("t"), alpha: try fields.number("alpha"), sigma: try fields.number("sigma"),
      condition: try fields.number("condition"))
    guard (0...1).contains(t) else { throw fields.error("t", expected: "a number from 0 to 1") }
  }
}

extension ArchiveDescription.Representation {
  fileprivate init(_ fields: ArchiveFields) throws {
    let name = try fields.text("name")
    let lengths = try fields.array("shape")
    var shape: [Int] = []
    var elements = 1
    for length in lengths {
      guard let length = length.integer, length > 0,
        !elements.multipliedReportingOverflow(by: length).overflow
      else {
        throw fields.error("shape", expected: "positive whole numbers")
      }
      elements *= length
      shape.append(length)
    }
    guard (1...3).contains(shape.count), elements <= Int.max >> 16 else {
      throw fields.error("shape", expected: "[D], [T, D] or [C, H, W]")
    }
    self.init(FeatureKey(tensorName: name), shape: shape)
    guard self.name == name else { throw fields.error("name", expected: "the name \(self.name)") }
  }
}
