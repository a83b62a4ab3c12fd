import Foundation
import RepScope

/// Probes on one representation, in a process of their own.
struct ProbeMeasurement {
  enum Method: String, CaseIterable {
    /// To 1e-4 above the minimum, which is found first.
    case logistic
    /// Nine lambdas, with the matrix product N x D x D beside it.
    case ridge
    /// A few passes over features that are read from the file once and kept, or in every pass.
    case lbfgsKept = "lbfgs-kept"
    case lbfgsReadAgain = "lbfgs-read-again"
    case repaKept = "repa-kept"
    case repaReadAgain = "repa-read-again"
  }

  let method: Method
  let classes: Int
  let rounds: Int
  let threads: Threads

  func run(_ path: String) throws -> Measured {
    switch method {
    case .logistic: try logistic(NumPyFile.read(path))
    case .ridge: try ridge(NumPyFile.read(path))
    case .lbfgsKept: try passes(path, ofREPA: false, memory: .max)
    case .lbfgsReadAgain: try passes(path, ofREPA: false, memory: 0)
    case .repaKept: try passes(path, ofREPA: true, memory: .max)
    case .repaReadAgain: try passes(path, ofREPA: true, memory: 0)
    }
  }

  private func logistic(_ features: Matrix) throws -> Measured {
    let set = try ProbeFeatures.set(features, classes: classes)
    var measured = Measured()
    let exact = LogisticRegression(cs: [1], standardize: false, tolerance: 1e-8)
    // Of the first fit in the process: a later one finds the heap of those before it.
    measured.peakBytes = try ProcessMemory.peak {
      measured.values["minimum"] = try exact.fit(set, threads: threads).best.objective
    }
    var quick = exact
    quick.tolerance = 1e-5
    for _ in 0..<rounds {
      var fit: LogisticRegression.Fit?
      measured.seconds["logistic", default: []].append(
        try seconds { fit = try quick.fit(set, threads: threads).best })
      guard let fit else { continue }
      measured.values["objective"] = fit.objective
      measured.values["evaluations"] = Double(fit.evaluations)
    }
    return measured
  }

  private func ridge(_ features: Matrix) throws -> Measured {
    let set = try ProbeFeatures.set(features, classes: classes)
    var measured = Measured()
    for _ in 0..<rounds {
      var fit: RidgeClassifier.Fit?
      measured.seconds["ridge", default: []].append(
        try seconds { fit = try RidgeClassifier().fit(set, threads: threads).best })
      measured.seconds["product", default: []].append(try seconds { try rotate(features) })
      measured.values["lambda"] = fit?.lambda
    }
    return measured
  }

  /// N x D x D multiplications.
  private func rotate(_ features: Matrix) throws {
    let dimensions = features.columns
    let blocks = Tiling(features.rows, by: 1024)
    let results = (0..<threads.count).map { _ in Workspace<Float>(1024 * dimensions) }
    try features.withUnsafeBufferPointer { x in
      let base = UncheckedPointer(UnsafeMutablePointer(mutating: x.baseAddress!))
      try parallelLoop(blocks.tiles, threads: threads) { block, worker in
        let rows = blocks[block]
        BLAS.multiply(
          m: rows.count, n: dimensions, k: dimensions, base.pointer + rows.lowerBound * dimensions,
          dimensions,
          base.pointer, dimensions, into: results[worker].base, dimensions)
      }
    }
  }

  private func passes(_ path: String, ofREPA isREPA: Bool, memory: Int) throws -> Measured {
    let source = try ImportedFeatures(path)
    let reader = try source.reader(source.keys[0])
    let rows = FeatureRows(count: reader.rows, dimensions: reader.columns, reader: reader.copy)
    let set = try ProbeSet(rows, labels: (0..<rows.count).map { $0 % classes }, classes: classes)
    var measured = Measured()
    let watch = MemoryWatch()
    if isREPA {
      var probe = GradientProbe.repa
      probe.epochs = 2
      var ends: [ContinuousClock.Instant] = []
      let few = set.selecting(Array(0..<min(1000, set.count)))
      _ = try probe.fit(set, validation: few, memory: memory, threads: threads) { _ in ends.append(.now) }
      measured.seconds["pass"] = [(ends[1] - ends[0]) / .seconds(1)]
    } else {
      let logistic = LogisticRegression(cs: [1], standardize: false, maximumIterations: 4)
      var evaluations = 1
      let time = try seconds {
        evaluations = try logistic.fit(set, memory: memory, threads: threads).best.evaluations
      }
      // With their share of what comes before the first.
      measured.seconds["pass"] = [time / Double(evaluations)]
    }
    measured.peakBytes = watch.stop()
    return measured
  }
}

/// The most memory that this process has had for itself: pages of mapped files, which the system takes back when it
/// needs them, are not counted.
final class MemoryWatch: @unchecked Sendable {
  // Only the watching thread writes until `stop` has waited for it.
  private var highest = 0
  private var isStopped = false
  private let lock = NSLock()
  private let done = DispatchSemaphore(value: 0)
  private let start = MemoryWatch.resident()

  init() {
    Thread.detachNewThread { [self] in
      while !lock.withLock({ isStopped }) {
        highest = max(highest, Self.resident())
        Thread.sleep(forTimeInterval: 0.01)
      }
      done.signal()
    }
  }

  /// Bytes above what there was at the start.
  func stop() -> Int {
    lock.withLock { isStopped = true }
    done.wait()
    return max(highest - start, 0)
  }

  private static func resident() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) * 1024
  }
}
