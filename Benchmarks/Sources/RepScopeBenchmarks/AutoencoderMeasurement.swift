import Foundation
import RepScope

/// Encoding and decoding of pictures with an AutoencoderKL, from memory to memory, one picture a thread.
struct AutoencoderMeasurement {
  let images: Int
  let threads: Threads

  func run(_ folder: String, pictures: String, output: String) throws -> Measured {
    var measured = Measured()
    var opened: AutoencoderKL?
    measured.seconds["open"] = [try seconds { opened = try AutoencoderKL(folder) }]
    guard let vae = opened, let tensor = try TensorFile.open(pictures).tensors.first, tensor.shape.count == 4
    else { throw BenchmarkError("\(pictures) is no [N, C, H, W]") }
    let (height, width) = (tensor.shape[2], tensor.shape[3])
    let source = try Array(tensor.floats()[..<(images * tensor.count / tensor.shape[0])])
    let factor = vae.configuration.downsamplingFactor
    let latentPixels = height / factor * (width / factor)
    let latentCount = vae.configuration.latentChannels * latentPixels
    let pictureCount = vae.configuration.outputChannels * height * width
    var moments = [Float](repeating: 0, count: images * 2 * latentCount)
    var decoded = [Float](repeating: 0, count: images * pictureCount)
    let workspaces = (0..<threads.count).map { _ in AutoencoderKL.Workspace() }

    func encode(_ count: Int) throws {
      let size = source.count / images
      try source.withUnsafeBufferPointer { source in
        try moments.withUnsafeMutableBufferPointer { moments in
          let target = UncheckedPointer(moments.baseAddress!)
          try parallelLoop(count, threads: threads) { image, worker in
            try vae.encode(
              UnsafeBufferPointer(rebasing: source[image * size..<(image + 1) * size]), height: height,
              width: width, as: .logVariance, workspace: workspaces[worker],
              into: UnsafeMutableBufferPointer(
                start: target.pointer + image * 2 * latentCount, count: 2 * latentCount))
          }
        }
      }
    }
    func decode(_ count: Int) throws {
      try moments.withUnsafeBufferPointer { moments in
        try decoded.withUnsafeMutableBufferPointer { decoded in
          let target = UncheckedPointer(decoded.baseAddress!)
          try parallelLoop(count, threads: threads) { image, worker in
            let start = image * 2 * latentCount
            try vae.decode(
              UnsafeBufferPointer(rebasing: moments[start..<start + latentCount]), height: height / factor,
              width: width / factor, workspace: workspaces[worker],
              into: UnsafeMutableBufferPointer(
                start: target.pointer + image * pictureCount, count: pictureCount))
          }
        }
      }
    }

    // Takes the working memory, and starts the threads.
    measured.peakBytes = try ProcessMemory.peak { try encode(min(threads.count, images)) }
    let before = try MatrixProductSpeed.measure(threads: threads)
    measured.seconds["encode"] = [try seconds { try encode(images) }]
    measured.seconds["decode"] = [try seconds { try decode(images) }]
    let after = try MatrixProductSpeed.measure(threads: threads)
    func operations(_ part: AutoencoderKL.Part) -> Double {
      Double(vae.configuration.floatingPointOperations(of: part, height: height, width: width) * images)
    }
    measured.values = [
      "encode": operations(.encoder), "decode": operations(.decoder), "sgemm": (before + after) / 2,
    ]
    let writer = try SafetensorsWriter(
      output,
      [
        TensorDeclaration(
          name: "moments",
          shape: [images, 2 * vae.configuration.latentChannels, height / factor, width / factor]),
        TensorDeclaration(
          name: "decoded", shape: [images, vae.configuration.outputChannels, height, width]),
      ])
    try writer.append(moments)
    try writer.append(decoded)
    try writer.finish()
    return measured
  }
}
