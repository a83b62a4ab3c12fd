import LinearAlgebra
import Testing

@testable import Probing

@Suite struct GradientProbeTests {
  @Test(
    "SGD on the digits ends in the goldens' range",
    arguments: [("batchnorm_plain", true, 1e-5), ("batchnorm_mae_affine_false_eps1e-6", false, 1e-6)])
  func goldens(name: String, isAffine: Bool, epsilon: Double) throws {
    let expected = try #require(try Goldens.expected("sgd_probe")[name])
    let range = try #require(expected["accept_range"] as? [Double])
    var probe = GradientProbe.sgd
    probe.hasAffineNorm = isAffine
    probe.normEpsilon = epsilon
    let fit = try probe.fit(Goldens.set("train"), validation: Goldens.set("test"))
    #expect((range[0]...range[1]).contains(fit.report.accuracy), "\(fit.report.accuracy)")
    #expect(fit.epochs.map(\.number) == Array(1...30))
    #expect(fit.epochs[29].validationAccuracy == fit.report.accuracy)
    #expect(fit.epochs[29].trainingLoss < fit.epochs[0].trainingLoss)
    #expect(fit.steps == 30 * 7)
  }

  @Test(
    "Whole-batch training is what the definition in Double gives", arguments: GradientProbe.all.map(\.name))
  func direct(name: String) throws {
    var probe = try #require(GradientProbe.all.first { $0.name == name })
    (probe.epochs, probe.warmupEpochs, probe.batchSize) = (6, min(2, probe.warmupEpochs), 1000)
    probe.learningRate *= 10
    (probe.weightDecay, probe.seed) = (0.01, 7)
    let train = try ProbeData.blobs(samples: 40, dimensions: 6, classes: 3, seed: 5)
    let test = try ProbeData.blobs(samples: 30, dimensions: 6, classes: 3, seed: 6)
    let fit = try probe.fit(train, validation: test)
    let expected = try DirectTraining(probe, train).run()
    let (a, b) = (try ProbeData.logits(fit.classifier, test), try ProbeData.logits(expected, test))
    let largest = b.joined().map(abs).max()!
    for (x, y) in zip(a.joined(), b.joined()) { #expect(abs(x - y) <= 2e-5 * largest, "\(x), not \(y)") }
  }

  @Test("Neither threads nor reading batches from the source change a bit")
  func sameBits() throws {
    var probe = GradientProbe.repaAffine
    (probe.epochs, probe.batchSize) = (2, 300)
    let (train, test) = (try Goldens.set("train"), try Goldens.set("test"))
    let fits = try [(1, Int.max), (3, Int.max), (3, 0)].map { threads, memory in
      try probe.fit(train, validation: test, memory: memory, threads: Threads(threads))
    }
    #expect(fits.dropFirst().allSatisfy { $0 == fits[0] })
    probe.seed = 1
    #expect(try probe.fit(train, validation: test) != fits[0])
  }

  @Test("The learning rate warms up and falls by half a cosine")
  func schedule() {
    let mae = GradientProbe.mae
    #expect(mae.rate(at: 5, batch: 16_384) == 3.2)
    #expect(mae.rate(at: 10, batch: 16_384) == 6.4)
    #expect(abs(mae.rate(at: 50, batch: 16_384) - 3.2) < 1e-12)
    #expect(abs(GradientProbe.lDAE.rate(at: 90, batch: 16_384)) < 1e-15)
    #expect(GradientProbe.repa.rate(at: 0, batch: 4) == 1e-3)
  }

  @Test("A rate that runs away is an error, not NaN")
  func divergence() throws {
    var probe = GradientProbe.sgd
    probe.learningRate = 1e38
    let set = try ProbeData.blobs(samples: 300, dimensions: 4, classes: 3, seed: 5)
    let error = #expect(throws: ProbeError.self) { try probe.fit(set, validation: set) }
    #expect(error?.code == .diverged)
  }
}
