import RepScope

/// Canonical correlations and Procrustes of one pair against numpy and scipy.
struct FamilyBenchmark: Benchmark {
  static let metrics: [Metric] = [.svcca, .cca, .pwcca, .procrustes]
  static let peers = ["usual", "tuned"]

  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let (x, y) = try files.pair()
    let shape = "pair \(plan.samples) x \(plan.dimensions.x), \(plan.dimensions.y)"
    for metric in Self.metrics.map(\.name) {
      var contenders = [
        Contender("ours", plan.rounds) { try ChildProcess.measure(["pair", x, y, "--metrics", metric]) }
      ]
      for peer in Self.peers where plan.hasPeers {
        contenders.append(
          Contender(peer, plan.peerRounds) {
            try ChildProcess.peer(
              "family.py", [peer, metric, x, y, "--threads", "\(Threads.all.count)"])
          })
      }
      Progress.show("\(metric):")
      report(metric, try interleave(contenders), "\(shape): \(metric)", into: &table)
    }
  }

  private func report(
    _ metric: String, _ results: [String: [Measured]], _ what: String, into table: inout ResultTable
  ) {
    guard let ours = results["ours"], let own = ours.first?.values[metric] else { return }
    let time = ours.timings(["total"])
    if Self.peers.allSatisfy({ results[$0] == nil }) {
      table.add(what, time.text, "\(megabytes(ours.first?.peakBytes)) above the inputs", "")
    }
    for peer in Self.peers {
      guard let others = results[peer], let value = others.first?.values[metric] else { continue }
      let other = others.timings(["total"])
      table.add(
        what, time.text, "\(other.text), \(peer)", "\(digits(other.median / time.median)) times faster")
      table.addMemory("\(what), memory, \(peer)", ours.map(\.peakBytes), others.map(\.peakBytes))
      table.add(
        "\(what), value", rounded(own), "\(rounded(value)) \(peer)", "off by \(scientific(abs(value - own)))")
      if let software = others.first?.software, metric == Self.metrics[0].name {
        table.note("\(peer): \(software)")
      }
    }
  }
}
