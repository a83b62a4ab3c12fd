import CKernels
import LinearAlgebra
import Glibc

/// Rotary position embedding on a grid: each head's queries and keys are turned by angles that depend on the patch.
///
/// A patch's coordinates are its center's, from -1 to 1 in both directions. The first half of a head's columns is turned
/// against its second half, by 2 pi times row coordinate and column coordinate times base^(-4 i / head width). Class
/// token and registers are not turned.
///
/// - SeeAlso: Siméoni et al. (DINOv3), arXiv 2508.10104; `DINOv3ViTRopePositionEmbedding` of the transformers library.
struct Rotation: Sendable {
  /// The patches' rows.
  let patches: Range<Int>
  /// One row a patch, half a head's columns each.
  let cosines: Matrix
  let sines: Matrix

  init(_ layout: VisionTransformer.TokenLayout, headWidth: Int, base: Double) {
    patches = layout.patches
    let quarter = headWidth / 4
    // Rounded to Float32 where the library does.
    let frequencies = (0..<quarter).map { Float(1 / pow(base, Double(Float(4 * $0) / Float(headWidth)))) }
    func coordinate(_ index: Int, _ count: Int) -> Float { 2 * ((Float(index) + 0.5) / Float(count)) - 1 }
    var angles: [Float] = []
    for row in 0..<layout.gridRows {
      for column in 0..<layout.gridColumns {
        for position in [coordinate(row, layout.gridRows), coordinate(column, layout.gridColumns)] {
          angles += frequencies.map { 2 * .pi * position * $0 }
        }
      }
    }
    cosines = Matrix(
      rows: patches.count, columns: 2 * quarter, elements: angles.map { Float(cos(Double($0))) })
    sines = Matrix(rows: patches.count, columns: 2 * quarter, elements: angles.map { Float(sin(Double($0))) })
  }

  /// Turns one head's queries or keys, in place.
  func apply(_ x: MatrixSlice) {
    let rows = x.rows(patches)
    cosines.withUnsafeBufferPointer { cosines in
      sines.withUnsafeBufferPointer { sines in
        repscope_rotate_rows(
          rows.base, rows.stride, cosines.baseAddress!, sines.baseAddress!, rows.rows, rows.columns / 2)
      }
    }
  }
}
