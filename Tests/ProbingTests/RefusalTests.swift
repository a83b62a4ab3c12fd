import LinearAlgebra
import Testing

@testable import Probing

@Suite struct RefusalTests {
  static let good = try! ProbeData.blobs(samples: 12, dimensions: 3, classes: 3, seed: 1)

  static func set(_ labels: [Int], rows: Int? = nil, columns: Int = 3, value: Float = 1, classes: Int = 3)
    throws
    -> ProbeSet
  {
    let count = rows ?? labels.count
    var matrix = Matrix(rows: count, columns: columns, elements: ProbeData.normal(count * columns, seed: 8))
    if count > 2, columns > 1 { matrix[2, 1] = value }
    return try ProbeSet(FeatureRows(matrix), labels: labels, classes: classes)
  }

  @Test("Sets that no probe can use", arguments: ProbeProtocol.names)
  func sets(name: String) throws {
    let probe = try #require(ProbeProtocol.named(name))
    func code(_ train: ProbeSet, _ validation: ProbeSet) -> ProbeError.Code? {
      do {
        _ = try probe.run(train: train, validation: validation)
        return nil
      } catch let error as ProbeError {
        return error.code
      } catch {
        return nil
      }
    }
    let few = try Self.set([0, 1, 2, 0])
    #expect(code(few.selecting([]), Self.good) == .emptySplit)
    #expect(code(Self.good, few.selecting([])) == .emptySplit)
    #expect(code(try Self.set([1, 1, 1]), Self.good) == .oneClass)
    #expect(code(Self.good, try Self.set([0, 1], columns: 4)) == .dimensionsDiffer)
    #expect(code(Self.good, try Self.set([0, 1], classes: 5)) == .badLabels)
    let labels = (0..<30).map { $0 % 3 }
    #expect(code(try Self.set(labels, value: .nan), Self.good) == .notFinite)
    #expect(code(try Self.set(labels), try Self.set([0, 1, 2], value: .infinity)) == .notFinite)
  }

  @Test("A row that is not finite is named by its place in the source")
  func place() throws {
    let set = try Self.set((0..<30).map { $0 % 3 }, value: .nan)
    let part = set.selecting([7, 5, 2, 9, 11])
    for name in ["logistic", "ridge", "repa", "knn"] {
      var probe = try #require(ProbeProtocol.named(name))
      if name == "knn" { probe = .neighbors(NeighborClassifier(k: 1)) }
      let error = #expect(throws: ProbeError.self) { try probe.run(train: part, validation: Self.good) }
      #expect(error?.row == 2)
      #expect(error?.description.contains("row 2 has nan in dimension 1") == true, "\(error!)")
    }
  }

  @Test("Labels that do not fit")
  func labels() {
    let matrix = FeatureRows(Matrix(rows: 3, columns: 2))
    for labels in [[0, 1], [0, 1, 2, 0], [0, 1, 3], [0, -1, 1]] {
      let error = #expect(throws: ProbeError.self) { try ProbeSet(matrix, labels: labels, classes: 3) }
      #expect(error?.code == .badLabels)
    }
  }

  @Test("Settings out of range")
  func settings() throws {
    var slow = GradientProbe.repa
    slow.epochs = 0
    var small = GradientProbe.repa
    small.batchSize = 1
    var warm = GradientProbe.mae
    warm.warmupEpochs = 90
    let probes: [ProbeProtocol] = [
      .logistic(LogisticRegression(cs: [])), .logistic(LogisticRegression(cs: [0])),
      .logistic(LogisticRegression(cs: [.nan])), .logistic(LogisticRegression(cs: [1, 2], holdout: 1)),
      .ridge(RidgeClassifier(lambdas: [])), .ridge(RidgeClassifier(lambdas: [-1])), .gradient(slow),
      .gradient(small), .gradient(warm), .neighbors(NeighborClassifier(k: 0)),
      .neighbors(NeighborClassifier(k: 3, temperature: 0)),
    ]
    for probe in probes {
      let error = #expect(throws: ProbeError.self) { try probe.run(train: Self.good, validation: Self.good) }
      #expect(error?.code == .invalidSetting, "\(probe)")
    }
    let many = ProbeProtocol.neighbors(NeighborClassifier(k: 13))
    let error = #expect(throws: ProbeError.self) { try many.run(train: Self.good, validation: Self.good) }
    #expect(error?.code == .tooFewSamples)
  }

  @Test("Every class gives its share to the held-out samples, and keeps one")
  func stratified() throws {
    let labels = [Int32](repeating: 0, count: 40) + [Int32](repeating: 1, count: 10) + [2, 2, 3]
    let (rest, drawn) = try StratifiedSplit.split(labels, drawing: 0.2, seed: 5)
    #expect((rest + drawn).sorted() == Array(0..<53))
    #expect(rest == rest.sorted() && drawn == drawn.sorted())
    let counts = (0..<4).map { label in drawn.count { labels[$0] == label } }
    #expect(counts == [8, 2, 1, 0])
    #expect(try StratifiedSplit.split(labels, drawing: 0.2, seed: 5).drawn == drawn)
    #expect(try StratifiedSplit.split(labels, drawing: 0.2, seed: 6).drawn != drawn)
    // A class more leaves the draw of the others as it was.
    let more = try StratifiedSplit.split(labels + [4, 4, 4], drawing: 0.2, seed: 5).drawn
    #expect(more.filter { $0 < 53 } == drawn)
  }

  @Test("A class without training samples is told of")
  func untrained() throws {
    let train = Self.good.selecting((0..<12).filter { Self.good.labels[$0] < 2 })
    let result = try ProbeProtocol.neighbors(NeighborClassifier(k: 3)).run(
      train: train, validation: Self.good)
    #expect(result.warnings.contains { $0.contains("no training sample") })
  }

  @Test("A setting that is changed changes what a row says of its probe")
  func parameters() {
    var logistic = LogisticRegression()
    var texts = [ProbeProtocol.logistic(logistic).parameters]
    logistic.maximumIterations += 1
    texts.append(ProbeProtocol.logistic(logistic).parameters)
    logistic.tolerance /= 2
    texts.append(ProbeProtocol.logistic(logistic).parameters)
    let changes: [(inout GradientProbe) -> Void] = [
      { $0.optimizer = .sgd }, { $0.learningRate *= 2 }, { $0.scalesWithBatch.toggle() },
      { $0.batchSize += 1 },
      { $0.epochs += 1 }, { $0.warmupEpochs += 1 }, { $0.momentum = 0.5 }, { $0.weightDecay = 0.1 },
      { $0.hasAffineNorm.toggle() }, { $0.normEpsilon *= 2 }, { $0.initialDeviation *= 2 }, { $0.seed += 1 },
    ]
    texts.append(ProbeProtocol.gradient(.mae).parameters)
    for change in changes {
      var probe = GradientProbe.mae
      change(&probe)
      texts.append(ProbeProtocol.gradient(probe).parameters)
    }
    #expect(Set(texts).count == texts.count, "\(texts)")
  }
}
