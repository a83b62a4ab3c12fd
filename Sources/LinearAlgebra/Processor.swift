import CKernels

/// What the processor is and which instruction sets programs may use on it.
public struct Processor: Sendable {
  public let name: String
  public let instructionSets: InstructionSets

  /// What a processor offers beyond the instructions that every one of its family has.
  public struct InstructionSets: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    public static let avx = InstructionSets(REPSCOPE_AVX)
    public static let avx2 = InstructionSets(REPSCOPE_AVX2)
    public static let fma = InstructionSets(REPSCOPE_FMA)
    public static let f16c = InstructionSets(REPSCOPE_F16C)
    /// F, BW, DQ, VL and CD together.
    public static let avx512 = InstructionSets(REPSCOPE_AVX512)
    public static let avx512bf16 = InstructionSets(REPSCOPE_AVX512_BF16)

    private init(_ set: repscope_instruction_set) {
      self.init(rawValue: UInt32(set.rawValue))
    }

    /// The sets' usual names, in the order in which processors got them.
    public var names: [String] {
      let named: [(InstructionSets, String)] = [
        (.avx, "AVX"), (.f16c, "F16C"), (.avx2, "AVX2"), (.fma, "FMA"), (.avx512, "AVX-512"),
        (.avx512bf16, "AVX-512 BF16"),
      ]
      return named.filter { contains($0.0) }.map(\.1)
    }
  }

  /// The processor that this program runs on.
  public static let current: Processor = {
    var buffer = [CChar](repeating: 0, count: 64)
    repscope_processor_name(&buffer, buffer.count)
    let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return Processor(
      name: name.isEmpty ? "unknown" : name,
      instructionSets: InstructionSets(rawValue: repscope_instruction_sets()))
  }()
}
