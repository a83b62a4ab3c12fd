import Features
import LinearAlgebra
import Synchronization

/// Takes samples through a network and writes its hidden states to a feature archive.
///
/// The archive's bytes depend on model, samples and settings alone: not on threads, on the order of the work, on how it
/// is parted among machines, or on how often it was interrupted. Memory holds one shard's rows and one image a thread.
///
///     let extractor = try Extractor(model, latents: Latents("vae-sd"), settings: settings)
///     try extractor.run(to: "sit-xl-2")
///     let archive = try FeatureArchive("sit-xl-2")
///
/// A vision encoder takes pictures:
///
///     let encoder = try VisionTransformer("dinov2_vitb14_pretrain.pth")
///     let inputs = try EncoderInputs(Pictures(.open("val")), for: encoder)
///     try Extractor(encoder, inputs: inputs, settings: EncoderSettings(model: "DINOv2-B")).run(to: "dinov2-b")
public struct Extractor: Sendable {
  private let work: any ExtractionWork

  /// Latents through a diffusion transformer.
  ///
  /// - Throws: ``ExtractionError`` where settings, model and latents do not fit, or `TensorFileError` for latents and
  ///   noise that cannot be read.
  public init(_ model: some DiffusionModel, latents: Latents, settings: DiffusionSettings) throws {
    work = try DiffusionWork(model, latents: latents, settings: settings)
  }

  /// Pictures, or ready inputs, through a vision encoder.
  ///
  /// - Throws: ``ExtractionError`` where settings, encoder and inputs do not fit, `ImageError` or `TensorFileError` for
  ///   inputs that cannot be read.
  public init(_ encoder: some EncoderModel, inputs: EncoderInputs, settings: EncoderSettings) throws {
    work = try EncoderWork(encoder, inputs: inputs, settings: settings)
  }

  /// What the archive will say of itself.
  public var description: ArchiveDescription { work.description }

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
  ///   - threads: How many threads may be used; values do not depend on it.
  ///   - progress: Called after each image, one call at a time, on any thread. An error that it throws ends the run.
  /// - Throws: ``ExtractionError`` for settings other than those of the archive that is there, and for hidden states that
  ///   cannot be kept; the model's, `ImageError`, `TensorFileError` or `FeatureError` for files. Finished shards stay.
  /// - Complexity: one run of the network a sample and time step.
  @discardableResult
  public func run(
    to path: String, part: ExtractionPart = .whole, threads: Threads = .all,
    progress: @Sendable (Progress) throws -> Void = { _ in }
  ) throws -> Result {
    try Self.run(work, to: path, part: part, threads: threads, progress: progress)
  }

  private static func run<Work: ExtractionWork>(
    _ work: Work, to path: String, part: ExtractionPart, threads: Threads,
    progress: @Sendable (Progress) throws -> Void
  ) throws -> Result {
    let description = work.description
    let writer = try ArchiveWriter(path, description: description, samples: work.samples)
    let own = stride(from: part.index, to: description.shardCount, by: part.count)
    let present = try writer.shards()
    let todo = own.filter { !present.contains($0) }
    let total = todo.reduce(0) { $0 + description.rows(ofShard: $1).count }
    let done = Mutex(0)
    if !todo.isEmpty {
      try work.prepare(threads: threads)
      let rows = ShardRows(description)
      let workers = (0..<threads.count).map { _ in work.makeWorker() }
      for shard in todo {
        try compute(shard, of: work, rows, workers, threads) {
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

  /// Computes the rows of a shard.
  private static func compute<Work: ExtractionWork>(
    _ shard: Int, of work: Work, _ rows: ShardRows, _ workers: [Work.Worker], _ threads: Threads,
    imageIsDone: () throws -> Void
  ) throws {
    let range = work.description.rows(ofShard: shard)
    let piecesLeft = Mutex([Int](repeating: work.piecesPerRow, count: range.count))
    try parallelLoop(range.count * work.piecesPerRow, threads: threads) { index, worker in
      let (row, piece) = index.quotientAndRemainder(dividingBy: work.piecesPerRow)
      try work.compute(row: range.lowerBound + row, piece: piece, workers[worker]) { representation in
        rows.row(row, of: representation)
      }
      let isDone = piecesLeft.withLock { left in
        left[row] -= 1
        return left[row] == 0
      }
      if isDone { try imageIsDone() }
    }
  }
}
