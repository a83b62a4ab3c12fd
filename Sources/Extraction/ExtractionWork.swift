import Features
import LinearAlgebra

/// What an extraction computes for each row of its archive: a network, what it is fed, and what is kept.
///
/// ``Extractor`` knows nothing else of networks: shards, threads, resuming and progress are the same for all of them.
protocol ExtractionWork: Sendable {
  /// One thread's memory.
  associatedtype Worker

  /// What the archive will say of itself.
  var description: ArchiveDescription { get }
  /// One a row.
  var samples: ArchiveSamples { get }
  /// A row is computed in so many pieces, each by itself, so that several threads may share it.
  var piecesPerRow: Int { get }

  /// Computes what all rows have in common, before the first of them.
  func prepare(threads: Threads) throws

  func makeWorker() -> Worker

  /// Computes a piece of a row.
  ///
  /// - Parameter target: The row's place in the representation with this number.
  func compute(
    row: Int, piece: Int, _ worker: Worker, into target: (Int) -> UnsafeMutableBufferPointer<Float>) throws
}
