import Testing

@testable import LinearAlgebra

/// A library whose kernels can be made to compute wrong.
private final class FakeLibrary: BLASLibrary {
  let name = "Fake 1.0"
  private(set) var kernelName: String?
  private(set) var threadsSet = false
  let canSelect: Bool

  init(kernel: String?, canSelect: Bool = true) {
    kernelName = kernel
    self.canSelect = canSelect
  }

  func useOneThread() { threadsSet = true }

  func select(_ kernel: String) -> Bool {
    if canSelect { kernelName = kernel }
    return canSelect
  }
}

@Suite struct BLASKernelTests {
  static let avx512: Processor.InstructionSets = [.avx, .avx2, .fma, .f16c, .avx512]
  static let avx: Processor.InstructionSets = [.avx]
  static let none: Processor.InstructionSets = []
  static let avx2: Processor.InstructionSets = [.avx, .avx2, .fma, .f16c]

  @Test(
    "A library that fell back to an old kernel is asked again",
    arguments: [
      ("Prescott", avx512, "SkylakeX"), ("Haswell", avx512, "SkylakeX"), ("Zen", avx512, "SkylakeX"),
      ("Prescott", avx2, "Haswell"), ("Sandybridge", avx2, "Haswell"), ("Prescott", avx, "Sandybridge"),
      ("Cooperlake", avx512, "Cooperlake"), ("Zen", avx2, "Zen"), ("Prescott", none, "Prescott"),
    ])
  func choice(own: String, processor: Processor.InstructionSets, expected: String) {
    let library = FakeLibrary(kernel: own)
    let kernel = BLASKernel.choose(for: processor, userChoice: nil, library: library) { nil }
    #expect(kernel.name == expected)
    #expect(kernel.isCorrect && kernel.warnings.isEmpty)
    #expect(library.threadsSet)
  }

  @Test("The user's choice wins over a better kernel")
  func userChoice() {
    let library = FakeLibrary(kernel: "Nehalem")
    let kernel = BLASKernel.choose(for: Self.avx512, userChoice: "Nehalem", library: library) { nil }
    #expect(kernel.name == "Nehalem")
    #expect(kernel.reason.contains("OPENBLAS_CORETYPE"))
  }

  @Test("A kernel that computes wrong is given up for an older one, with a warning that names both")
  func wrongKernel() {
    let library = FakeLibrary(kernel: "Prescott")
    let kernel = BLASKernel.choose(for: Self.avx512, userChoice: nil, library: library) {
      library.kernelName == "SkylakeX" ? "sgemm of 1 x 1 x 1" : nil
    }
    #expect(kernel.name == "Haswell")
    #expect(kernel.isCorrect)
    #expect(kernel.warnings.count == 1)
    #expect(kernel.warnings.first?.contains("SkylakeX") == true)
    #expect(kernel.warnings.first?.contains("sgemm of 1 x 1 x 1") == true)
  }

  @Test("Where no kernel is right, the last one is kept and said to be wrong")
  func allWrong() {
    let kernel = BLASKernel.choose(
      for: Self.avx2, userChoice: nil, library: FakeLibrary(kernel: "Haswell")
    ) { "dgemm" }
    #expect(kernel.name == "Prescott")
    #expect(!kernel.isCorrect)
    #expect(kernel.warnings.last?.contains("cannot be trusted") == true)
  }

  @Test("Another BLAS, which knows nothing of kernels, is used as it is")
  func otherLibrary() {
    let library = FakeLibrary(kernel: nil, canSelect: false)
    let kernel = BLASKernel.choose(for: Self.avx512, userChoice: nil, library: library) { nil }
    #expect(kernel.name == "unknown")
    #expect(kernel.isCorrect)
  }

  @Test("The library that the tests run with passes the self-check")
  func realLibrary() {
    #expect(BLASKernel.current.isCorrect)
    #expect(BLASSelfCheck.firstFailure() == nil)
  }
}
