import Glibc

/// What choosing a kernel needs of the library; tests put a library of their own in its place.
protocol BLASLibrary {
  var name: String { get }
  var kernelName: String? { get }
  func useOneThread()
  /// Returns whether the library could be asked.
  func select(_ kernel: String) -> Bool
}

/// The OpenBLAS that this program is linked with. Everything beyond the standard interface is looked up softly, so
/// that another BLAS still links.
struct OpenBLASLibrary: BLASLibrary {
  var name: String {
    guard let configuration = text(of: "openblas_get_config") else { return "BLAS" }
    return configuration.split(separator: " ").prefix(2).joined(separator: " ")
  }

  var kernelName: String? { text(of: "openblas_get_corename") }

  func useOneThread() {
    typealias SetThreads = @convention(c) (CInt) -> Void
    symbol("openblas_set_num_threads", as: SetThreads.self)?(1)
  }

  func select(_ kernel: String) -> Bool {
    typealias Step = @convention(c) () -> Void
    guard let quit = symbol("gotoblas_dynamic_quit", as: Step.self),
      let start = symbol("gotoblas_dynamic_init", as: Step.self)
    else { return false }
    let before = environmentValue("OPENBLAS_CORETYPE")
    setenv("OPENBLAS_CORETYPE", kernel, 1)
    quit()
    start()
    // Child processes should see the environment that the user set.
    if let before { setenv("OPENBLAS_CORETYPE", before, 1) } else { unsetenv("OPENBLAS_CORETYPE") }
    return true
  }

  private func text(of function: String) -> String? {
    typealias Text = @convention(c) () -> UnsafePointer<CChar>?
    return symbol(function, as: Text.self)?().map { String(cString: $0) }
  }

  private func symbol<Function>(_ name: String, as type: Function.Type) -> Function? {
    dlsym(nil, name).map { unsafeBitCast($0, to: type) }
  }
}

/// An environment variable's value, or nil where it is unset or empty.
func environmentValue(_ name: String) -> String? {
  guard let value = getenv(name), value.pointee != 0 else { return nil }
  return String(cString: value)
}
