/// Reads one pickle into flat tables, without executing anything.
///
/// A pickle is a program for a stack machine. This machine has the operations that build data, and
/// calls nothing but a closed list of constructors; whatever else a pickle asks for is refused by
/// name. Every operation takes at least one byte and makes at most a few objects, so that the
/// tables cannot outgrow the file.
///
/// Source: Python's `pickletools`, protocols 0 to 5.
struct Unpickler {
  var reader: ByteReader
  /// The storage `reader` reads, and where in it: byte strings stay there.
  let storage: TensorStorage
  let storageOffset: Int
  var tables = PickleTables()
  private var stack: [Int] = []
  private var marks: [Int] = []
  private var memo: [Int: Int] = [:]
  private var symbols: [String: Int] = [:]
  private var storageIndices: [String: Int] = [:]
  /// What constructors may still copy. A pickle can pass one long list to a thousand calls.
  private var copyBudget: Int

  /// A pickle at the start of `reader`, which reads `storage` from `storageOffset` on.
  init(_ reader: ByteReader, storage: TensorStorage, storageOffset: Int) {
    self.reader = reader
    self.storage = storage
    self.storageOffset = storageOffset
    copyBudget = 1 << 20 + 16 * reader.bytes.count
  }

  /// Runs to the end of the pickle and returns the object it has built.
  mutating func run() throws -> Int {
    while true {
      let position = reader.offset
      let code = try reader.byte()
      if code == UInt8(ascii: ".") {
        let root = try pop()
        guard stack.isEmpty, marks.isEmpty else {
          throw reader.error(.malformed, at: position, found: "a pickle that leaves objects over")
        }
        return root
      }
      try execute(code, at: position)
    }
  }

  /// An error at the operation just read.
  func failure(
    _ code: TensorFileError.Code, _ found: String, expected: String? = nil, hint: String? = nil
  ) -> TensorFileError {
    reader.error(code, at: max(reader.offset - 1, 0), found: found, expected: expected, hint: hint)
  }

  func failure(_ found: String, expected: String? = nil) -> TensorFileError {
    failure(.malformed, found, expected: expected)
  }
}

// The machine's parts, as its operations use them.
extension Unpickler {
  /// Adds an object to the table.
  mutating func make(_ node: TorchNode) -> Int {
    tables.nodes.append(node)
    return tables.nodes.count - 1
  }

  mutating func push(_ node: TorchNode) {
    stack.append(make(node))
  }

  mutating func push(existing node: Int) {
    stack.append(node)
  }

  mutating func pop() throws -> Int {
    guard stack.count > (marks.last ?? 0), let node = stack.popLast() else {
      throw failure("an operation on an empty stack")
    }
    return node
  }

  func top() throws -> Int {
    guard stack.count > (marks.last ?? 0), let node = stack.last else {
      throw failure("an operation on an empty stack")
    }
    return node
  }

  mutating func mark() {
    marks.append(stack.count)
  }

  /// Removes and returns the objects above the last mark.
  mutating func popMark() throws -> [Int] {
    guard let mark = marks.popLast() else { throw failure("an operation that needs a mark") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  /// Pops an object, or a mark where it is on top.
  mutating func popOrUnmark() throws {
    if let mark = marks.last, mark == stack.count {
      marks.removeLast()
    } else {
      _ = try pop()
    }
  }

  mutating func memoize(_ index: Int? = nil) throws {
    memo[index ?? memo.count] = try top()
  }

  mutating func recall(_ index: Int) throws {
    guard let node = memo[index] else { throw failure("memo \(index), which is not set") }
    stack.append(node)
  }

  /// Accounts for a constructor that copies `count` elements or bytes.
  mutating func spend(_ count: Int) throws {
    copyBudget -= count
    guard copyBudget >= 0 else {
      throw failure(.limitExceeded, "more copies of the same objects than the file can justify")
    }
  }

  /// The object that stands for a global name; one for all its uses.
  mutating func symbol(module: String, name: String) -> Int {
    let full = Constructor.modernName(module: module, name: name)
    if let node = symbols[full] { return node }
    let node = make(.symbol(full))
    symbols[full] = node
    return node
  }

  /// The storage of that key; all its uses must agree on type and length.
  mutating func storageIndex(_ wanted: PickleTables.Storage) throws -> Int {
    guard let index = storageIndices[wanted.key] else {
      tables.storages.append(wanted)
      storageIndices[wanted.key] = tables.storages.count - 1
      return tables.storages.count - 1
    }
    let known = tables.storages[index]
    guard known.elementType == wanted.elementType, known.count == wanted.count else {
      throw failure(
        "storage \(quoted(wanted.key)) as \(wanted.count) \(wanted.elementType)",
        expected: "\(known.count) \(known.elementType) as before")
    }
    guard known.start != wanted.start || known.viewCount != wanted.viewCount else { return index }
    tables.storages.append(wanted)
    return tables.storages.count - 1
  }
}

// Reading the arguments of operations and constructors.
extension Unpickler {
  func text(_ node: Int) throws -> String {
    guard case .text(let text) = tables.nodes[node] else { throw failure("an object that is no text") }
    return text
  }

  func integer(_ node: Int) throws -> Int {
    guard case .integer(let value) = tables.nodes[node] else {
      throw failure("an object that is no integer of 64 bits")
    }
    return value
  }

  func symbolName(_ node: Int) throws -> String {
    guard case .symbol(let name) = tables.nodes[node] else { throw failure("an object that is no class") }
    return name
  }

  func items(_ node: Int) throws -> [Int] {
    guard case .sequence(_, let items) = tables.nodes[node] else {
      throw failure("an object that is no list or tuple")
    }
    return items
  }

  /// A tuple of lengths or strides.
  func integers(_ node: Int) throws -> [Int] {
    let items = try items(node)
    guard items.count <= Tensor.maximumRank else {
      throw failure(
        .limitExceeded, "\(items.count) dimensions", expected: "at most \(Tensor.maximumRank)")
    }
    return try items.map(integer)
  }

  func bytes(_ node: Int) throws -> PickledBytes {
    guard case .bytes(let bytes) = tables.nodes[node] else { throw failure("an object that is no bytes") }
    return bytes
  }
}
