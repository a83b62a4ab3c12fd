/// An object of a pickle; it names others by their position in the table.
enum TorchNode: Sendable {
  case none
  case bool(Bool)
  case integer(Int)
  case largeInteger(String)
  case float(Double)
  case text(String)
  case bytes(PickledBytes)
  case sequence(SequenceKind, [Int])
  case dictionary([Entry])
  case object(TorchObject)
  case symbol(String)
  /// A position in the table of tensors.
  case tensor(Int)
  /// A position in the table of storages; only while a pickle is read.
  case storage(Int)
  /// NumPy's kind and size, such as `f4`.
  case numpyType(String, ByteOrder)

  enum SequenceKind: Sendable { case list, tuple, set }

  struct Entry: Sendable {
    let key: Int
    let value: Int
  }
}

/// An instance of a class that is not known here: data, and the name of the class.
struct TorchObject: Sendable {
  let className: String
  /// What its constructor was given.
  var arguments: [Int] = []
  /// Its elements, where the class is a list.
  var items: [Int] = []
  /// Its entries, where the class is a dictionary.
  var entries: [TorchNode.Entry] = []
  /// Its attributes: one dictionary, two at most.
  var states: [Int] = []
}

/// Bytes of a pickle, where they are.
struct PickledBytes: Sendable {
  let storage: TensorStorage
  let range: Range<Int>

  /// The bytes; none where the storage cannot be loaded, which reading the pickle has ruled out.
  func copy() -> [UInt8] {
    guard let bytes = try? storage.load() else { return [] }
    return withExtendedLifetime(storage) { Array(bytes[range]) }
  }
}

/// All objects of a pickle in one flat table.
///
/// Objects name one another by position, so that no depth of nesting makes freeing or copying
/// them recurse, and an object that contains itself is no special case.
final class TorchGraph: Sendable {
  let nodes: [TorchNode]
  let tensors: [Tensor]
  let path: String
  /// The size of the file, which bounds what may be made of it.
  let byteCount: Int

  init(nodes: [TorchNode], tensors: [Tensor], path: String, byteCount: Int) {
    self.nodes = nodes
    self.tensors = tensors
    self.path = path
    self.byteCount = byteCount
  }

  func text(_ node: Int) -> String? {
    guard case .text(let text) = nodes[node] else { return nil }
    return text
  }

  /// A plain object's entries and attributes; constructor arguments and elements have numbers.
  func attributes(of object: TorchObject) -> [TorchNode.Entry] {
    var entries = object.entries
    for state in object.states {
      switch nodes[state] {
      case .dictionary(let attributes): entries += attributes
      // Classes with slots give a pair: the dictionary, or none, and the slots.
      case .sequence(.tuple, let parts) where parts.count == 2:
        for part in parts {
          if case .dictionary(let attributes) = nodes[part] { entries += attributes }
        }
      default: break
      }
    }
    return entries
  }

  /// The children of a container with the last component of their names; nil for anything else.
  func children(of node: Int) -> [(label: String, node: Int)]? {
    switch nodes[node] {
    case .sequence(_, let items): items.enumerated().map { (String($0.offset), $0.element) }
    case .dictionary(let entries): labelled(entries)
    case .object(let object):
      (object.arguments + object.items).enumerated().map { (String($0.offset), $0.element) }
        + labelled(attributes(of: object))
    default: nil
    }
  }

  private func labelled(_ entries: [TorchNode.Entry]) -> [(label: String, node: Int)] {
    entries.enumerated().map { (label(of: $0.element.key) ?? String($0.offset), $0.element.value) }
  }

  /// A key as part of a name; nil for keys without a short text, which go by their position.
  func label(of key: Int) -> String? {
    switch nodes[key] {
    case .text(let text): text
    case .integer(let value): String(value)
    case .bool(let value): value ? "True" : "False"
    case .float(let value): String(value)
    case .none: "None"
    default: nil
    }
  }
}
