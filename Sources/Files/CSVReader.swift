/// One field of a CSV record and where it starts.
package struct CSVField: Hashable {
  package var text: String
  package var offset: Int

  package init(text: String, offset: Int) {
    self.text = text
    self.offset = offset
  }
}

/// A strict reader of comma-separated values by RFC 4180, over UTF-8 bytes.
///
/// Lines end with LF or CRLF; a byte order mark at the start and empty lines are passed over. Fields in quotes may hold
/// commas, quotes (doubled) and line breaks. White space belongs to the field.
package struct CSVReader {
  private let bytes: [UInt8]
  private let file: String
  private var position: Int

  package init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The next record that is not an empty line, or nil at the end.
  ///
  /// - Parameter limit: The largest count of fields that makes sense; a longer record is an error, so that a hostile
  ///   line cannot grow into an array many times its size.
  package mutating func next(limit: Int) throws(TableError) -> [CSVField]? {
    while position < bytes.count, try takeLineBreak() {}
    guard position < bytes.count else { return nil }
    var fields: [CSVField] = []
    while true {
      let start = position
      guard fields.count < limit else {
        throw error(.raggedRow, at: start, found: "more than \(limit) fields", expected: "\(limit) fields")
      }
      fields.append(CSVField(text: try takeField(), offset: start))
      if position == bytes.count { return fields }
      if bytes[position] == comma {
        position += 1
      } else if try takeLineBreak() {
        return fields
      }
    }
  }

  /// An error that names the line and the character of a byte offset.
  ///
  /// - Complexity: O(offset); paid once, when something is wrong.
  package func error(
    _ code: TableError.Code, at offset: Int, field: String? = nil, found: String, expected: String
  ) -> TableError {
    let before = bytes[..<min(offset, bytes.count)]
    let line = before.count { $0 == lineFeed } + 1
    let lineStart =
      before.lastIndex(of: lineFeed).map { $0 + 1 } ?? (bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    let column = before.dropFirst(lineStart).count { $0 & 0xC0 != 0x80 } + 1
    let place = TableError.Place(file: file, line: line, column: column)
    return TableError(code: code, place: place, field: field, found: found, expected: expected)
  }

  /// Takes a field up to, and without, the comma, the line break or the end that closes it.
  private mutating func takeField() throws(TableError) -> String {
    guard position < bytes.count, bytes[position] == quote else { return try takePlainField() }
    let start = position
    position += 1
    var content: [UInt8] = []
    while true {
      guard let end = bytes[position...].firstIndex(of: quote) else {
        throw error(.malformed, at: start, found: "a quote that is never closed", expected: "a closing quote")
      }
      content += bytes[position..<end]
      position = end + 1
      guard position < bytes.count, bytes[position] == quote else { break }
      content.append(quote)
      position += 1
    }
    guard position == bytes.count || Self.endsField(bytes[position]) else {
      throw error(
        .malformed, at: position, found: "text after a closing quote",
        expected: "a comma or the end of the line")
    }
    return try text(content[...], at: start)
  }

  private mutating func takePlainField() throws(TableError) -> String {
    let start = position
    while position < bytes.count, !Self.endsField(bytes[position]) {
      if bytes[position] == quote {
        throw error(
          .malformed, at: position, found: "a quote inside a field",
          expected: "the whole field in quotes, and quotes in it doubled")
      }
      position += 1
    }
    return try text(bytes[start..<position], at: start)
  }

  private static func endsField(_ byte: UInt8) -> Bool {
    byte == comma || byte == lineFeed || byte == carriageReturn
  }

  /// Takes one line break if there is one here.
  private mutating func takeLineBreak() throws(TableError) -> Bool {
    if bytes[position] == lineFeed {
      position += 1
      return true
    }
    guard bytes[position] == carriageReturn else { return false }
    guard position + 1 < bytes.count, bytes[position + 1] == lineFeed else {
      throw error(
        .malformed, at: position, found: "a carriage return alone", expected: "a line feed after it")
    }
    position += 2
    return true
  }

  private func text(_ content: ArraySlice<UInt8>, at offset: Int) throws(TableError) -> String {
    guard let text = String(validating: content, as: UTF8.self) else {
      throw error(.notUTF8, at: offset, found: "bytes that are not UTF-8", expected: "a table saved as UTF-8")
    }
    return text
  }
}

private let comma = UInt8(ascii: ",")
private let quote = UInt8(ascii: "\"")
private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
