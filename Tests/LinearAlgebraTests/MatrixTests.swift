import Testing

@testable import LinearAlgebra

@Suite struct MatrixTests {
  @Test("A copy does not see later writes")
  func valueSemantics() {
    var a = Matrix(rows: 2, columns: 2, elements: [1, 2, 3, 4])
    let b = a
    a[0, 1] = 9
    #expect(b[0, 1] == 2)
    #expect(a[0, 1] == 9)
  }

  @Test("A view reads its owner's memory in place, and writing to it copies")
  func view() {
    let owner = Owner([1, 2, 3, 4, 5, 6])
    var view = Matrix(rows: 2, columns: 3, viewing: UnsafeBufferPointer(owner.elements), ownedBy: owner)
    view.withUnsafeBufferPointer { #expect($0.baseAddress == UnsafePointer(owner.elements.baseAddress)) }
    view[1, 2] = 0
    #expect(owner.elements[5] == 6)
    #expect(view[1, 2] == 0)
  }

  @Test("Some rows are a view of all, also of a view")
  func rowRanges() {
    let a = Matrix(rows: 4, columns: 2, elements: [0, 1, 2, 3, 4, 5, 6, 7])
    let middle = a[rows: 1..<4][rows: 1..<2]
    #expect(middle == Matrix(rows: 1, columns: 2, elements: [4, 5]))
    let (whole, part) = (
      a.withUnsafeBufferPointer { $0.baseAddress! }, middle.withUnsafeBufferPointer { $0.baseAddress! }
    )
    #expect(part == whole + 4)
  }

  @Test("Memory is aligned for the widest vectors", arguments: [1, 7, 64, 1000])
  func alignment(rows: Int) {
    Matrix(rows: rows, columns: 3).withUnsafeBufferPointer {
      #expect(Int(bitPattern: $0.baseAddress!) % 64 == 0)
    }
  }

  @Test("The first element that is no finite number is found", arguments: [Float.nan, .infinity, -.infinity])
  func nonFinite(value: Float) throws {
    var a = Matrix(rows: 90, columns: 700)
    #expect(try a.firstNonFinite(threads: .all) == nil)
    a[71, 699] = value
    a[80, 3] = value
    let place = try #require(try a.firstNonFinite(threads: .all))
    #expect(place.row == 71 && place.column == 699)
    #expect(try a.nonFiniteRows(threads: .all) == [71, 80])
  }

  @Test("Rows are gathered in the order asked for")
  func gathering() {
    let a = Matrix(rows: 3, columns: 1, elements: [10, 11, 12])
    #expect(a.gathering(rows: [2, 0, 2]) == Matrix(rows: 3, columns: 1, elements: [12, 10, 12]))
  }

  @Test("Empty matrices work")
  func empty() throws {
    let a = Matrix(rows: 0, columns: 5)
    #expect(try a.squaredRowNorms(threads: .all).isEmpty)
    #expect(try a.firstNonFinite(threads: .all) == nil)
    #expect(
      Matrix(rows: 0, columns: 5, viewing: UnsafeBufferPointer(start: nil, count: 0), ownedBy: Owner([])) == a
    )
  }

  // Sendable because nothing writes to the memory after the initialiser.
  private final class Owner: @unchecked Sendable {
    let elements: UnsafeMutableBufferPointer<Float>

    init(_ values: [Float]) {
      elements = .allocate(capacity: values.count)
      _ = elements.initialize(from: values)
    }

    deinit { elements.deallocate() }
  }
}
