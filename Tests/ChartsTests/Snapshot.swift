import Foundation
import Testing

/// Compares a page's listing with the stored one; `REPSCOPE_RECORD_SNAPSHOTS` stores it.
func expectStored(_ listing: String, as name: String, sourceLocation: SourceLocation = #_sourceLocation)
  throws
{
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Snapshots")
  let file = folder.appendingPathComponent("\(name).txt")
  if ProcessInfo.processInfo.environment["REPSCOPE_RECORD_SNAPSHOTS"] != nil {
    try listing.write(to: file, atomically: true, encoding: .utf8)
  }
  let stored = try String(contentsOf: file, encoding: .utf8)
  let lines = (listing.split(separator: "\n"), stored.split(separator: "\n"))
  let difference = zip(lines.0, lines.1).first { $0 != $1 }
  #expect(
    listing == stored, "first difference: \(difference.map { "\($0) for \($1)" } ?? "the length")",
    sourceLocation: sourceLocation)
}
