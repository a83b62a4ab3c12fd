// Constructors, plain objects and references to storages.
extension Unpickler {
  /// Calls a constructor of the closed list.
  mutating func call(_ name: String, _ arguments: [Int]) throws -> Int {
    guard let constructor = Constructor(name) else {
      throw failure(
        .refused, "a pickle that calls \(quoted(name))", expected: "tensors and plain containers",
        hint: "Nothing was executed. Save the state dictionary alone: torch.save(model.state_dict(), path)")
    }
    let first = arguments.first
    switch constructor {
    case .dictionary: return try dictionary(from: first)
    case .defaultDictionary: return try dictionary(from: arguments.dropFirst().first)
    case .list: return try sequence(.list, from: first)
    case .tuple: return try sequence(.tuple, from: first)
    case .set: return try sequence(.set, from: first)
    case .bytes, .encode: return try encoded(arguments)
    case .device: return try joined(arguments, by: ":")
    case .path: return try joined(arguments, by: "/")
    case .layout: return make(.symbol(try text(try argument(0, of: arguments))))
    case .reconstructor: return newPlainObject(try symbolName(try argument(0, of: arguments)), [])
    case .parameter, .firstArgument: return try argument(0, of: arguments)
    case .tensor: return try tensor(arguments, type: nil)
    case .tensorWithType:
      let name = try symbolName(try argument(6, of: arguments))
      guard name.hasPrefix("torch."), let type = ElementType(rawValue: String(name.dropFirst(6))) else {
        throw failure(.unsupported, "a tensor of \(quoted(name))")
      }
      return try tensor(arguments, type: type)
    case .tensorSubclass:
      // (function, class, its arguments, attributes): the tensor is what the function makes.
      let function = try symbolName(try argument(0, of: arguments))
      guard let inner = Constructor(function),
        inner == .tensor || inner == .tensorWithType || inner == .parameter
      else { throw failure(.refused, "a tensor rebuilt by \(quoted(function))") }
      return try call(function, try items(try argument(2, of: arguments)))
    case .numpyReconstruct: return newPlainObject(Self.arrayClass, [])
    case .numpyType: return try numpyType(arguments)
    case .numpyScalar: return try numpyScalar(arguments)
    case .numpyFromBuffer: return try numpyFromBuffer(arguments)
    }
  }

  /// An instance of a class: of the closed list, or else a plain object that keeps the class's name.
  mutating func newObject(_ className: String, _ arguments: [Int]) throws -> Int {
    switch Constructor(className) {
    case .dictionary, .defaultDictionary, .list, .tuple, .set: try call(className, arguments)
    default: newPlainObject(className, arguments)
    }
  }

  mutating func newPlainObject(_ className: String, _ arguments: [Int]) -> Int {
    make(.object(TorchObject(className: className, arguments: arguments)))
  }

  /// Gives an object its attributes. Containers and tensors keep only what they contain.
  mutating func build(_ target: Int, _ state: Int) throws {
    switch tables.nodes[target] {
    case .object(var object):
      if object.className == Self.arrayClass, let array = try numpyArray(state: state) {
        tables.nodes[target] = array
        return
      }
      guard object.states.count < 2 else { throw failure("an object whose state is set a third time") }
      tables.nodes[target] = .none
      object.states.append(state)
      tables.nodes[target] = .object(object)
    case .numpyType(let name, _):
      tables.nodes[target] = .numpyType(name, try numpyByteOrder(state: state))
    case .dictionary, .sequence, .tensor: break
    default: throw failure("a state for something that has none")
    }
  }

