import ArgumentParser
import Foundation
import RepScope

/// The folder that a command is going to fill.
struct OutputFolder {
  private let path: String

  init(_ path: String) { self.path = path }

  /// Whether it is none of the inputs: what is written would be taken for one of them the next time.
  ///
  /// - Parameters:
  ///   - pictures: A folder of pictures, in which no other folder may be made: it would be a class.
  ///   - inputs: Other files and folders that are read, `PATH` or `PATH#NAME`.
  /// - Throws: `ValidationError`, or `FileError` where a file of that name is in the way.
  func check(pictures: String? = nil, inputs: [String?]) throws {
    guard !path.isEmpty else { throw ValidationError("--output has no name") }
    guard path != "-" else { throw ValidationError("--output is a folder, not standard output") }
    let folder = FilePath.resolved(path)
    for input in inputs.compactMap(\.self) + [pictures].compactMap(\.self) {
      if FilePath.resolved(FeaturePath.split(input).path) == folder {
        throw ValidationError("\(path) would be written over \(input), which is read; give another --output")
      }
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      throw FileError(operation: .write, path: path, reason: "it is a file; give the name of a folder")
    }
    if let pictures, folder.hasPrefix(FilePath.resolved(pictures) + "/") {
      throw ValidationError(
        "\(path) is inside the folder of pictures \(pictures), whose folders are classes; give an --output beside it"
      )
    }
  }
}
