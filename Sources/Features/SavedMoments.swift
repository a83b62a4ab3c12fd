import Files
import LinearAlgebra
import TensorFiles

/// Mean and covariance of features, as the usual evaluators store them in a .npz file: `mu` and `sigma` of pooled features,
/// `mu_s` and `sigma_s` of spatial ones.
///
/// pytorch-fid, clean-fid and Dhariwal and Nichol's evaluator use these names; whatever else is in the file is not read.
public struct SavedMoments: Sendable {
  /// One mean and its covariance, as they are in the file.
  public struct Pair: Sendable {
    /// D numbers.
    public let mean: [Double]
    /// As many rows and columns as the file has; whether it is a covariance is not looked at.
    public let covariance: DoubleMatrix
  }

  /// The file.
  public let path: String
  /// What tables call the features' origin: the file's name.
  public let name: String
  /// `mu` and `sigma`, where they are there.
  public let pooled: Pair?
  /// `mu_s` and `sigma_s`, where they are there.
  public let spatial: Pair?

  /// Opens a file that has `mu` and `sigma`, or `mu_s` and `sigma_s`; nil for a folder or a file without any of them.
  ///
  /// - Throws: ``FeatureError`` if one of a pair is missing or they are not a vector and a matrix; `TensorFileError` for a
  ///   file that cannot be read.
  public init?(_ path: String, name: String? = nil) throws {
    guard FeaturePath.endings.contains(where: { path.lowercased().hasSuffix(".\($0)") }),
      FileTree.exists(path), !FileTree.isFolder(path)
    else { return nil }
    let file = try TensorFile.open(path)
    self.path = path
    self.name = name ?? FeaturePath.modelName(of: path)
    pooled = try Self.pair("mu", "sigma", in: file)
    spatial = try Self.pair("mu_s", "sigma_s", in: file)
    if pooled == nil, spatial == nil { return nil }
  }

  private static func pair(_ mean: String, _ covariance: String, in file: TensorFile) throws -> Pair? {
    let (first, second) = (file[mean], file[covariance])
    if first == nil, second == nil { return nil }
    guard let first, let second else {
      throw FeatureError(
        .notFound, path: file.path,
        "there is \(first == nil ? covariance : mean) but no \(first == nil ? mean : covariance); expected both"
      )
    }
    guard first.shape.count == 1, second.shape.count == 2 else {
      throw FeatureError(
        .wrongShape, path: file.path,
        "\(mean) is \(first.shape) and \(covariance) \(second.shape); expected [D] and [D, D]")
    }
    return Pair(
      mean: try first.doubles(),
      covariance: DoubleMatrix(
        rows: second.shape[0], columns: second.shape[1], elements: try second.doubles()))
  }
}
