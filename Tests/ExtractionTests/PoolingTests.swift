import LinearAlgebra
import Testing

@testable import Extraction

@Suite struct PoolingTests {
  private func pooled(_ pooling: Pooling, _ values: [Float], shape: [Int]) -> (shape: [Int], values: [Float])
  {
    let shape = TapShape(shape)
    let kept = pooling.shape(of: shape)
    var row = [Float](repeating: .nan, count: kept.reduce(1, *))
    values.withUnsafeBufferPointer { values in
      row.withUnsafeMutableBufferPointer {
        pooling.pool(values, shape: shape, into: $0, sum: Workspace(shape.lengths[1]))
      }
    }
    return (kept, row)
  }

  private let values: [Float] = [1, 2, 3, 4, 5, 60]

  @Test func theMeanIsOverTokens() {
    #expect(pooled(.mean, values, shape: [3, 2]) == ([2], [3, 22]))
    // In Float32 the ones would be lost beside the large number.
    #expect(pooled(.mean, [0x1p24, 1, 1, -0x1p24], shape: [4, 1]) == ([1], [0.5]))
  }

  @Test func nothingOrSomeTokensAreKeptAsTheyAre() {
    #expect(pooled(.none, values, shape: [3, 2]) == ([3, 2], values))
    #expect(pooled(.tokens([2, 0]), values, shape: [3, 2]) == ([2, 2], [5, 60, 1, 2]))
    #expect(pooled(.tokens([1]), values, shape: [3, 2]) == ([2], [3, 4]))
  }

  @Test func theOutputIsNoHiddenStateAndStaysWhole() {
    #expect(pooled(.mean, values, shape: [1, 3, 2]) == ([1, 3, 2], values))
  }

  @Test(arguments: [("0-3,7,9-10", [0, 1, 2, 3, 7, 9, 10]), ("5", [5]), ("4,2-3", [4, 2, 3]), ("", [])])
  func listsOfNumbersReadBack(text: String, indices: [Int]) {
    #expect(IndexRanges(text)?.indices == indices)
    #expect(IndexRanges(indices)?.description == text)
  }

  @Test(arguments: ["3-1", "-1", "1,1", "0-2,1", "a", "1-", "1-2-3", "99999999999999999999", "0-9999999999"])
  func otherTextsAreNoLists(text: String) {
    #expect(IndexRanges(text) == nil)
  }

  @Test func partsAreCountedFromZero() {
    #expect(ExtractionPart("1/3") == ExtractionPart(1, of: 3))
    #expect((0..<7).filter { ExtractionPart("1/3")?.contains($0) ?? false } == [1, 4])
    for text in ["3/3", "-1/3", "1", "1/0", "1/3/5", "a/b", "/"] { #expect(ExtractionPart(text) == nil) }
  }
}
