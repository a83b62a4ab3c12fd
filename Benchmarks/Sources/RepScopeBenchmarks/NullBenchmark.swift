import Foundation
import RepScope

/// The values of CKNNA under many permutations, from two neighbor graphs.
struct NullMeasurement {
  let permutations: Int
  let rounds: Int
  let settings: AlignmentSettings
  let threads: Threads

  func run(_ x: Matrix, _ y: Matrix) throws -> Measured {
    let metrics = [Metric.cknna]
    func prepare() throws -> [PreparedRepresentation] {
      try [x, y].map {
        try PreparedRepresentation($0, for: metrics, settings: settings, threads: threads)
      }
    }
    var sides: [PreparedRepresentation] = []
    func values(_ count: Int) throws -> [Double] {
      try Metric.nullValues(
        metrics, sides[0], sides[1], permutations: Permutations(count: count), settings: settings,
        threads: threads)[0]
    }
    // What is made of the inputs counts, as it does for the peer.
    var measured = Measured()
    measured.peakBytes = try ProcessMemory.peak {
      sides = try prepare()
      _ = try values(permutations)
    }
    for _ in 0..<rounds {
      var null: [Double] = []
      measured.seconds["total", default: []].append(try seconds { null = try values(permutations) })
      for (index, value) in null.prefix(NullBenchmark.shared).enumerated() {
        measured.values["cknna-\(index)"] = value
      }
    }
    return measured
  }
}

/// The null distribution of CKNNA against the dense way in PyTorch, of which a few permutations are timed.
struct NullBenchmark: Benchmark {
  static let permutations = 1000
  /// How many permutations the peers measure, the first ones of ours.
  static let shared = 5

  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let (x, y) = try files.pair()
    let orders = try files.orders(Self.shared)
    func peer(_ variant: String) throws -> Measured {
      try ChildProcess.peer(
        "dense.py",
        [variant, x, y, "--k", "\(plan.k)", "--threads", "\(Threads.all.count)", "--orders", orders])
    }
    var contenders = [
      Contender("ours", plan.rounds) {
        try ChildProcess.measure([
          "null", x, y, "--k", "\(plan.k)", "--permutations", "\(Self.permutations)",
        ])
      }
    ]
    if plan.hasPeers {
      contenders += [
        Contender("tuned", plan.peerRounds) { try peer("null-tuned") },
        Contender("usual", plan.usualRounds) { try peer("null-usual") },
      ]
    }
    let results = try interleave(contenders)
    guard let ours = results["ours"] else { return }
    let name = "null \(plan.samples) x \(plan.dimensions.x), \(plan.dimensions.y)"
    let own = ours.timings(["total"])
    for variant in ["usual", "tuned"] {
      guard let others = results[variant], let first = others.first else { continue }
      let each = others.timings(["permutation"])
      let all = each.median * Double(Self.permutations)
      table.add(
        "\(name): \(Self.permutations) permutations of CKNNA", own.text,
        "\(digits(all)) s, \(variant), from \(Self.shared) of \(each.text)",
        "\(digits(all / own.median)) times faster")
      let differences = first.values.compactMap { name, value in
        ours.first?.values[name].map { abs($0 - value) }
      }
      table.add(
        "\(name): the first \(differences.count) values", "", variant,
        "off by \(scientific(differences.max() ?? .nan)) at most")
      table.addMemory(
        "\(name): peak memory above inputs, \(variant)", ours.map(\.peakBytes), others.map(\.peakBytes))
    }
    if !plan.hasPeers { table.add("\(name): \(Self.permutations) permutations of CKNNA", own.text, "", "") }
  }
}
