import Foundation
import RepScope

/// The patches' mean of every layer of a vision transformer, one image a thread.
struct EncoderMeasurement {
  let images: Int
  let threads: Threads

  func run(_ checkpoint: String, inputs: String, output: String) throws -> Measured {
    var measured = Measured()
    var opened: VisionTransformer?
    measured.seconds["open"] = [try seconds { opened = try VisionTransformer(checkpoint) }]
    guard let model = opened else { throw BenchmarkError("\(checkpoint) was not opened") }
    let pixels = RandomEncoder.input.reduce(1, *)
    let tensor = try TensorFile.open(inputs).tensors[0]
    let pictures = try tensor.floats()
    // Reads the weights, chooses the BLAS kernel and starts the threads.
    _ = try pooled(model, pictures, pixels, images: min(threads.count, images))
    let before = try MatrixProductSpeed.measure(threads: threads)
    let clockBefore = clock()
    var means: [Float] = []
    measured.seconds["total"] = [try seconds { means = try pooled(model, pictures, pixels, images: images) }]
    measured.seconds["processor"] = [Double(clock() - clockBefore) / Double(CLOCKS_PER_SEC)]
    let after = try MatrixProductSpeed.measure(threads: threads)
    let size = try FileManager.default.attributesOfItem(atPath: checkpoint)[.size] as? Int
    // The mapped weights count as resident: everything else that the process ever had is above the file's size.
    measured.peakBytes = ProcessMemory.highest.map { $0 - (size ?? 0) }
    measured.values = [
      "operations": Double(model.configuration.floatingPointOperations * images),
      "sgemm": (before + after) / 2,
    ]
    try write(means, model.configuration, to: output)
    return measured
  }

  /// [layers, images, width]
  private func pooled(
    _ model: VisionTransformer, _ pictures: [Float], _ pixels: Int, images: Int
  ) throws -> [Float] {
    let configuration = model.configuration
    let (depth, width, patches) = (
      configuration.depth, configuration.width, configuration.tokenLayout.patches
    )
    let taps = Set((1...depth).map { VisionTransformer.Tap.layer($0) })
    let workspaces = WorkspacePool((0..<threads.count).map { _ in model.makeWorkspace() })
    var means = [Float](repeating: 0, count: depth * images * width)
    try means.withUnsafeMutableBufferPointer { buffer in
      let target = UncheckedPointer(buffer.baseAddress!)
      try parallelLoop(images, threads: threads) { image, worker in
        try pictures.withUnsafeBufferPointer { pictures in
          let picture = UnsafeBufferPointer(rebasing: pictures[image * pixels..<(image + 1) * pixels])
          try model.run(picture, taps: taps, workspace: workspaces.all[worker]) { tap, tokens in
            guard case .layer(let layer) = tap else { return }
            let mean = target.pointer + ((layer - 1) * images + image) * width
            for row in patches {
              for column in 0..<width { mean[column] += tokens[row * width + column] }
            }
            for column in 0..<width { mean[column] /= Float(patches.count) }
          }
        }
      }
    }
    return means
  }

  private func write(
    _ means: [Float], _ configuration: VisionTransformer.Configuration, to path: String
  ) throws {
    let count = images * configuration.width
    let writer = try SafetensorsWriter(
      path,
      (1...configuration.depth).map {
        TensorDeclaration(name: "\($0)", shape: [images, configuration.width])
      })
    for layer in 0..<configuration.depth {
      try writer.append(Array(means[layer * count..<(layer + 1) * count]))
    }
    try writer.finish()
  }
}

/// One workspace a worker of the parallel loop.
// Unchecked because two calls with the same worker never overlap.
private struct WorkspacePool: @unchecked Sendable {
  let all: [VisionTransformer.Workspace]

  init(_ all: [VisionTransformer.Workspace]) {
    self.all = all
  }
}
