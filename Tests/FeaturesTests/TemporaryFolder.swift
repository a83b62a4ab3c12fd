import Foundation

func write(_ text: String, to path: String) throws {
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

func text(of path: String) throws -> String {
  String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
}

func remove(_ path: String) throws {
  try FileManager.default.removeItem(atPath: path)
}

/// Takes the last bytes off a file.
func truncate(_ path: String, by count: Int) throws {
  let data = try Data(contentsOf: URL(fileURLWithPath: path))
  try data.dropLast(count).write(to: URL(fileURLWithPath: path))
}
