/// Names the tensors of an object by their way from the root, joined by dots.
///
/// An object that is shared is named by every way that leads to it; a way that comes back to an
/// object it is already within is not followed. Sharing can make a small file spell out endlessly
/// many names: their number, length and depth are bounded by the size of the file.
struct TorchNames {
  private static let maximumDepth = 128
  private let graph: TorchGraph

  init(_ graph: TorchGraph) {
    self.graph = graph
  }

  private struct Frame {
    let node: Int
    let children: [(label: String, node: Int)]
    var next = 0
    /// The length of the name before this container's labels.
    let prefix: Int
  }

  func tensors(below root: Int) throws -> [Tensor] {
    if case .tensor(let index) = graph.nodes[root] { return [named(TensorFile.unnamed, index)] }
    var tensors: [Tensor] = []
    var name: [UInt8] = []
    var visits = 64 + 16 * graph.nodes.count
    var nameBytes = 1 << 20 + 16 * graph.byteCount
    var isOpen: Set<Int> = []
    var frames: [Frame] = []

    /// Goes into a container, unless the way there has passed through it.
    func enter(_ node: Int) throws {
      guard !isOpen.contains(node), let children = graph.children(of: node) else { return }
      visits -= children.count
      guard visits >= 0, frames.count < Self.maximumDepth else {
        throw limit(
          visits < 0
            ? "objects shared so often that naming them does not end"
            : "objects nested more than \(Self.maximumDepth) deep")
      }
      isOpen.insert(node)
      frames.append(Frame(node: node, children: children, prefix: name.count))
    }

    try enter(root)
    while let depth = frames.indices.last {
      name.removeSubrange(frames[depth].prefix...)
      guard frames[depth].next < frames[depth].children.count else {
        isOpen.remove(frames[depth].node)
        frames.removeLast()
        continue
      }
      let child = frames[depth].children[frames[depth].next]
      frames[depth].next += 1
      nameBytes -= child.label.utf8.count
      if !name.isEmpty { name.append(UInt8(ascii: ".")) }
      name.append(contentsOf: child.label.utf8)
      if case .tensor(let index) = graph.nodes[child.node] {
        nameBytes -= name.count
        tensors.append(named(String(decoding: name, as: UTF8.self), index))
      } else {
        try enter(child.node)
      }
      guard nameBytes >= 0 else { throw limit("names longer than the file can justify") }
    }
    return tensors
  }

  private func named(_ name: String, _ index: Int) -> Tensor {
    var tensor = graph.tensors[index]
    tensor.name = name
    return tensor
  }

  private func limit(_ found: String) -> TensorFileError {
    TensorFileError(
      .limitExceeded, path: graph.path, found: found,
      hint: "Save the state dictionary alone: torch.save(model.state_dict(), path)")
  }
}
