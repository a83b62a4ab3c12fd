import Foundation
import TensorFiles

/// A golden checkpoint's tensors, to be changed and saved again.
struct AlteredCheckpoint {
  struct Entry {
    var name: String
    var shape: [Int]
    var values: [Float]
  }

  var entries: [Entry]

  /// The tensors whose names begin with `prefix`, which is taken off.
  init(_ checkpoint: String, prefix: String = "") throws {
    let tensors = try TensorFile.open(Goldens.model(checkpoint)).tensors.filter { $0.name.hasPrefix(prefix) }
    entries = try tensors.map {
      Entry(name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, values: try $0.floats())
    }
  }

  mutating func rename(_ change: (String) -> String) {
    for index in entries.indices { entries[index].name = change(entries[index].name) }
  }

  mutating func change(_ name: String, _ change: (inout Entry) -> Void) {
    for index in entries.indices where entries[index].name == name { change(&entries[index]) }
  }

  mutating func remove(where isUnwanted: (String) -> Bool) {
    entries.removeAll { isUnwanted($0.name) }
  }

  mutating func add(_ name: String, shape: [Int]) {
    entries.append(Entry(name: name, shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *))))
  }

  func save(to path: String, metadata: [String: String] = [:]) throws {
    let writer = try SafetensorsWriter(
      path, entries.map { TensorDeclaration(name: $0.name, shape: $0.shape) }, metadata: metadata)
    for entry in entries { try writer.append(entry.values) }
    try writer.finish()
  }
}
