import CKernels
import LinearAlgebra

/// The lower half of a Gram matrix cut into tiles: alike for all representations of as many samples.
struct GramTiling: Sendable {
  let blocks: Tiling
  /// The blocks whose samples a tile's rows and columns are.
  ///
  /// Tiles on the diagonal go first: they give every sample a first threshold at half the cost of the others.
  let tiles: [(rows: Int, columns: Int)]

  init(samples: Int) {
    // Large enough for BLAS to run at speed, small enough for a tile to stay in the second-level cache; at least eight
    // to a side so that several threads have something to share, and all of a size.
    let largest = min(768, max(64, (samples + 7) / 8))
    let perSide = max(1, (samples + largest - 1) / largest)
    let blocks = Tiling(samples, by: max(16, ((samples + perSide - 1) / perSide + 15) / 16 * 16))
    self.blocks = blocks
    tiles =
      (0..<blocks.tiles).map { ($0, $0) } + (0..<blocks.tiles).flatMap { i in (0..<i).map { (i, $0) } }
  }

  /// Room for the elements of any tile.
  var tileSize: Int { blocks.size * blocks.size }

  /// What the tiles of a whole matrix take.
  var bytes: Int { tiles.count * tileSize * MemoryLayout<Float>.stride }
}

/// A representation's centred Gram matrix, its lower half in Float32, kept for its products with those of others.
// Unchecked: each tile is written once, by the thread that computed it, before anybody reads.
final class CentredGram: @unchecked Sendable {
  let tiling: GramTiling
  private let elements: Workspace<Float>

  init(_ tiling: GramTiling) {
    self.tiling = tiling
    elements = Workspace(tiling.tiles.count * tiling.tileSize)
  }

  /// Row-major; of a tile on the diagonal, what is above it means nothing.
  func tile(_ index: Int) -> UnsafePointer<Float> {
    UnsafePointer(elements.base + index * tiling.tileSize)
  }

  /// - Parameter count: How many elements the tile has.
  func keep(_ tile: UnsafePointer<Float>, at index: Int, count: Int) {
    (elements.base + index * tiling.tileSize).update(from: tile, count: count)
  }
}

/// Sums of a centred Gram matrix's products with itself and with others, taken from its tiles as they come by.
///
/// The sum of K∘L over all elements is |XᵀY|². To sum it costs N² / 2 operations where the product of the rows costs
/// N D1 D2, and a neighbor graph has made the tiles of one side anyway.
final class GramSums {
  let tiling: GramTiling
  private let others: [CentredGram]
  /// Its own tiles, if they are to be kept.
  let kept: CentredGram?
  /// Tile by tile: the sum with itself, then those with the others.
  private let parts: Workspace<Double>

  init(samples: Int, with others: [CentredGram], keeps: Bool) {
    tiling = GramTiling(samples: samples)
    self.others = others
    kept = keeps ? CentredGram(tiling) : nil
    parts = Workspace(tiling.tiles.count * (others.count + 1))
    parts.base.initialize(repeating: 0, count: parts.count)
  }

  /// Takes one tile; called once for each, by any thread.
  func add(_ tile: UnsafePointer<Float>, at index: Int) {
    let (rows, columns) = (
      tiling.blocks[tiling.tiles[index].rows], tiling.blocks[tiling.tiles[index].columns]
    )
    let all: [UnsafePointer<Float>?] = [tile] + others.map { $0.tile(index) }
    repscope_add_gram_products(
      tile, all, all.count, rows.count, columns.count, rows == columns, parts.base + index * all.count)
    kept?.keep(tile, at: index, count: rows.count * columns.count)
  }

  /// The sum of the matrix's squares, which is |XᵀX|², and those of its products with the others.
  // Tiles are added in their own order, whatever thread has computed them.
  func totals() -> (squares: Double, products: [Double]) {
    let width = others.count + 1
    let totals = (0..<width).map { place in
      (0..<tiling.tiles.count).reduce(0) { $0 + parts.base[$1 * width + place] }
    }
    return (totals[0], Array(totals.dropFirst()))
  }
}
