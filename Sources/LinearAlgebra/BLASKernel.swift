import Glibc
import Synchronization

/// Which of its kernels the BLAS library uses, and how that came about.
///
/// OpenBLAS picks its kernel from a list of processor models when it is loaded. On a processor newer than the
/// library it falls back to a kernel of twenty years ago, a fifth as fast. Before the first product the kernel is
/// therefore compared with what the processor can do, chosen again where it is behind, and then checked against
/// plain loops; a kernel that computes wrong is given up for an older one.
public struct BLASKernel: Sendable {
  /// The library's own name for itself and its version, such as "OpenBLAS 0.3.21"; "BLAS" where it tells nothing.
  public let library: String
  /// The kernel in use, such as "SkylakeX"; "unknown" where the library tells nothing.
  public let name: String
  /// How the kernel came to be in use, in words.
  public let reason: String
  /// What a user should know: wrong results that were found and got around.
  public let warnings: [String]
  /// Whether the kernel in use passed `BLASSelfCheck`.
  public let isCorrect: Bool

  /// The kernel that all products of this process use. The first use chooses it.
  public static let current: BLASKernel = {
    let kernel = choose(
      for: Processor.current.instructionSets, userChoice: environmentValue("OPENBLAS_CORETYPE"),
      library: OpenBLASLibrary(), check: BLASSelfCheck.firstFailure)
    let report = reporter.withLock { $0 }
    for warning in kernel.warnings { report?(warning) }
    return kernel
  }()

  private static let reporter = Mutex<(@Sendable (String) -> Void)?>(nil)

  /// Says where warnings go when the kernel is chosen, which the first product does; without it they are in ``warnings``
  /// alone. A program calls it once, before anything else.
  package static func reportWarnings(_ report: @escaping @Sendable (String) -> Void) {
    reporter.withLock { $0 = report }
  }

  @inline(__always)
  static func prepare() {
    _ = current
  }

  /// Chooses the kernel: the user's, else the library's own where it is not behind the processor, else the best
  /// that the processor can run; then older ones, for as long as `check` finds wrong results.
  ///
  /// - Parameter check: Returns what a kernel computed wrong, or nil.
  static func choose(
    for processor: Processor.InstructionSets, userChoice: String?, library: some BLASLibrary,
    check: () -> String?
  ) -> BLASKernel {
    library.useOneThread()
    var reason = "chosen by the library"
    if let userChoice {
      reason = "OPENBLAS_CORETYPE is \(userChoice)"
    } else if let own = library.kernelName, let best = Generation.best(for: processor),
      Generation.of(kernel: own) < best, library.select(best.kernel)
    {
      reason = "chosen again: the library had fallen back to \(own)"
    }
    var warnings: [String] = []
    var failure = check()
    while let wrong = failure, let used = library.kernelName {
      guard let older = Generation.of(kernel: used).older, library.select(older.kernel),
        library.kernelName != used
      else { break }
      warnings.append(
        "the BLAS kernel \(used) computes wrong results on this processor (\(wrong)); using \(older.kernel)")
      reason = "\(used) computes wrong results on this processor"
      failure = check()
    }
    if let failure {
      warnings.append(
        "the BLAS library computes wrong results on this processor (\(failure)) and offers no other kernel; "
          + "results cannot be trusted. Install another BLAS, or set OPENBLAS_CORETYPE to another kernel.")
    }
    return BLASKernel(
      library: library.name, name: library.kernelName ?? "unknown", reason: reason, warnings: warnings,
      isCorrect: failure == nil)
  }

  /// A kernel's place in the order of instruction sets, with OpenBLAS's name for its plain representative.
  enum Generation: Int, Comparable {
    case sse
    case avx
    case avx2
    case avx512

    var kernel: String {
      switch self {
      case .sse: "Prescott"
      case .avx: "Sandybridge"
      case .avx2: "Haswell"
      case .avx512: "SkylakeX"
      }
    }

    var older: Generation? { Generation(rawValue: rawValue - 1) }

    static func < (a: Generation, b: Generation) -> Bool { a.rawValue < b.rawValue }

    static func best(for processor: Processor.InstructionSets) -> Generation? {
      if processor.isSuperset(of: [.avx512, .avx2, .fma]) { return .avx512 }
      if processor.isSuperset(of: [.avx2, .fma]) { return .avx2 }
      if processor.contains(.avx) { return .avx }
      return nil
    }

    static func of(kernel: String) -> Generation {
      switch kernel.lowercased() {
      case "skylakex", "cooperlake", "sapphirerapids": .avx512
      case "haswell", "zen", "excavator", "steamroller", "piledriver": .avx2
      case "sandybridge", "bulldozer": .avx
      default: .sse
      }
    }
  }
}
