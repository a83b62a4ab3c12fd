import Features
import LinearAlgebra

/// Pictures, or ready inputs, and a vision encoder: a row is one piece of work.
struct EncoderWork<Model: EncoderModel>: ExtractionWork {
  let model: Model
  let inputs: EncoderInputs
  let plan: EncoderPlan

  init(_ model: Model, inputs: EncoderInputs, settings: EncoderSettings) throws {
    self.model = model
    self.inputs = inputs
    plan = try EncoderPlan(settings, encoder: model.encoder, inputs: inputs)
  }

  var description: ArchiveDescription { plan.description }
  var samples: ArchiveSamples { plan.archiveSamples }
  var piecesPerRow: Int { 1 }

  func prepare(threads: Threads) {}

  func makeWorker() -> Worker { Worker(self) }

  func compute(
    row: Int, piece: Int, _ worker: Worker, into target: (Int) -> UnsafeMutableBufferPointer<Float>
  ) throws {
    try worker.run(sample: plan.samples[row], into: target)
  }

  /// One thread's memory: an image's input, the network's, and the way from hidden states to rows.
  final class Worker {
    private let work: EncoderWork
    private let collector: TapCollector<EncoderTap>
    private lazy var memory = work.model.makeWorkspace()
    private let input: Workspace<Float>

    init(_ work: EncoderWork) {
      self.work = work
      collector = TapCollector(work.plan.taps, work.plan.rows, label: \.label, network: "encoder")
      input = Workspace(work.inputs.shape.elements)
    }

    func run(sample: Int, into target: (Int) -> UnsafeMutableBufferPointer<Float>) throws {
      let values = UnsafeMutableBufferPointer(start: input.base, count: input.count)
      try work.inputs.read(sample, into: values)
      try collector.collect(into: target, sample: { work.inputs.samples.name(sample) }) { [self] take in
        try work.model.run(
          UnsafeBufferPointer(values), taps: collector.taps, workspace: memory, take)
      }
    }
  }
}
