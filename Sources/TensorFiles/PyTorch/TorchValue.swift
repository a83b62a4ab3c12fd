/// One object of a PyTorch file: a number, a text, a tensor, or a container of more.
///
/// A value is a handle into the file's objects, which are kept in one flat table: it costs nothing
/// to pass, objects that are shared stay shared, and objects that contain themselves do no harm.
public struct TorchValue: Sendable {
  let graph: TorchGraph
  let node: Int

  /// What a value is, one level deep.
  public enum Content: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    /// A whole number beyond 64 bits, in decimal digits.
    case largeInt(String)
    case float(Double)
    case text(String)
    case bytes([UInt8])
    case tensor(Tensor)
    case list([TorchValue])
    /// A tuple or a `torch.Size`.
    case tuple([TorchValue])
    case set([TorchValue])
    /// A dictionary of any kind, in its order.
    case dictionary([(key: TorchValue, value: TorchValue)])
    /// A plain object: its class's full name, and its attributes.
    case object(className: String, attributes: [(key: TorchValue, value: TorchValue)])
    /// A name without a value of its own, such as a class or `torch.bfloat16`.
    case symbol(String)
  }

  /// What the value is. The children of a container are handles.
  ///
  /// - Complexity: proportional to the number of children.
  public var content: Content {
    switch graph.nodes[node] {
    case .none: .none
    case .bool(let value): .bool(value)
    case .integer(let value): .int(value)
    case .largeInteger(let digits): .largeInt(digits)
    case .float(let value): .float(value)
    case .text(let text): .text(text)
    case .bytes(let bytes): .bytes(bytes.copy())
    case .tensor(let index): .tensor(graph.tensors[index])
    case .sequence(.list, let items): .list(items.map(sibling))
    case .sequence(.tuple, let items): .tuple(items.map(sibling))
    case .sequence(.set, let items): .set(items.map(sibling))
    case .dictionary(let entries): .dictionary(pairs(entries))
    case .object(let object):
      .object(className: object.className, attributes: pairs(graph.attributes(of: object)))
    case .symbol(let name): .symbol(name)
    case .storage: .symbol("torch.UntypedStorage")
    case .numpyType(let name, _): .symbol("numpy.dtype(\(name))")
    }
  }

  /// The value under a text key of a dictionary, or of that attribute of an object.
  ///
  /// - Complexity: linear in the number of entries.
  public subscript(key: String) -> TorchValue? {
    entries?.first { graph.text($0.key) == key }.map { sibling($0.value) }
  }

  /// The element at a position of a list or tuple; nil beyond its end.
  public subscript(position: Int) -> TorchValue? {
    guard case .sequence(_, let items) = graph.nodes[node], items.indices.contains(position) else {
      return nil
    }
    return sibling(items[position])
  }

  /// The text keys of a dictionary or the attributes of an object, in order.
  public var keys: [String] { entries?.compactMap { graph.text($0.key) } ?? [] }

  public var tensor: Tensor? {
    guard case .tensor(let index) = graph.nodes[node] else { return nil }
    return graph.tensors[index]
  }

  public var text: String? { graph.text(node) }

  public var int: Int? {
    guard case .integer(let value) = graph.nodes[node] else { return nil }
    return value
  }

  /// A float, or an integer as one.
  public var double: Double? {
    switch graph.nodes[node] {
    case .float(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  public var bool: Bool? {
    guard case .bool(let value) = graph.nodes[node] else { return nil }
    return value
  }

  /// The full name of a plain object's class, such as `argparse.Namespace`.
  public var className: String? {
    guard case .object(let object) = graph.nodes[node] else { return nil }
    return object.className
  }

  /// The tensors below this value, named by their way from it: `root["ema"]` gives the names of a
  /// state dictionary. Throws where the names would outgrow what the file can justify.
  public func tensors() throws -> [Tensor] {
    try TorchNames(graph).tensors(below: node)
  }

  private var entries: [TorchNode.Entry]? {
    switch graph.nodes[node] {
    case .dictionary(let entries): entries
    case .object(let object): graph.attributes(of: object)
    default: nil
    }
  }

  private func sibling(_ node: Int) -> TorchValue { TorchValue(graph: graph, node: node) }

  private func pairs(_ entries: [TorchNode.Entry]) -> [(key: TorchValue, value: TorchValue)] {
    entries.map { (sibling($0.key), sibling($0.value)) }
  }
}
