import LinearAlgebra
import TensorFiles
import Testing

@testable import Fidelity

@Suite struct GoldenTests {
  @Test(
    "The Frechet distance is scipy's with sqrtm to 1e-6, and the exact one to 1e-9",
    arguments: Goldens.pairNames)
  func frechet(name: String) throws {
    let (pair, x, y) = try Goldens.pair(name)
    let (a, b) = (try GaussianMoments(of: x), try GaussianMoments(of: y))
    let found = try FrechetDistance.value(a, b)
    #expect(abs(found / pair.fidSqrtm - 1) < 1e-6, "found \(found), expected \(pair.fidSqrtm)")
    // The distance is a difference of traces, which are off by their own rounding.
    let rounding = 1e-14 * (a.trace + b.trace)
    #expect(abs(found - pair.fid) < 1e-9 * pair.fid + rounding, "found \(found), expected \(pair.fid)")
    #expect(try abs(FrechetDistance.value(b, a) - found) <= 1e-9 * found + rounding)
  }

  @Test("The kernel distance agrees", arguments: Goldens.pairNames)
  func kernel(name: String) throws {
    let (pair, x, y) = try Goldens.pair(name)
    let all = try KernelDistance.value(x, y)
    // What is subtracted is as large as the mean kernel value: (|x|² / D + 1)³.
    let norms = try (x.squaredRowNorms(threads: .all) + y.squaredRowNorms(threads: .all)).max() ?? 0
    let base = norms / Double(x.columns) + 1
    let rounding = 1e-14 * base * base * base
    #expect(abs(all - pair.kidFull) < 1e-10 * abs(pair.kidFull) + rounding)
    let estimate = try KernelDistance.estimate(x, y, threads: .all, subsets: pair.subsetsX.count) {
      (pair.subsetsX[$0], pair.subsetsY[$0])
    }
    #expect(abs(estimate.mean - pair.kid) < 1e-10 * abs(pair.kid) + rounding)
    #expect(abs(estimate.deviation - pair.kidDeviation) < 1e-10 * pair.kidDeviation + rounding)
  }

  @Test("Precision, recall, density and coverage are equal", arguments: Goldens.pairNames)
  func manifolds(name: String) throws {
    let (pair, x, y) = try Goldens.pair(name)
    let found = try SampleManifolds.values(x, y, recallK: pair.k, coverageK: pair.coverageK)
    #expect(found.precision == pair.precision)
    #expect(found.recall == pair.recall)
    #expect(abs(try #require(found.density) - pair.density) < 1e-15)
    #expect(found.coverage == pair.coverage)
  }

  @Test(arguments: ["logits", "probabilities"])
  func inceptionScore(name: String) throws {
    let expected = try #require(try Goldens.load().inceptionScores[name])
    let found = try InceptionScore.value(Goldens.matrix(name))
    #expect(found.scores.rawValue == name)
    #expect(abs(found.mean - expected.mean) < 1e-12 * expected.mean)
    #expect(abs(found.deviation - expected.deviation) < 1e-10)
  }

  @Test func momentsFromFilesGiveTheFeaturesDistance() throws {
    func moments(_ file: String, _ mean: String, _ covariance: String) throws -> GaussianMoments {
      let file = try TensorFile.open("\(Goldens.folder)/\(file)")
      let (mu, sigma) = (try #require(file[mean]), try #require(file[covariance]))
      return try GaussianMoments(
        mean: mu.doubles(),
        covariance: DoubleMatrix(rows: sigma.shape[0], columns: sigma.shape[1], elements: sigma.doubles()))
    }
    let pair = try Goldens.pair("tall").pair
    let (x, y) = (try moments("moments.npz", "mu", "sigma"), try moments("moments_adm.npz", "mu", "sigma"))
    // One side was stored in Float32.
    #expect(abs(try FrechetDistance.value(x, y) / pair.fid - 1) < 1e-6)
    let wide = try Goldens.pair("wide")
    let spatial = try moments("moments_adm.npz", "mu_s", "sigma_s")
    #expect(abs(try FrechetDistance.value(GaussianMoments(of: wide.x), spatial) / wide.pair.fid - 1) < 1e-6)
  }
}
