import Synchronization
import Testing

@testable import LinearAlgebra

@Suite struct ParallelLoopTests {
  @Test("Every index runs once", arguments: [(0, 3), (1, 4), (5, 2), (1000, 1), (1000, 7)])
  func everyIndexOnce(count: Int, threads: Int) throws {
    let runs = Mutex([Int](repeating: 0, count: count))
    try parallelLoop(count, threads: Threads(threads)) { index, worker in
      #expect(worker >= 0 && worker < threads)
      runs.withLock { $0[index] += 1 }
    }
    #expect(runs.withLock { $0.allSatisfy { $0 == 1 } })
  }

  @Test("No number of threads takes the machine's memory")
  func threadLimit() {
    #expect(Threads(.max).count <= max(16, 4 * Threads.all.count))
    #expect(Threads(.min).count == 1)
    #expect(Threads(5).count == 5)
  }

  private struct Stop: Error {}

  @Test("An error ends the loop and is thrown", arguments: [1, 4])
  func errors(threads: Int) {
    let runs = Atomic(0)
    #expect(throws: Stop.self) {
      try parallelLoop(100_000, threads: Threads(threads)) { index, _ in
        runs.wrappingAdd(1, ordering: .relaxed)
        if index == 10 { throw Stop() }
      }
    }
    #expect(runs.load(ordering: .relaxed) < 100_000)
  }

  @Test("Mapped values keep their order")
  func map() throws {
    #expect(try parallelMap(1000, threads: Threads(5)) { $0 * $0 } == (0..<1000).map { $0 * $0 })
  }

  @Test("Tiles cover a range without gaps", arguments: [(0, 4), (1, 4), (8, 4), (9, 4)])
  func tiling(count: Int, size: Int) {
    let tiling = Tiling(count, by: size)
    #expect((0..<tiling.tiles).flatMap { Array(tiling[$0]) } == Array(0..<count))
  }
}
