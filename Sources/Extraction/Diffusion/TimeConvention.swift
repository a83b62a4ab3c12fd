/// The direction and unit of the time that a network is told.
///
/// On this package's axis t = 0 is clean data and t = 1 is noise, for every model; checkpoints differ.
public enum TimeConvention: String, Sendable, Hashable, CaseIterable {
  /// The network is told t: REPA's code.
  case repa
  /// The network is told 1 - t: the original SiT code, whose time runs from noise to data.
  case sit
  /// The network is told the integer step of its noise schedule, round(t * 999): DiT.
  case dit

  /// The number to give to the network for a time step of [0, 1].
  public func condition(_ t: Double) -> Double {
    switch self {
    case .repa: t
    case .sit: 1 - t
    case .dit: Double(Interpolant.step(t))
    }
  }
}
