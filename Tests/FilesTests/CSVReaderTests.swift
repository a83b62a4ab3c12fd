import Testing

@testable import Files

@Suite struct CSVReaderTests {
  private static func rows(_ text: String) throws -> (columns: [String], rows: [[String]]) {
    var reader = CSVReader(Array(text.utf8), file: "t.csv")
    let columns = try reader.header(expected: "a header")
    var rows: [[String]] = []
    while let row = try reader.row(of: columns.count) { rows.append(row.map(\.text)) }
    return (columns, rows)
  }

  @Test func aTableIsReadRowByRow() throws {
    let table = try Self.rows("\u{FEFF}path,label\r\n\"a, \"\"b\"\"\",1\r\n\r\nc,\n")
    #expect(table.columns == ["path", "label"])
    #expect(table.rows == [["a, \"b\"", "1"], ["c", ""]])
    #expect(try Self.rows("a,,\n1,2,3\n").columns == ["a", "", ""])
  }

  @Test(arguments: [
    ("", TableError.Code.wrongHeader, "t.csv:1:1: found an empty file, expected a header"),
    ("path,label,path\n", .wrongHeader, "t.csv:1:12: found the column path a second time, expected it once"),
    ("a,b\n1,2\n3\n", .raggedRow, "t.csv:3:1: found 1 field, expected 2 fields, as in the header"),
    ("a,b,c\n1,2\n", .raggedRow, "t.csv:2:1: found 2 fields, expected 3 fields, as in the header"),
    ("a,b\n1,2,3\n", .raggedRow, "t.csv:2:5: found more than 2 fields, expected 2 fields"),
  ])
  func whatIsNoTableIsAnErrorWithItsPlace(text: String, code: TableError.Code, message: String) {
    let error = #expect(throws: TableError.self) { try Self.rows(text) }
    #expect(error?.code == code && error?.description == message, "\(error as Any)")
  }

  @Test(arguments: ["plain", "", "a,b", "\"", "two\nlines", "cr\r\n", " space ", "\"\u{301},"])
  func whatIsWrittenIsReadBack(text: String) throws {
    let table = try Self.rows("a,b\n\(CSVText.field(text)),\(CSVText.field(text))\n")
    #expect(table.rows.count == 1)
    for field in table.rows.joined() { #expect(field.unicodeScalars.elementsEqual(text.unicodeScalars)) }
    #expect(CSVText.field("plain") == "plain" && CSVText.field("a\"b") == "\"a\"\"b\"")
  }
}
