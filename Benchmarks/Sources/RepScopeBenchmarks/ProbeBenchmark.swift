import Foundation
import RepScope

/// Linear probes beside scikit-learn, and what ImageNet's size costs.
struct ProbeBenchmark: Benchmark {
  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let folder = try TemporaryFolder()
    let shape = "\(plan.probe.samples) x \(plan.dimensions.x), \(plan.probe.classes) classes"
    // Hidden states' sizes fall along their directions; equal sizes are the easy case for any solver.
    for (name, decay) in [("falling sizes", 0.75), ("equal sizes", 0.0)] {
      let path = folder.path("features.npy")
      Progress.show("features of \(name)")
      try ProbeFeatures.write(
        samples: plan.probe.samples, dimensions: plan.dimensions.x, classes: plan.probe.classes, decay: decay,
        seed: 11, to: path)
      try logistic("\(shape), \(name)", path, plan, into: &table)
      if decay > 0 { try ridge(shape, path, plan, into: &table) }
    }
    try passes(folder.path("large.npy"), plan, into: &table)
  }

  private func logistic(_ shape: String, _ path: String, _ plan: Plan, into table: inout ResultTable) throws {
    let classes = ["--classes", "\(plan.probe.classes)"]
    Progress.show("logistic")
    let ours = try ChildProcess.measure(
      ["probe", path, "--method", "logistic", "--rounds", "\(plan.rounds)"] + classes)
    let (minimum, reached) = (ours.values["minimum"] ?? .nan, ours.values["objective"] ?? .nan)
    let own = [ours].timings(["logistic"])
    let excess = scientific((reached - minimum) / minimum)
    guard plan.hasPeers else {
      table.add("logistic \(shape)", own.text, "no peer", "\(excess) above the minimum")
      return
    }
    let peer = try ChildProcess.peer("probe.py", ["logistic", path, "--minimum", "\(minimum)"] + classes)
    let other = [peer].timings(["logistic"])
    table.add(
      "logistic \(shape): to 1e-4 above the minimum", own.text, "\(other.text), scikit-learn",
      "\(digits(other.median / own.median)) times faster")
    table.add(
      "logistic \(shape): above the minimum", excess,
      scientific(((peer.values["objective"] ?? .nan) - minimum) / minimum),
      "\(Int(ours.values["evaluations"] ?? 0)) passes against \(Int(peer.values["iterations"] ?? 0)) iterations"
    )
    table.addMemory("logistic \(shape): peak memory above features", [ours.peakBytes], [peer.peakBytes])
    table.note("scikit-learn: \(peer.software)")
  }

  private func ridge(_ shape: String, _ path: String, _ plan: Plan, into table: inout ResultTable) throws {
    Progress.show("ridge")
    let classes = ["--classes", "\(plan.probe.classes)"]
    let ours = try ChildProcess.measure(
      ["probe", path, "--method", "ridge", "--rounds", "\(plan.rounds)"] + classes)
    let (own, product) = ([ours].timings(["ridge"]), [ours].timings(["product"]))
    table.add(
      "ridge \(shape): nine lambdas, leave-one-out", own.text, "\(product.text), N x D x D sgemm",
      "\(digits(own.median / product.median)) products")
    guard plan.hasPeers else { return }
    let peer = try ChildProcess.peer(
      "probe.py", ["ridge", path, "--alpha", "\(ours.values["lambda"] ?? 1)"] + classes)
    let other = [peer].timings(["ridge"])
    table.add(
      "ridge \(shape): against one alpha, nothing left out", own.text, "\(other.text), scikit-learn",
      "\(digits(other.median / own.median)) times faster")
  }

  private func passes(_ path: String, _ plan: Plan, into table: inout ResultTable) throws {
    let (samples, classes) = (plan.probe.largeSamples, plan.probe.largeClasses)
    Progress.show("features of \(samples) samples")
    try ProbeFeatures.write(
      samples: samples, dimensions: plan.dimensions.x, classes: classes, decay: 0.75, seed: 21, to: path)
    let features = samples * plan.dimensions.x * 4
    let operations = 4 * Double(samples) * Double(plan.dimensions.x) * Double(classes)
    for (method, what) in [
      ("lbfgs-kept", "L-BFGS, features kept"), ("lbfgs-read-again", "L-BFGS, features read again"),
      ("repa-kept", "repa, features kept"), ("repa-read-again", "repa, features read again"),
    ] {
      Progress.show(what)
      let measured = try ChildProcess.measure(["probe", path, "--method", method, "--classes", "\(classes)"])
      let time = [measured].timings(["pass"]).median
      table.add(
        "\(samples) x \(plan.dimensions.x), \(classes) classes: \(what), a pass",
        "\(digits(time)) s, \(digits(operations / time / 1e9)) Gflop/s", "\(megabytes(features)) of features",
        "\(megabytes(measured.peakBytes)) of memory")
    }
  }
}
