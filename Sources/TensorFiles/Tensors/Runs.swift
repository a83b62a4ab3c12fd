/// The starts, in elements, of the longest runs of equal stride that follow C order.
struct Runs {
  /// The elements of a run and the distance between them.
  private(set) var length = 1
  private(set) var stride = 1
  private var outer: [(length: Int, stride: Int, index: Int)] = []
  private var start: Int
  private var isDone = false

  /// - Precondition: the tensor has elements and `rows` is not empty.
  init(shape: [Int], strides: [Int], rows: Range<Int>) {
    start = shape.isEmpty ? 0 : rows.lowerBound * strides[0]
    var dimensions = Array(zip(shape, strides))
    if !dimensions.isEmpty { dimensions[0].0 = rows.count }
    for (length, stride) in dimensions where length != 1 {
      // A dimension that continues where the next one ends is one with it.
      if let last = outer.last, last.stride == stride * length {
        outer[outer.count - 1] = (last.length * length, stride, 0)
      } else {
        outer.append((length, stride, 0))
      }
    }
    if let innermost = outer.popLast() {
      length = innermost.length
      stride = innermost.stride
    }
  }

  mutating func next() -> Int? {
    guard !isDone else { return nil }
    let current = start
    var dimension = outer.count - 1
    while dimension >= 0 {
      outer[dimension].index += 1
      start += outer[dimension].stride
      if outer[dimension].index < outer[dimension].length { return current }
      start -= outer[dimension].stride * outer[dimension].length
      outer[dimension].index = 0
      dimension -= 1
    }
    isDone = true
    return current
  }
}
