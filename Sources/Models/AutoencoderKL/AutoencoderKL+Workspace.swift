import LinearAlgebra

extension AutoencoderKL {
  /// Working memory for one picture at a time, one per thread: two pictures of the widest layer, 70 MB to encode 256 x 256
  /// pixels with Stable Diffusion's VAE and 140 MB to decode them. It grows to what the largest picture needs.
  public final class Workspace {
    /// Two pictures and the sums over their channels; layers read one and write the other, or write in place.
    private(set) var planes: (LinearAlgebra.Workspace<Float>, LinearAlgebra.Workspace<Float>)
    private(set) var sums: (LinearAlgebra.Workspace<Double>, LinearAlgebra.Workspace<Double>)
    /// The rows that a convolution is working on.
    private(set) var rows: LinearAlgebra.Workspace<Float>
    /// A norm's three vectors.
    private(set) var norm: LinearAlgebra.Workspace<Float>

    public init() {
      planes = (.init(0), .init(0))
      sums = (.init(0), .init(0))
      rows = .init(0)
      norm = .init(0)
    }

    func reserve(_ configuration: Configuration, _ part: Part, height: Int, width: Int) {
      let needed = configuration.memory(of: part, height: height, width: width)
      if planes.0.count < needed.plane {
        // Both old ones go before the new ones come.
        planes = (.init(0), .init(0))
        planes = (.init(needed.plane), .init(needed.plane))
      }
      if rows.count < needed.rows { rows = .init(needed.rows) }
      if sums.0.count < 2 * needed.channels {
        sums = (.init(2 * needed.channels), .init(2 * needed.channels))
        norm = .init(3 * needed.channels)
      }
    }
  }
}
