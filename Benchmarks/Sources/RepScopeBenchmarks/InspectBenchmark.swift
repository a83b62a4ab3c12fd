import Foundation
import RepScope

/// Opening a file of tensors: its directory, shapes and types, no element.
struct InspectMeasurement {
  func run(_ path: String, repetitions: Int = 20) throws -> Measured {
    var measured = Measured()
    // Everything is small here: the first repetition alone would measure the program's own start.
    _ = try elements(path)
    measured.peakBytes = try ProcessMemory.peak {
      for _ in 0..<repetitions {
        measured.seconds["open", default: []].append(
          try seconds { measured.values["elements"] = Double(try elements(path)) })
      }
    }
    measured.seconds["read"] = [try seconds { try readAll(path) }]
    return measured
  }

  private func elements(_ path: String) throws -> Int {
    try TensorFile.open(path).tensors.reduce(0) { $0 + $1.count }
  }

  /// Every byte of the file, once, into the same piece of memory: what a program does at the least that loads it.
  private func readAll(_ path: String) throws {
    guard let file = fopen(path, "rb") else { throw BenchmarkError("cannot open \(path)") }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1 << 22)
    while fread(&buffer, 1, buffer.count, file) > 0 {}
  }
}

/// Opening 1 GB of features, against reading them once from the page cache.
struct InspectBenchmark: Benchmark {
  private static let shape = [1 << 10, 1 << 10]
  private static let tensors = 238

  func run(_ plan: Plan, _ files: FeatureFiles, into table: inout ResultTable) throws {
    let folder = try TemporaryFolder()
    let (safetensors, npy) = (folder.path("large.safetensors"), folder.path("large-tensor.npy"))
    try write(safetensors, npy)
    func opening(_ path: String) -> () throws -> Measured {
      { try ChildProcess.measure(["inspect", path]) }
    }
    let results = try interleave([
      Contender("safetensors", plan.rounds, opening(safetensors)),
      Contender("npy", plan.rounds, opening(npy)),
    ])
    for (name, path) in [("safetensors", safetensors), ("npy", npy)] {
      guard let measured = results[name] else { continue }
      let (open, read) = (measured.timings(["open"]), measured.timings(["read"]))
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      table.add(
        "inspect \(name) of \(megabytes(size)): time", open.text, "\(read.text), reading it",
        "\(digits(read.median / open.median)) times faster")
      table.addMemory(
        "inspect \(name) of \(megabytes(size)): peak memory", measured.map(\.peakBytes), [size])
    }
  }

  private func write(_ safetensors: String, _ npy: String) throws {
    let values = (0..<Self.shape[0] * Self.shape[1]).map { Float($0 % 4099) }
    let names = (0..<Self.tensors).map { "layer\($0)" }
    let archive = try SafetensorsWriter(
      safetensors, names.map { TensorDeclaration(name: $0, shape: Self.shape) })
    let array = try NumPyWriter(npy, shape: [Self.tensors] + Self.shape)
    for _ in names {
      try archive.append(values)
      try array.append(values)
    }
    try archive.finish()
    try array.finish()
  }
}
