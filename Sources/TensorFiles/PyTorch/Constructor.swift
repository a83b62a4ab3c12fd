/// The constructors a pickle may call: all that there are.
///
/// Names are those of Python 3 and NumPy 1; `modernName` maps the others to them.
enum Constructor {
  case dictionary, defaultDictionary
  case list, tuple, set
  case bytes, encode
  case device, path, layout
  case reconstructor
  case parameter, tensor, tensorWithType, tensorSubclass
  case firstArgument
  case numpyReconstruct, numpyType, numpyScalar, numpyFromBuffer

  private static let named: [String: Constructor] = [
    "builtins.dict": .dictionary,
    "collections.OrderedDict": .dictionary,
    "collections.Counter": .dictionary,
    "collections.defaultdict": .defaultDictionary,
    "builtins.list": .list,
    "builtins.tuple": .tuple,
    "torch.Size": .tuple,
    "builtins.set": .set,
    "builtins.frozenset": .set,
    "builtins.bytes": .bytes,
    "builtins.bytearray": .bytes,
    "_codecs.encode": .encode,
    "torch.device": .device,
    "torch.serialization._get_layout": .layout,
    "pathlib.Path": .path,
    "pathlib.PosixPath": .path,
    "pathlib.PurePosixPath": .path,
    "pathlib.WindowsPath": .path,
    "pathlib.PureWindowsPath": .path,
    "copyreg._reconstructor": .reconstructor,
    "torch._utils._rebuild_tensor": .tensor,
    "torch._utils._rebuild_tensor_v2": .tensor,
    "torch._utils._rebuild_tensor_v3": .tensorWithType,
    "torch._utils._rebuild_parameter": .parameter,
    "torch._utils._rebuild_parameter_with_state": .parameter,
    "torch._tensor._rebuild_from_type_v2": .tensorSubclass,
    "torch._tensor._rebuild_from_type": .tensorSubclass,
    "torch.jit._pickle.build_intlist": .firstArgument,
    "torch.jit._pickle.build_doublelist": .firstArgument,
    "torch.jit._pickle.build_boollist": .firstArgument,
    "torch.jit._pickle.build_tensorlist": .firstArgument,
    "torch.jit._pickle.restore_type_tag": .firstArgument,
    "numpy.core.multiarray._reconstruct": .numpyReconstruct,
    "numpy.core.multiarray.scalar": .numpyScalar,
    "numpy.core.numeric._frombuffer": .numpyFromBuffer,
    "numpy.dtype": .numpyType,
  ]

  init?(_ name: String) {
    guard let constructor = Self.named[name] else { return nil }
    self = constructor
  }

  /// A global's full name, as Python 3 and NumPy 1 call it.
  static func modernName(module: String, name: String) -> String {
    let module =
      switch module {
      case "__builtin__": "builtins"
      case "copy_reg": "copyreg"
      case "numpy._core.multiarray": "numpy.core.multiarray"
      case "numpy._core.numeric": "numpy.core.numeric"
      case "pathlib._local": "pathlib"
      default: module
      }
    return module + "." + name
  }
}
