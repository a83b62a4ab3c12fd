import CKernels

/// Refuses an input that has another size than the network takes, or holds a number that is none.
///
/// - Parameter name: What messages call the input.
/// - Throws: ``ModelError`` naming the first NaN or infinity.
func checkInput(
  _ input: UnsafeBufferPointer<Float>, _ name: String = "input", channels: Int, height: Int, width: Int,
  of path: String
) throws {
  guard input.count == channels * height * width else {
    throw ModelError(
      .invalidArgument, path: path,
      "\(name == "input" ? "an" : "a") \(name) of \(input.count) elements; expected \(channels) x \(height) x \(width)"
    )
  }
  let finite = repscope_finite_prefix(input.baseAddress, input.count)
  guard finite == input.count else {
    throw ModelError(.notFinite, path: path, "element \(finite) of the \(name) is \(input[finite])")
  }
}
