import Testing

@testable import Files

@Suite struct NaturalOrderTests {
  @Test(arguments: [
    ("sit-2", "sit-10"), ("a", "b"), ("a", "a1"), ("layer07", "layer8"), ("1", "a"), ("", "a"), ("Z", "a"),
    ("x99999999999999999999999", "x100000000000000000000000"), ("a01", "a1"), ("a1b2", "a1b10"),
  ])
  func naturalOrderPutsTheFirstBeforeTheSecond(first: String, second: String) {
    #expect(naturalComparison(first, second) < 0)
    #expect(naturalComparison(second, first) > 0)
    #expect(naturalComparison(first, first) == 0)
  }
}
