extension Tensor {
  /// The part of the tensor at one index of a dimension, which then is gone: a view, nothing is read.
  ///
  /// - Precondition: `dimension` is one of the tensor's, and `index` lies in it.
  public func slice(_ dimension: Int, at index: Int) -> Tensor {
    precondition(
      shape.indices.contains(dimension) && index >= 0 && index < shape[dimension],
      "index \(index) of dimension \(dimension) of \(shape)")
    return Tensor(self, removing: dimension, at: index)
  }
}
