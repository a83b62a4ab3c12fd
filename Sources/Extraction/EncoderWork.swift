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
    private let taps: Set<EncoderTap>
    private let places: [EncoderTap: Int]
    private lazy var memory = work.model.makeWorkspace()
    private let input: Workspace<Float>
    private let sum: Workspace<Double>

    init(_ work: EncoderWork) {
      self.work = work
      taps = Set(work.plan.taps)
      places = Dictionary(uniqueKeysWithValues: work.plan.taps.enumerated().map { ($1, $0) })
      input = Workspace(work.inputs.shape.elements)
      sum = Workspace(work.plan.rows.map { $0.shape.lengths.last ?? 0 }.max() ?? 0)
    }

    func run(sample: Int, into target: (Int) -> UnsafeMutableBufferPointer<Float>) throws {
      let values = UnsafeMutableBufferPointer(start: input.base, count: input.count)
      try work.inputs.read(sample, into: values)
      var missing = taps
      do {
        try work.model.run(UnsafeBufferPointer(values), taps: taps, workspace: memory) { tap, values in
          guard missing.remove(tap) != nil, let place = places[tap] else {
            throw ExtractionError(
              .network, "the encoder gave \(tap.label), which is not what it was asked for")
          }
          try work.plan.rows[place].take(values, into: target(place), sum: sum) {
            work.inputs.samples.name(sample)
          }
        }
      } catch let error as ExtractionError {
        throw error
      } catch {
        // The network knows its file and its layers, but not what it was given.
        throw ExtractionError(.network, "\(work.inputs.samples.name(sample)): \(error)")
      }
      if let tap = missing.first {
        throw ExtractionError(.network, "the encoder gave nothing for \(tap.label)")
      }
    }
  }
}
