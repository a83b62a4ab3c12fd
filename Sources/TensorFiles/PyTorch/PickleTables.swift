/// What a pickle says of its objects: filled by the unpickler, completed with the file's storages.
struct PickleTables {
  /// A storage a pickle refers to, by the key its bytes have in the file.
  struct Storage {
    let key: String
    let elementType: ElementType
    /// The elements of the whole storage, and where this view of it begins.
    let count: Int
    var start = 0
    var viewCount: Int
  }

  /// A tensor before its storage's bytes are known.
  struct TensorLayout {
    let storage: Int
    let elementType: ElementType
    let offset: Int
    let shape: [Int]
    let strides: [Int]
  }

  enum TensorSource {
    case torch(TensorLayout)
    /// A NumPy array, whose bytes are in the pickle.
    case numpy(Tensor)
  }

  var nodes: [TorchNode] = []
  var storages: [Storage] = []
  var tensors: [TensorSource] = []

  /// The graph, once `locate` has found every storage: its bytes, the offset of its first element
  /// in them, and the order of bytes.
  func graph(
    path: String, byteCount: Int, byteOrder: ByteOrder, locate: (Storage) throws -> (TensorStorage, Int)
  ) throws -> TorchGraph {
    let located = try storages.map(locate)
    let tensors = try tensors.map { source in
      switch source {
      case .numpy(let tensor): return tensor
      case .torch(let layout):
        return try tensor(layout, in: located[layout.storage], byteOrder: byteOrder)
      }
    }
    return TorchGraph(nodes: nodes.map(uniquelyKeyed), tensors: tensors, path: path, byteCount: byteCount)
  }

  private func tensor(
    _ layout: TensorLayout, in located: (storage: TensorStorage, start: Int), byteOrder: ByteOrder
  ) throws -> Tensor {
    let size = layout.elementType.byteCount
    let (offset, overflow) = layout.offset.multipliedReportingOverflow(by: size)
    let (start, beyond) = offset.addingReportingOverflow(located.start)
    guard !overflow, !beyond, offset >= 0 else {
      throw located.storage.error(.badRange, found: "a tensor at element \(layout.offset) of its storage")
    }
    return try Tensor(
      name: "", shape: layout.shape, strides: layout.strides, elementType: layout.elementType,
      storage: located.storage, byteOffset: start, byteOrder: byteOrder)
  }

  /// A key that is set twice keeps its first place and its last value, as in Python.
  private func uniquelyKeyed(_ node: TorchNode) -> TorchNode {
    guard case .dictionary(let entries) = node, entries.count > 1 else { return node }
    var places: [String: Int] = [:]
    var unique: [TorchNode.Entry] = []
    for entry in entries {
      guard let key = identity(of: entry.key) else {
        unique.append(entry)
        continue
      }
      if let place = places[key] {
        unique[place] = TorchNode.Entry(key: unique[place].key, value: entry.value)
      } else {
        places[key] = unique.count
        unique.append(entry)
      }
    }
    return .dictionary(unique)
  }

  private func identity(of key: Int) -> String? {
    switch nodes[key] {
    case .text(let text): "t" + text
    case .integer(let value): "i\(value)"
    default: nil
    }
  }
}