  /// The storage a persistent identifier stands for: ("storage", class, key, device, length, view).
  mutating func persistent(_ identifier: Int) throws -> Int {
    let parts = try items(identifier)
    let kind = try text(try argument(0, of: parts))
    // Very old files name the source code of a module; the class is what counts.
    if kind == "module" { return try argument(1, of: parts) }
    guard kind == "storage" else {
      throw failure(.refused, "a reference to \(quoted(kind))", expected: "\"storage\"")
    }
    let className = try symbolName(try argument(1, of: parts))
    guard className.hasPrefix("torch."), let last = className.split(separator: ".").last,
      let type = ElementType(torchStorageName: String(last))
    else { throw failure(.unsupported, "a storage of \(quoted(className))") }
    let count = try integer(try argument(4, of: parts))
    guard count >= 0, count <= Int.max / 8 else { throw failure("a storage of \(count) elements") }

    let key = try text(try argument(2, of: parts))
    var storage = PickleTables.Storage(key: key, elementType: type, count: count, viewCount: count)
    if parts.count > 5, case .sequence(_, let view) = tables.nodes[parts[5]] {
      // (key, offset, length): a part of the storage that other storages share.
      storage.start = try integer(try argument(1, of: view))
      storage.viewCount = try integer(try argument(2, of: view))
      guard storage.start >= 0, storage.start <= count, storage.viewCount >= 0,
        storage.viewCount <= count - storage.start
      else { throw failure(.badRange, "a view outside its storage \(quoted(key))") }
    }
    return make(.storage(try storageIndex(storage)))
  }

  func argument(_ position: Int, of arguments: [Int]) throws -> Int {
    guard position < arguments.count else {
      throw failure("\(arguments.count) arguments", expected: "at least \(position + 1)")
    }
    return arguments[position]
  }
}

extension Unpickler {
  /// A tensor from (storage, offset, shape, strides, ...).
  private mutating func tensor(_ arguments: [Int], type: ElementType?) throws -> Int {
    guard case .storage(let index) = tables.nodes[try argument(0, of: arguments)] else {
      throw failure("a tensor without a storage")
    }
    let layout = PickleTables.TensorLayout(
      storage: index, elementType: type ?? tables.storages[index].elementType,
      offset: try integer(try argument(1, of: arguments)),
      shape: try integers(try argument(2, of: arguments)),
      strides: try integers(try argument(3, of: arguments)))
    tables.tensors.append(.torch(layout))
    return make(.tensor(tables.tensors.count - 1))
  }

  /// A dictionary from nothing, from another, or from a list of pairs.
  private mutating func dictionary(from source: Int?) throws -> Int {
    guard let source else { return make(.dictionary([])) }
    switch tables.nodes[source] {
    case .dictionary(let entries):
      try spend(entries.count)
      return make(.dictionary(entries))
    case .sequence(_, let items):
      try spend(items.count)
      return make(
        .dictionary(
          try items.map { item in
            let pair = try self.items(item)
            guard pair.count == 2 else { throw failure("\(pair.count) objects", expected: "a pair") }
            return TorchNode.Entry(key: pair[0], value: pair[1])
          }))
    default: throw failure("a dictionary made of something else")
    }
  }

  /// A list, tuple or set from nothing or from another.
  private mutating func sequence(_ kind: TorchNode.SequenceKind, from source: Int?) throws -> Int {
    let items = try source.map(items) ?? []
    // Shared for now, but copied where either is changed.
    try spend(items.count)
    return make(.sequence(kind, items))
  }

  /// Bytes that older protocols write as a text of the characters U+0000 to U+00FF.
  private mutating func encoded(_ arguments: [Int]) throws -> Int {
    guard let first = arguments.first else { return make(try byteString(0)) }
    guard case .text(let text) = tables.nodes[first] else {
      return make(.bytes(try bytes(first)))
    }
    try spend(text.utf8.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else {
        throw failure("a character beyond U+00FF in bytes")
      }
      bytes.append(byte)
    }
    let storage = try TensorStorage(copying: bytes, name: reader.path)
    return make(.bytes(PickledBytes(storage: storage, range: 0..<bytes.count)))
  }

  /// One text from parts: "cuda" and 0 make "cuda:0".
  private mutating func joined(_ arguments: [Int], by separator: String) throws -> Int {
    var parts: [String] = []
    for argument in arguments {
      let part: String
      if case .integer(let value) = tables.nodes[argument] {
        part = String(value)
      } else {
        part = try text(argument)
      }
      try spend(part.utf8.count + separator.utf8.count)
      // The root of a path is a part of its own: "/", "data".
      if separator == "/", parts.last?.hasSuffix("/") == true {
        parts[parts.count - 1] += part
      } else {
        parts.append(part)
      }
    }
    return make(.text(parts.joined(separator: separator)))
  }
}
