import CKernels
import Dispatch
import Synchronization

/// How many threads a computation may use.
///
/// Nothing that repscope computes depends on it: work is cut into the same pieces for any number of threads.
public struct Threads: Sendable, Hashable {
  public let count: Int

  /// `count` threads: at least one, and at most four per processor or 16 where that is more. More would only take
  /// memory, of which every thread needs its own.
  public init(_ count: Int) {
    self.count = min(max(1, count), max(16, 4 * Int(repscope_usable_processors())))
  }

  /// One thread per processor that this process may run on.
  public static let all = Threads(Int(repscope_usable_processors()))
}

/// Runs `body` for every index of `0..<count`, on several threads at once.
///
/// Threads take the next index as they become free, so pieces may differ in cost; `body` must not depend on the
/// order. The first error stops the loop once the pieces under way have ended, and is thrown.
///
/// Call it from code that belongs to no actor: a closure written in a main-actor function may run on the main thread only.
///
/// - Parameters:
///   - count: How many indices there are.
///   - threads: How many threads may be used.
///   - body: Receives the index, and the number of the worker (below `threads.count`) that runs it, which
///     names a place for working memory: two calls with the same worker never overlap.
public func parallelLoop(
  _ count: Int, threads: Threads, _ body: (_ index: Int, _ worker: Int) throws -> Void
) throws {
  let workers = min(threads.count, count)
  guard workers > 1 else {
    for index in 0..<count { try body(index, 0) }
    return
  }
  let next = Atomic<Int>(0)
  let failure = Mutex<(any Error)?>(nil)
  withoutActuallyEscaping(body) { body in
    let loop = LoopBody(run: body)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        do {
          try loop.run(index, worker)
        } catch {
          failure.withLock { $0 = $0 ?? error }
          next.store(count, ordering: .relaxed)
        }
      }
    }
  }
  if let error = failure.withLock({ $0 }) { throw error }
}

/// The values of `transform` for `0..<count`, in order, computed on several threads.
///
/// Meant for many small pieces: neighboring indices run on the same thread.
public func parallelMap<Value: BitwiseCopyable>(
  _ count: Int, threads: Threads, _ transform: (Int) throws -> Value
) throws -> [Value] {
  guard count > 0 else { return [] }
  let tiling = Tiling(count, by: 64)
  return try [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
    let target = UncheckedPointer(buffer.baseAddress!)
    try parallelLoop(tiling.tiles, threads: threads) { tile, _ in
      for index in tiling[tile] { (target.pointer + index).initialize(to: try transform(index)) }
    }
    initialized = count
  }
}

/// A pointer that several threads of a parallel loop write through, each to its own part.
///
/// Unchecked because only the loop's author can know that the parts do not overlap.
public struct UncheckedPointer<Pointee>: @unchecked Sendable {
  public let pointer: UnsafeMutablePointer<Pointee>

  @inlinable
  public init(_ pointer: UnsafeMutablePointer<Pointee>) {
    self.pointer = pointer
  }
}

// Sendable by the contract of `parallelLoop`: its body is written to be called from several threads.
private struct LoopBody: @unchecked Sendable {
  let run: (Int, Int) throws -> Void
}
