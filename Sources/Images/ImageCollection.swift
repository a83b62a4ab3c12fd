import Files
import LinearAlgebra
import TensorFiles

/// Pictures in an order, with names and where they have them labels: a folder, a list, or a zip archive.
///
/// The order is that of the samples in everything made from it. Nothing is decoded until it is read.
public struct ImageCollection: Sendable {
  /// The folder, list or archive.
  public let path: String
  /// The pictures' names: paths relative to the folder, as the list gives them, or the archive's; of pictures that
  /// repscope has cropped and numbered, those that they had before.
  public let names: [String]
  /// The class of each picture, nil where it has none.
  public let labels: [Int?]
  /// The classes' names, in the order of their labels; nil where classes have numbers only.
  public let classNames: [String]?
  /// The files behind the names.
  private let files: [String]
  private let source: Source

  enum Source: Sendable {
    /// The folder before the files, which ends with a slash or is empty.
    case files(folder: String)
    case archive(ZipArchive)
  }

  /// - Parameter files: Where they differ from the names.
  init(
    path: String, names: [String], files: [String]? = nil, labels: [Int?], classNames: [String]? = nil,
    source: Source
  ) {
    let files = files ?? names
    precondition(names.count == labels.count && names.count == files.count)
    self.files = files
    self.path = path
    self.names = names
    self.labels = labels
    self.classNames = classNames
    self.source = source
  }

  /// The number of pictures.
  public var count: Int { names.count }

  /// Where a picture is, for messages: its file, or the archive and the member's name.
  public func location(of index: Int) -> String {
    switch source {
    case .files(let folder): files[index].hasPrefix("/") ? files[index] : folder + files[index]
    case .archive: "\(path)/\(files[index])"
    }
  }

  /// Reads and decodes one picture. May be called from several threads at once.
  ///
  /// - Precondition: The index is below ``count``.
  /// - Throws: ``ImageError`` naming the picture.
  public func read(_ index: Int, options: DecodingOptions = .init()) throws(ImageError) -> Image {
    let location = location(of: index)
    guard case .archive(let archive) = source else {
      return try Image(contentsOf: location, options: options)
    }
    guard let member = archive[files[index]], member.size <= Image.maximumFileSize else {
      throw ImageError(
        .tooLarge, path: location, found: "a member of more than \(Image.maximumFileSize) bytes",
        expected: "a picture")
    }
    let result: Result<Image, ImageError>
    do {
      result = try archive.contents(of: member, verifying: true).withBytes { bytes in
        Result { () throws(ImageError) in try Image(decoding: bytes, name: location, options: options) }
      }
    } catch let error as TensorFileError {
      throw ImageError(
        error.code == .truncated ? .truncated : .malformed, path: location, found: error.found,
        expected: error.expected ?? "a sound zip archive")
    } catch {
      throw ImageError(.unreadable, path: location, found: "\(error)", expected: "a sound zip archive")
    }
    return try result.get()
  }

  /// The pictures of these numbers, in this order.
  ///
  /// - Precondition: All are below ``count``.
  public func selecting(_ indices: [Int]) -> ImageCollection {
    ImageCollection(
      path: path, names: indices.map { names[$0] }, files: indices.map { files[$0] },
      labels: indices.map { labels[$0] }, classNames: classNames, source: source)
  }
}

extension ImageCollection {
  /// The same pictures with other labels.
  func replacing(labels: [Int?]) -> ImageCollection {
    ImageCollection(
      path: path, names: names, files: files, labels: labels, classNames: nil, source: source)
  }
}

/// A picture that cannot be used, and why.
public struct BrokenImage: Sendable, Hashable {
  /// Its number in the collection.
  public let index: Int
  public let error: ImageError
}

extension ImageCollection {
  /// The pictures that do not decode, in order: those that `--skip-broken` leaves out.
  ///
  /// - Throws: Nothing of its own: what is wrong with a picture is in the result.
  /// - Complexity: Decodes every picture, one at a time on each thread.
  public func brokenImages(options: DecodingOptions = .init(), threads: Threads = .all) throws
    -> [BrokenImage]
  {
    // A flag for each: an error is no trivial type, and is found again for the few that have one.
    let isBroken = try parallelMap(count, threads: threads) { index in
      do throws(ImageError) {
        _ = try read(index, options: options)
        return false
      } catch {
        return true
      }
    }
    return isBroken.indices.filter { isBroken[$0] }.compactMap { index in
      do throws(ImageError) {
        _ = try read(index, options: options)
        return nil
      } catch {
        return BrokenImage(index: index, error: error)
      }
    }
  }

  /// The collection without some of its pictures.
  public func removing(_ broken: [BrokenImage]) -> ImageCollection {
    let left = Set(broken.map(\.index))
    return selecting(names.indices.filter { !left.contains($0) })
  }
}
