extension Unpickler {
  /// Carries out one operation.
  mutating func execute(_ code: UInt8, at position: Int) throws {
    switch Character(Unicode.Scalar(code)) {
    // Protocol and framing.
    case "\u{80}":
      let version = try reader.byte()
      guard version <= 5 else {
        throw failure(.unsupported, "pickle protocol \(version)", expected: "0 to 5")
      }
    case "\u{95}": _ = try reader.take(8)

    // The stack and the memo.
    case "(": mark()
    case "0": try popOrUnmark()
    case "1": _ = try popMark()
    case "2": push(existing: try top())
    case "p": try memoize(try decimal())
    case "q": try memoize(Int(try reader.byte()))
    case "r": try memoize(Int(try reader.littleEndian(UInt32.self)))
    case "\u{94}": try memoize()
    case "g": try recall(try decimal())
    case "h": try recall(Int(try reader.byte()))
    case "j": try recall(Int(try reader.littleEndian(UInt32.self)))

    // Constants.
    case "N": push(.none)
    case "\u{88}": push(.bool(true))
    case "\u{89}": push(.bool(false))
    case "J": push(.integer(Int(try reader.littleEndian(Int32.self))))
    case "K": push(.integer(Int(try reader.byte())))
    case "M": push(.integer(Int(try reader.littleEndian(UInt16.self))))
    case "\u{8A}": push(try longInteger(byteCount: Int(try reader.byte())))
    case "\u{8B}": push(try longInteger(byteCount: Int(try reader.littleEndian(Int32.self))))
    case "G": push(.float(Double(bitPattern: try reader.bigEndian())))
    case "I": push(try textInteger(booleans: true))
    case "L": push(try textInteger(booleans: false))
    case "F": push(try textFloat())

    // Texts and bytes.
    case "X": push(.text(try reader.text(Int(try reader.littleEndian(UInt32.self)))))
    case "\u{8C}": push(.text(try reader.text(Int(try reader.byte()))))
    case "\u{8D}": push(.text(try reader.text(try length64())))
    case "V": push(.text(try escapedText(try reader.line())))
    case "S": push(try quotedText())
    case "U": push(try oldText(Int(try reader.byte())))
    case "T": push(try oldText(Int(try reader.littleEndian(Int32.self))))
    case "B": push(try byteString(Int(try reader.littleEndian(UInt32.self))))
    case "C": push(try byteString(Int(try reader.byte())))
    case "\u{8E}", "\u{96}": push(try byteString(try length64()))

    // Containers.
    case "]": push(.sequence(.list, []))
    case ")": push(.sequence(.tuple, []))
    case "}": push(.dictionary([]))
    case "\u{8F}": push(.sequence(.set, []))
    case "l": push(.sequence(.list, try popMark()))
    case "t": push(.sequence(.tuple, try popMark()))
    case "\u{91}": push(.sequence(.set, try popMark()))
    case "d": push(.dictionary(try pairs(try popMark())))
    case "\u{85}": push(.sequence(.tuple, [try pop()]))
    case "\u{86}":
      let second = try pop()
      push(.sequence(.tuple, [try pop(), second]))
    case "\u{87}":
      let third = try pop()
      let second = try pop()
      push(.sequence(.tuple, [try pop(), second, third]))
    case "a": try append([try pop()])
    case "e", "\u{90}": try append(try popMark())
    case "s":
      let value = try pop()
      try setEntries([TorchNode.Entry(key: try pop(), value: value)])
    case "u": try setEntries(try pairs(try popMark()))

    // Names, calls and objects.
    case "c":
      let module = try reader.line()
      push(existing: symbol(module: module, name: try reader.line()))
    case "\u{93}":
      let name = try text(try pop())
      push(existing: symbol(module: try text(try pop()), name: name))
    case "R":
      let arguments = try items(try pop())
      push(existing: try call(try symbolName(try pop()), arguments))
    case "\u{81}":
      let arguments = try items(try pop())
      push(existing: try newObject(try symbolName(try pop()), arguments))
    case "\u{92}":
      _ = try pop()  // keyword arguments
      let arguments = try items(try pop())
      push(existing: try newObject(try symbolName(try pop()), arguments))
    case "o":
      let parts = try popMark()
      guard let callee = parts.first else { throw failure("an object without a class") }
      push(existing: try call(try symbolName(callee), Array(parts.dropFirst())))
    case "i":
      let module = try reader.line()
      let callee = symbol(module: module, name: try reader.line())
      push(existing: try call(try symbolName(callee), try popMark()))
    case "b":
      let state = try pop()
      try build(try top(), state)
    case "Q": push(existing: try persistent(try pop()))

    case "P", "\u{82}", "\u{83}", "\u{84}", "\u{97}", "\u{98}":
      throw reader.error(
        .refused, at: position, found: "pickle operation \(quoted(String(Unicode.Scalar(code))))",
        expected: "operations that build data")
    default:
      throw reader.error(.malformed, at: position, found: "byte \(code), which is no pickle operation")
    }
  }

  private func pairs(_ items: [Int]) throws -> [TorchNode.Entry] {
    guard items.count.isMultiple(of: 2) else { throw failure("a key without a value") }
    return stride(from: 0, to: items.count, by: 2).map {
      TorchNode.Entry(key: items[$0], value: items[$0 + 1])
    }
  }

  /// Adds elements to the list, set or list-like object on top of the stack.
  private mutating func append(_ items: [Int]) throws {
    let target = try top()
    switch tables.nodes[target] {
    case .sequence(let kind, var present) where kind != .tuple:
      tables.nodes[target] = .none  // so that the array is not copied
      present += items
      tables.nodes[target] = .sequence(kind, present)
    case .object(var object):
      tables.nodes[target] = .none
      object.items += items
      tables.nodes[target] = .object(object)
    default: throw failure("elements for something that is no list")
    }
  }

  /// Adds entries to the dictionary or dictionary-like object on top of the stack.
  private mutating func setEntries(_ entries: [TorchNode.Entry]) throws {
    let target = try top()
    switch tables.nodes[target] {
    case .dictionary(var present):
      tables.nodes[target] = .none
      present += entries
      tables.nodes[target] = .dictionary(present)
    case .object(var object):
      tables.nodes[target] = .none
      object.entries += entries
      tables.nodes[target] = .object(object)
    default: throw failure("entries for something that is no dictionary")
    }
  }
}
