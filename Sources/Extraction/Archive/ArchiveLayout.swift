import Features
import TensorFiles

/// How an archive is cut into shards, and its numbers' type: the same for every kind of network.
enum ArchiveLayout {
  /// The memory that the rows of a shard may take, where it is not the user who says how many.
  private static let shardBytes = 256 << 20
  private static let largestShardBytes = 16 << 30

  static func check(_ elementType: ElementType) throws {
    guard [.float32, .float16].contains(elementType) else {
      throw ExtractionError(.invalidSettings, "an archive holds float32 or float16, not \(elementType)")
    }
  }

  /// Samples in a shard.
  ///
  /// - Parameter asked: Nil for as many as fit 256 MiB, 512 at most.
  /// - Throws: ``ExtractionError`` for a size that memory would not hold.
  static func shardSize(
    _ asked: Int?, _ representations: [ArchiveDescription.Representation], samples: Int
  ) throws -> Int {
    let bytes = representations.reduce(0) { $0 + $1.elements } * MemoryLayout<Float>.size
    let size = asked ?? min(512, max(1, shardBytes / bytes))
    guard (1...1 << 24).contains(size) else {
      throw ExtractionError(
        .invalidSettings, "a shard of \(size) samples; it must have from 1 to \(1 << 24)")
    }
    let (total, isTooMany) = bytes.multipliedReportingOverflow(by: min(size, samples))
    guard size == 1 || (!isTooMany && total <= largestShardBytes) else {
      throw ExtractionError(
        .invalidSettings,
        "a shard of \(size) samples would need more than 16 GiB of memory; at \(bytes) bytes a sample it may have "
          + "\(max(1, largestShardBytes / bytes))")
    }
    return size
  }

  /// Whether some patch tokens, each once, are asked for that are there.
  static func check(_ pooling: Pooling, patches: Int) throws {
    guard case .tokens(let tokens) = pooling else { return }
    guard !tokens.isEmpty, Set(tokens).count == tokens.count, tokens.allSatisfy((0..<patches).contains) else {
      throw ExtractionError(
        .invalidSettings,
        "the tokens \(tokens) are not some of the network's, each once; they are 0 to \(patches - 1)")
    }
  }
}
