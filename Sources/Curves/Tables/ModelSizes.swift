/// How large models are, in millions of parameters: what a figure against model size needs and a table does not hold.
public struct ModelSizes: Sendable, Hashable {
  /// One model's size.
  public struct Entry: Sendable, Hashable {
    /// The model, as the table names it.
    public let model: String
    /// Its parameters in millions; positive and finite.
    public let millions: Double
  }

  /// In the order in which they were given.
  public private(set) var entries: [Entry] = []

  /// No sizes.
  public init() {}

  /// Sizes from a text such as `SiT-B/2=130,SiT-L/2=458`: names, each with millions of parameters after its last `=`.
  ///
  /// - Returns: Nil where a name has no positive number, or is there twice.
  public init?(text: String) {
    // A comma between two numbers' ends belongs to a name.
    var name = ""
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      name += name.isEmpty ? String(part) : ",\(part)"
      guard let sign = name.lastIndex(of: "="), let millions = Double(name[name.index(after: sign)...]) else {
        continue
      }
      guard add(String(name[..<sign]), millions) else { return nil }
      name = ""
    }
    if !name.isEmpty || entries.isEmpty { return nil }
  }

  /// Adds a model's size in millions of parameters.
  ///
  /// - Returns: Whether it could be added: the size has to be positive and finite, the model a new one with a name.
  @discardableResult
  public mutating func add(_ model: String, _ millions: Double) -> Bool {
    guard millions > 0, millions.isFinite, !model.isEmpty, self[model] == nil else { return false }
    entries.append(Entry(model: model, millions: millions))
    return true
  }

  /// The size of a model in millions of parameters, nil where it is not known.
  public subscript(model: String) -> Double? { entries.first { $0.model == model }?.millions }

  /// The name that models of different sizes share: `SiT + REPA` of `SiT-XL/2 + REPA`.
  ///
  /// Published names tell the size by letters after a hyphen, then the patch size after a slash. A name without these
  /// is its own family.
  public static func family(_ model: String) -> String {
    let letters: Set = ["S", "B", "L", "XL", "H", "G", "g"]
    var name = model[...]
    var family = ""
    while let hyphen = name.firstIndex(of: "-") {
      let rest = name[name.index(after: hyphen)...]
      let size = rest.prefix { $0.isLetter }
      let after = rest[size.endIndex...]
      if letters.contains(String(size)), after.isEmpty || after.first == "/" || after.first == " " {
        let patch = after.first == "/" ? after.dropFirst().drop { $0.isNumber } : after
        return family + name[..<hyphen] + patch
      }
      family += name[...hyphen]
      name = rest
    }
    return family + name
  }
}
