/// A matrix of Float32 values, row-major: the shape every representation has, samples by dimensions.
///
/// A matrix either owns its elements, 64-byte aligned, or views somebody else's memory, such as a tensor of a
/// memory-mapped file, without a copy. It has value semantics: writing to a matrix that shares its elements, or
/// that views memory it does not own, copies them first.
public struct Matrix: Sendable {
  public let rows: Int
  public let columns: Int
  private var storage: MatrixStorage
  private let offset: Int

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.init(unfilled: rows, columns)
    storage.base.initialize(repeating: 0, count: rows * columns)
  }

  /// A matrix whose elements `fill` writes, all of them.
  ///
  /// - Parameters:
  ///   - rows: How many rows.
  ///   - columns: How many columns.
  ///   - fill: Receives the `rows * columns` elements, row-major, not yet initialised.
  public init(
    rows: Int, columns: Int, filledBy fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    self.init(unfilled: rows, columns)
    try fill(UnsafeMutableBufferPointer(start: storage.base, count: rows * columns))
  }

  /// A matrix with the given elements, row-major.
  ///
  /// - Precondition: `elements.count == rows * columns`.
  public init(rows: Int, columns: Int, elements: [Float]) {
    precondition(
      elements.count == rows * columns, "a \(rows) x \(columns) matrix of \(elements.count) elements")
    self.init(rows: rows, columns: columns) { buffer in
      _ = buffer.initialize(from: elements)
    }
  }

  /// A view of memory that `owner` keeps alive and unchanged, without a copy.
  ///
  /// - Precondition: `elements.count == rows * columns`.
  public init(
    rows: Int, columns: Int, viewing elements: UnsafeBufferPointer<Float>,
    ownedBy owner: any AnyObject & Sendable
  ) {
    precondition(
      elements.count == rows * columns, "a \(rows) x \(columns) view of \(elements.count) elements")
    self.rows = rows
    self.columns = columns
    self.offset = 0
    // An empty buffer may have no address to view.
    self.storage =
      elements.baseAddress.map { MatrixStorage(viewing: $0, owner: owner) } ?? MatrixStorage(capacity: 0)
  }

  private init(unfilled rows: Int, _ columns: Int) {
    precondition(rows >= 0 && columns >= 0, "a matrix cannot have \(rows) x \(columns) elements")
    self.rows = rows
    self.columns = columns
    self.offset = 0
    self.storage = MatrixStorage(capacity: rows * columns)
  }

  private init(rows: Int, columns: Int, storage: MatrixStorage, offset: Int) {
    self.rows = rows
    self.columns = columns
    self.storage = storage
    self.offset = offset
  }

  /// The given rows, as a view: nothing is copied.
  public subscript(rows range: Range<Int>) -> Matrix {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of a matrix of \(rows) rows")
    return Matrix(
      rows: range.count, columns: columns, storage: storage, offset: offset + range.lowerBound * columns)
  }

  /// The same elements in the same order, cut into rows of another length: nothing is copied.
  public func reshaped(rows: Int, columns: Int) -> Matrix {
    precondition(
      rows >= 0 && columns >= 0 && rows * columns == self.rows * self.columns,
      "a \(self.rows) x \(self.columns) matrix as \(rows) x \(columns)")
    return Matrix(rows: rows, columns: columns, storage: storage, offset: offset)
  }

  /// One element. Meant for tests and small work: loops belong inside `withUnsafeBufferPointer`.
  public subscript(row: Int, column: Int) -> Float {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "element out of range")
      return storage.base[offset + row * columns + column]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "element out of range")
      let position = row * columns + column
      withUnsafeMutableBufferPointer { $0[position] = newValue }
    }
  }

  /// The elements, row-major.
  @inlinable
  public func withUnsafeBufferPointer<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) { try body(elements) }
  }

  /// The elements, row-major, to write to; a shared or viewed matrix is copied first.
  public mutating func withUnsafeMutableBufferPointer<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    if !storage.isOwner || !isKnownUniquelyReferenced(&storage) {
      self = Matrix(rows: rows, columns: columns) { copy in _ = copy.initialize(from: elements) }
    }
    return try body(UnsafeMutableBufferPointer(start: storage.base + offset, count: rows * columns))
  }

  @usableFromInline var elements: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: storage.base + offset, count: rows * columns)
  }
}

extension Matrix: Equatable {
  /// Same shape, and all elements equal as numbers.
  public static func == (a: Matrix, b: Matrix) -> Bool {
    guard a.rows == b.rows, a.columns == b.columns else { return false }
    return a.withUnsafeBufferPointer { x in b.withUnsafeBufferPointer { y in x.elementsEqual(y) } }
  }
}

// Sendable although it holds a pointer: `Matrix` writes through it only while it is the one reference.
private final class MatrixStorage: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let isOwner: Bool
  private let owner: (any AnyObject & Sendable)?

  init(capacity: Int) {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(capacity, 1) * MemoryLayout<Float>.stride, alignment: 64)
    base = bytes.bindMemory(to: Float.self, capacity: max(capacity, 1))
    isOwner = true
    owner = nil
  }

  init(viewing elements: UnsafePointer<Float>, owner: any AnyObject & Sendable) {
    base = UnsafeMutablePointer(mutating: elements)
    isOwner = false
    self.owner = owner
  }

  deinit {
    if isOwner { UnsafeMutableRawPointer(base).deallocate() }
  }
}
