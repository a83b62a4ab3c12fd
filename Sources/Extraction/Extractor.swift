import Features
import LinearAlgebra
import Synchronization

/// Takes latents through a diffusion transformer and writes its hidden states to a feature archive.
///
/// The archive's bytes depend on model, latents and settings alone: not on threads, on the order of the work, on how it is
/// parted among machines, or on how often it was interrupted. Memory holds one shard's rows and one image a thread.
///
///     let extractor = try Extractor(model, latents: Latents("vae-sd"), settings: settings)
///     try extractor.run(to: "sit-xl-2")
///     let archive = try FeatureArchive("sit-xl-2")
public struct Extractor<Model: HiddenStateModel>: Sendable {
  public let model: Model
  public let latents: Latents
  public let settings: ExtractionSettings
  private let plan: ExtractionPlan

  /// Checks that settings, model and latents fit.
  ///
  /// - Throws: ``ExtractionError``, or `TensorFileError` for latents and noise that cannot be read.
  public init(_ model: Model, latents: Latents, settings: ExtractionSettings) throws {
    self.model = model
    self.latents = latents
    self.settings = settings
    plan = try ExtractionPlan(settings, network: model.network, latents: latents)
  }

  /// What the archive will say of itself.
  public var description: ArchiveDescription { plan.description }

  /// How far a run has come.
  public struct Progress: Sendable, Hashable {
    /// Images done in this run.
    public let done: Int
    /// Images to do in this run.
    public let total: Int
  }

  /// What a run has left behind.
  public struct Result: Sendable, Hashable {
    /// Shards that this run has computed.
    public let computed: Int
    /// Shards of its part that were there already.
    public let found: Int
    /// Shards of the archive that are still missing: other runs' parts.
    public let missing: Int
  }

  /// Computes the shards that are missing and leaves the others as they are.
  ///
  /// - Parameters:
  ///   - path: The archive's folder; it is made where there is none.
  ///   - part: Which of the shards this run is to compute.
  ///   - progress: Called after each image, one call at a time, on any thread. An error that it throws ends the run.
  /// - Throws: ``ExtractionError`` for settings other than those of the archive that is there, and for hidden states that
  ///   cannot be kept; the model's, `TensorFileError` or `FeatureError` for files. Finished shards stay.
  /// - Complexity: one run of the network a sample and time step.
  @discardableResult
  public func run(
    to path: String, part: ExtractionPart = .whole, threads: Threads = .all,
    progress: @Sendable (Progress) throws -> Void = { _ in }
  ) throws -> Result {
    let description = plan.description
    let writer = try ArchiveWriter(path, description: description, samples: plan.archiveSamples)
    let own = stride(from: part.index, to: description.shardCount, by: part.count)
    let present = try writer.shards()
    let todo = own.filter { !present.contains($0) }
    let total = todo.reduce(0) { $0 + description.rows(ofShard: $1).count }
    let done = Mutex(0)
    if !todo.isEmpty {
      let cache = ConditioningCache(model, timesteps: plan.steps.count)
      if settings.condition == .nullLabel, let label = plan.labels.first {
        for step in plan.steps {
          _ = try cache.conditioning(timestep: step.condition, label: label, threads: threads)
        }
      }
      let rows = ShardRows(description)
      let workers = (0..<threads.count).map { _ in
        ExtractionWorker(model, plan: plan, settings: settings, latents: latents)
      }
      for shard in todo {
        try compute(shard, rows, workers, cache, threads) {
          try done.withLock { done in
            done += 1
            try progress(Progress(done: done, total: total))
          }
        }
        try writer.write(shard: shard) { rows.all($0, rows: description.rows(ofShard: shard).count) }
      }
    }
    let missing = description.shardCount - (try writer.folder.shards().count { $0 < description.shardCount })
    return Result(computed: todo.count, found: Array(own).count - todo.count, missing: missing)
  }

  /// Computes the rows of a shard: one piece of work a sample and time step.
  private func compute(
    _ shard: Int, _ rows: ShardRows, _ workers: [ExtractionWorker<Model>], _ cache: ConditioningCache<Model>,
    _ threads: Threads, imageIsDone: () throws -> Void
  ) throws {
    let range = plan.description.rows(ofShard: shard)
    let stepsLeft = Mutex([Int](repeating: plan.steps.count, count: range.count))
    try parallelLoop(range.count * plan.steps.count, threads: threads) { piece, worker in
      let (row, step) = piece.quotientAndRemainder(dividingBy: plan.steps.count)
      let place = range.lowerBound + row
      let conditioning = try cache.conditioning(
        timestep: plan.steps[step].condition, label: plan.labels[place], threads: Threads(1))
      try workers[worker].run(sample: plan.samples[place], step: step, conditioning: conditioning) { tap in
        rows.row(row, of: plan.representation(step: step, tap: tap))
      }
      let isDone = stepsLeft.withLock { left in
        left[row] -= 1
        return left[row] == 0
      }
      if isDone { try imageIsDone() }
    }
  }
}
