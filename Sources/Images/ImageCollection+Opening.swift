import Files
import TensorFiles

extension ImageCollection {
  /// How pictures are laid out.
  public enum Layout: String, Sendable, Hashable, CaseIterable {
    /// A folder for each class, in the order of torchvision's ImageFolder; labels are the classes' numbers.
    case classFolders = "class-folders"
    /// Pictures in a folder and the folders in it, by name; no labels, or those of a labels file.
    case flat
    /// REPA's preprocessed `images/`: pictures by name, labels in `dataset.json`.
    case preprocessed
    /// A zip archive of the preprocessed layout.
    case archive
    /// A CSV file with columns `path` and maybe `label`, or a text file with one path a line.
    case list
  }

  /// Opens the pictures at a path.
  ///
  /// - Parameters:
  ///   - path: A folder, a list or a zip archive.
  ///   - layout: Nil to tell by what is there: a file is an archive or a list; a folder with a `dataset.json`, or with an
  ///     `images/` that has one, is REPA's; one with folders in it has classes; any other is flat.
  ///   - labels: A file with columns `path` and `label`, whose labels replace all others. Pictures it does not
  ///     name have none.
  ///   - rows: For a list, a column and the value that rows must have there to count: ("split", "val").
  /// - Throws: ``ImageError``; `TableError` and `TensorFileError` for what is wrong inside lists, JSON and archives.
  public static func open(
    _ path: String, layout: Layout? = nil, labels: String? = nil, rows: (column: String, value: String)? = nil
  ) throws -> ImageCollection {
    let layout = try layout ?? found(at: path)
    guard rows == nil || layout == .list else {
      throw ImageError(
        .badCollection, path: path, found: "pictures laid out as \(layout.rawValue)",
        expected: "a list, whose rows can be chosen by a column")
    }
    let collection =
      switch layout {
      case .classFolders: try classFolders(path)
      case .flat: try flat(path)
      case .preprocessed: try preprocessed(path)
      case .archive: try archive(path)
      case .list: try list(path, rows: rows)
      }
    guard collection.count > 0 else {
      throw ImageError(
        .badCollection, path: path, found: "no pictures",
        expected: "files ending in \(pictureExtensions.joined(separator: ", "))")
    }
    return try labels.map { try collection.labelled(by: $0) } ?? collection
  }

  /// torchvision's IMG_EXTENSIONS. Whether a file decodes is another matter, and an error of its own.
  static let pictureExtensions = [
    ".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp",
  ]

  static func isPictureName(_ name: String) -> Bool {
    let name = name.lowercased()
    return pictureExtensions.contains { name.hasSuffix($0) }
  }

  private static func found(at path: String) throws(ImageError) -> Layout {
    let kind = try ImageError.translating { () throws(FileError) in try FileTree.kind(of: path) }
    guard kind == .folder else {
      return path.lowercased().hasSuffix(".zip") ? .archive : .list
    }
    if FileTree.exists("\(path)/dataset.json") || FileTree.exists("\(path)/images/dataset.json") {
      return .preprocessed
    }
    let (folders, files) = try entries(of: path)
    guard !folders.isEmpty else { return .flat }
    if let stray = files.first(where: isPictureName) {
      throw ImageError(
        .badCollection, path: path,
        found: "pictures, such as \(stray), beside folders, such as \(folders[0])",
        expected: "class folders alone, pictures alone, or a layout named by the user")
    }
    return .classFolders
  }

  private static func entries(of folder: String) throws(ImageError) -> (folders: [String], files: [String]) {
    try ImageError.translating { () throws(FileError) in try FileTree.entries(of: folder) }
  }

  /// The pictures of a folder and its folders. Links to folders are followed, as torchvision does.
  private static func pictures(in folder: String) throws(ImageError) -> [String] {
    try ImageError.translating { () throws(FileError) in try FileTree.files(in: folder) }
      .filter(isPictureName)
  }
}

extension ImageCollection {
  /// - SeeAlso: torchvision, `find_classes` and `make_dataset` in datasets/folder.py.
  private static func classFolders(_ path: String) throws(ImageError) -> ImageCollection {
    let classes = try entries(of: path).folders
    guard !classes.isEmpty else {
      throw ImageError(.badCollection, path: path, found: "no folders", expected: "one for each class")
    }
    var names: [String] = []
    var labels: [Int?] = []
    for (label, name) in classes.enumerated() {
      let files = try pictures(in: "\(path)/\(name)")
      guard !files.isEmpty else {
        throw ImageError(
          .badCollection, path: "\(path)/\(name)", found: "a class without pictures",
          expected: "at least one, as in torchvision's ImageFolder; remove the folder if it is none")
      }
      names += files.map { "\(name)/\($0)" }
      labels += [Int?](repeating: label, count: files.count)
    }
    return ImageCollection(
      path: path, names: names, labels: labels, classNames: classes, source: .files(folder: "\(path)/"))
  }

  private static func flat(_ path: String) throws(ImageError) -> ImageCollection {
    let names = try pictures(in: path).sortedByBytes()
    return ImageCollection(
      path: path, names: names, labels: [Int?](repeating: nil, count: names.count),
      source: .files(folder: "\(path)/"))
  }

  /// - SeeAlso: REPA, dataset.py.
  private static func preprocessed(_ path: String) throws -> ImageCollection {
    let inner = "\(path)/images"
    let folder = FileTree.exists("\(path)/dataset.json") || !FileTree.exists(inner) ? path : inner
    let files = try pictures(in: folder).sortedByBytes()
    let list = "\(folder)/dataset.json"
    let labels = FileTree.exists(list) ? try DatasetLabels.read(list) : nil
    return ImageCollection(
      path: folder, names: try EncodedNames.originals(of: files, in: folder) ?? files, files: files,
      labels: try DatasetLabels.of(files, labels, path: list), source: .files(folder: "\(folder)/"))
  }

  private static func archive(_ path: String) throws -> ImageCollection {
    let archive = try ZipArchive(path: path)
    let names = archive.members.map(\.name).filter(isPictureName).sortedByBytes()
    let list = archive["dataset.json"]
    let labels = try list.map {
      try DatasetLabels.read(archive.contents(of: $0, verifying: true), path: path)
    }
    return ImageCollection(
      path: path, names: names, labels: try DatasetLabels.of(names, labels ?? nil, path: path),
      source: .archive(archive))
  }
}
