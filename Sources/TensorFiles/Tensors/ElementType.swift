/// The type of a tensor's elements as its file holds them.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float64, float32, float16, bfloat16
  case int64, int32, int16, int8
  case uint64, uint32, uint16, uint8
  case bool

  /// The bytes one element takes.
  public var byteCount: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16: true
    default: false
    }
  }

  /// The name in a safetensors header, such as `BF16`.
  public var safetensorsName: String {
    switch self {
    case .float64: "F64"
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int64: "I64"
    case .int32: "I32"
    case .int16: "I16"
    case .int8: "I8"
    case .uint64: "U64"
    case .uint32: "U32"
    case .uint16: "U16"
    case .uint8: "U8"
    case .bool: "BOOL"
    }
  }

  /// NumPy's kind and size, such as `f4`; nil for bfloat16, which NumPy has not.
  public var numpyName: String? {
    switch self {
    case .float64, .float32, .float16: "f\(byteCount)"
    case .int64, .int32, .int16, .int8: "i\(byteCount)"
    case .uint64, .uint32, .uint16, .uint8: "u\(byteCount)"
    case .bool: "b1"
    case .bfloat16: nil
    }
  }

  init?(safetensorsName: String) {
    self.init(safetensorsName, by: \.safetensorsName)
  }

  init?(numpyName: String) {
    self.init(numpyName, by: \.numpyName)
  }

  /// The element type of PyTorch's storage classes: `FloatStorage`, `BFloat16Storage`, ...
  init?(torchStorageName: String) {
    switch torchStorageName {
    case "DoubleStorage": self = .float64
    case "FloatStorage": self = .float32
    case "HalfStorage": self = .float16
    case "BFloat16Storage": self = .bfloat16
    case "LongStorage": self = .int64
    case "IntStorage": self = .int32
    case "ShortStorage": self = .int16
    case "CharStorage": self = .int8
    case "ByteStorage", "UntypedStorage": self = .uint8
    case "BoolStorage": self = .bool
    default: return nil
    }
  }

  private init?(_ name: String, by key: (ElementType) -> String?) {
    guard let match = Self.allCases.first(where: { key($0) == name }) else { return nil }
    self = match
  }
}

/// The order of the bytes within an element.
public enum ByteOrder: Sendable, Hashable {
  case littleEndian, bigEndian

  /// The order of this processor.
  public static var native: ByteOrder { 1.littleEndian == 1 ? .littleEndian : .bigEndian }
}
