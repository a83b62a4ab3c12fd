import ArgumentParser
import RepScope

/// Which pictures.
struct PictureOptions: ParsableArguments {
  @Option(
    name: .customLong("images"),
    help: ArgumentHelp(
      "Pictures, PNG or JPEG: a folder with one folder a class, a flat folder, REPA's images/ or a zip of it, or a list: CSV with a column path, or a path a line.",
      valueName: "path"), completion: .file())
  var path: String?

  @Option(
    help:
      "How the pictures are laid out, where it is not told by what is there: class-folders, flat, preprocessed, archive, list."
  )
  var layout: ImageCollection.Layout?

  @Option(
    help: ArgumentHelp("Of a CSV list the rows with this in the column split.", valueName: "name"))
  var split: String?

  @Flag(
    help:
      "Leave out pictures that do not decode, and list them, instead of stopping. Decodes all of them twice.")
  var skipBroken = false

  @Flag(help: "Turn pictures as their EXIF orientation says, which official preprocessing does not.")
  var exif = false

  /// Options that say something about pictures, which there are none of.
  var given: [String] {
    [
      path.map { _ in "--images" }, layout.map { _ in "--layout" }, split.map { _ in "--split" },
      skipBroken ? "--skip-broken" : nil, exif ? "--exif" : nil,
    ].compactMap(\.self)
  }

  /// - Throws: `ValidationError` for a size that no picture is cropped to.
  static func check(resolution: Int?) throws {
    guard let resolution, !(1...8192).contains(resolution) else { return }
    throw ValidationError("--resolution is \(resolution); pictures have sides of 1 to 8192 pixels")
  }

  /// Opens the pictures, with the labels asked for, and without the broken ones where this is asked for.
  func open(_ selection: SelectionOptions, labels: String?, threads: Threads) throws -> Pictures {
    guard let path else { throw ValidationError("there are no pictures; give --images PATH") }
    let collection = try ImageCollection.open(path, layout: layout, rows: split.map { ("split", $0) })
    var pictures = Pictures(collection, options: DecodingOptions(appliesOrientation: exif))
    if let labels { try pictures.read(labels: labels) }
    if skipBroken {
      try pictures.leaveOutBroken(of: try selection.value(of: pictures.samples), threads: threads)
      let broken = pictures.samples.broken.sorted { $0.key < $1.key }.map(\.value)
      if !broken.isEmpty {
        Console.warning("\(broken.count) of \(pictures.samples.count) pictures are left out:")
        for line in broken.prefix(20) { Console.note("  \(line)") }
        if broken.count > 20 {
          Console.note("  and \(broken.count - 20) more, which the archive's description names")
        }
      }
    }
    return pictures
  }
}

/// The samples' labels.
struct LabelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Labels in place of those found with the samples: CSV with the columns label and path or index, or .npy.",
      valueName: "file"),
    completion: .file())
  var labels: String?
}

/// Which of the samples.
struct SelectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Take the first n samples.", valueName: "n"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "Take the samples that this file lists: numbers and ranges, or names.", valueName: "file"),
    completion: .file())
  var subset: String?

  mutating func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is \(limit); it must be at least 1") }
    if limit != nil, subset != nil { throw ValidationError("--limit and --subset exclude each other") }
  }

  func value(of samples: InputSamples) throws -> SampleSelection {
    if let limit { return .first(limit) }
    if let subset { return .indices(try samples.indices(listedIn: subset)) }
    return .all
  }
}

extension ImageCollection.Layout: ExpressibleByArgument {}
