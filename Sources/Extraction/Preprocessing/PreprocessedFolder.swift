import Features
import Files
import Foundation
import TensorFiles

/// REPA's preprocessed layout, as its dataset tool writes it and its training code reads it:
///
///     images/dataset.json    {"labels": [["00000/img00000000.png", 6], ...]}, or null where a label is missing
///     images/00000/img00000000.png
///     vae-sd/dataset.json    the same with the names of the latents
///     vae-sd/00000/img-mean-std-00000000.npy   float32 [2C, h, w]: the posterior's mean, then its deviation
///
/// Beside them `encode.json` says how they were made, and `samples.csv` which pictures they are.
///
/// - SeeAlso: REPA, preprocessing/dataset_tools.py and dataset.py.
struct PreprocessedFolder {
  let path: String

  static let descriptionName = "encode.json"

  var images: String { "\(path)/images" }
  var latents: String { "\(path)/vae-sd" }

  /// "00000/img00000003.png", in `images`.
  static func imageName(_ index: Int) -> String { "\(folder(index))/img\(digits(index)).png" }
  /// "00000/img-mean-std-00000003.npy", in `vae-sd`.
  static func latentName(_ index: Int) -> String { "\(folder(index))/img-mean-std-\(digits(index)).npy" }

  func image(_ index: Int) -> String { "\(images)/\(Self.imageName(index))" }
  func latent(_ index: Int) -> String { "\(latents)/\(Self.latentName(index))" }

  /// Begins a folder or continues one.
  ///
  /// - Parameter description: What everything in it depends on; equal for a run that may continue another.
  /// - Throws: ``ExtractionError`` where the folder that is there was made otherwise, or is something else; `FileError`.
  func begin(_ description: [String: ArchiveSetting], samples: ArchiveSamples) throws {
    let list = "\(path)/\(ArchiveFolder.samplesName)"
    func makeFolders() throws {
      for folder in Set((0..<samples.count).map(Self.folder)).sorted() {
        for kind in [images, latents] { try makeFolder("\(kind)/\(folder)") }
      }
    }
    let file = "\(path)/\(Self.descriptionName)"
    let wanted = JSONValue.object(description.mapValues(\.json))
    if FileManager.default.fileExists(atPath: file) {
      let found = try JSONReader.read(file) { try $0.value() }
      let differences = ArchiveDescription.differences(found: found, wanted: wanted)
      guard differences.isEmpty else {
        throw ExtractionError(
          .settingsDiffer, path: path,
          "the latents that are there were made differently; they have\(differences.prefix(20).map { "\n  \($0)" }.joined())\n"
            + "Choose another folder, or repeat the command they were made with")
      }
      try makeFolders()
      // Labels are not part of what the latents are made from, and may have come since.
      try AtomicFile.writeIfChanged(Array(samples.csv.utf8), to: list)
      return
    }
    if FileManager.default.fileExists(atPath: image(0)) || FileManager.default.fileExists(atPath: latent(0)) {
      throw ExtractionError(
        .settingsDiffer, path: path,
        "it has latents or images but no \(Self.descriptionName) to say how they were made; choose another folder"
      )
    }
    try makeFolders()
    try AtomicFile.write(Array(samples.csv.utf8), to: list)
    try AtomicFile.write(Array(wanted.fileText.utf8), to: file)
  }

  /// Writes both lists of labels, once all files are there.
  func finish(labels: [Int?]) throws {
    try AtomicFile.write(Self.list(labels, Self.imageName), to: "\(images)/dataset.json")
    try AtomicFile.write(Self.list(labels, Self.latentName), to: "\(latents)/dataset.json")
  }

  private static func list(_ labels: [Int?], _ name: (Int) -> String) -> [UInt8] {
    let known = labels.compactMap(\.self)
    guard known.count == labels.count else { return Array("{\"labels\": null}".utf8) }
    let entries = known.enumerated().map { "[\"\(name($0))\", \($1)]" }
    return Array("{\"labels\": [\(entries.joined(separator: ", "))]}".utf8)
  }

  /// A folder for every thousand: the first five of eight digits.
  private static func folder(_ index: Int) -> String { String(digits(index).prefix(5)) }

  private static func digits(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
