import Foundation

/// The names in an archive's folder, and which of its shards are there.
package struct ArchiveFolder: Sendable, Hashable {
  package let path: String

  package init(_ path: String) {
    self.path = path
  }

  package static let descriptionName = "archive.json"
  package static let samplesName = "samples.csv"

  package var description: String { "\(path)/\(Self.descriptionName)" }
  package var samples: String { "\(path)/\(Self.samplesName)" }
  package func shard(_ number: Int) -> String { "\(path)/\(Self.shardName(number))" }

  /// `shard-00012.safetensors`
  package static func shardName(_ number: Int) -> String {
    let digits = String(number)
    return "shard-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".safetensors"
  }

  package var hasDescription: Bool { FileManager.default.fileExists(atPath: description) }

  /// The numbers of the shards that are there, in rising order; files of other names are passed over.
  ///
  /// - Throws: ``FeatureError`` for a folder that cannot be read.
  package func shards() throws -> [Int] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).compactMap { name in
        guard let digits = name.wholeMatch(of: /shard-([0-9]{5,12})\.safetensors/)?.output.1,
          let number = Int(digits), Self.shardName(number) == name
        else { return nil }
        return number
      }.sorted()
    } catch {
      throw FeatureError(.missing, path: path, "the folder cannot be read: \(error.localizedDescription)")
    }
  }
}

extension ArchiveFolder {
  /// Says which shards of an archive are missing, and how to have them computed.
  ///
  /// - Parameter present: The shards that are there, in rising order, all below `count`.
  static func lack(of count: Int, present: [Int]) -> String {
    let there = Set(present)
    let missing = (0..<count).lazy.filter { !there.contains($0) }
    let shown = missing.prefix(8).map(shardName).joined(separator: ", ")
    let number = count - present.count
    let more = number > 8 ? ", and \(number - 8) more" : ""
    let isMany = number != 1
    let head = "\(number) of \(count) shards \(isMany ? "are" : "is") missing: \(shown)\(more). "
    let parts = parts(of: count, lacking: there)
    let advice =
      parts.isEmpty
      ? "The command that made the others computes \(isMany ? "them" : "it") when it is run again"
      : "Run the command that made the others with \(parts.joined(separator: " and "))"
    return head + advice
  }

  /// The `--shard i/n` that together are exactly what is missing, for the smallest such n; none where there is no such n.
  private static func parts(of count: Int, lacking there: Set<Int>) -> [String] {
    // Beyond this the search would cost more than the advice is worth.
    guard count <= 100_000, !there.isEmpty else { return [] }
    for parts in 2...max(2, min(count, 64)) {
      let missing = (0..<min(parts, count)).filter { part in
        stride(from: part, to: count, by: parts).allSatisfy { !there.contains($0) }
      }
      let covered = missing.reduce(0) { $0 + (count - $1 + parts - 1) / parts }
      if covered == count - there.count { return missing.map { "--shard \($0)/\(parts)" } }
    }
    return []
  }
}
