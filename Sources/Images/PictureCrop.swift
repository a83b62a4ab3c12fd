import LinearAlgebra

/// How a picture of any size becomes one of the size that is asked for, in 8 bits, before a network's normalisation.
public enum PictureCrop: Sendable, Hashable {
  /// The picture as it is.
  case none
  /// A square of this side: sides are halved while the shorter is at least twice it, then resized, then cropped in
  /// the middle. The preprocessing of ADM, DiT, SiT and REPA; REPA calls it `center-crop-dhariwal`.
  case adm(Int)
  /// The shorter side resized, then a square in the middle: torchvision's `Resize(shorter)` and `CenterCrop(side)`.
  case resizeAndCenterCrop(shorter: Int, side: Int, filter: ResamplingFilter)
  /// Both sides resized, whatever this does to proportions.
  case resize(width: Int, height: Int, filter: ResamplingFilter)

  /// The crop's result.
  ///
  /// - Throws: ``ImageError`` (`badSize`) for sides below 1, or a square larger than the resized picture (torchvision
  ///   pads it with black, which nobody means).
  public func apply(to image: Image) throws(ImageError) -> Image {
    switch self {
    case .none: return image
    case .adm(let side): return try image.admCrop(side)
    case .resizeAndCenterCrop(let shorter, let side, let filter):
      return try image.resizedAndCropped(shorter: shorter, side: side, filter: filter)
    case .resize(let width, let height, let filter):
      return try image.resized(width: width, height: height, filter: filter)
    }
  }

  /// The size of the result, where it does not depend on the picture.
  public var outputSize: (width: Int, height: Int)? {
    switch self {
    case .none: nil
    case .adm(let side), .resizeAndCenterCrop(_, let side, _): (side, side)
    case .resize(let width, let height, _): (width, height)
    }
  }
}

extension Image {
  /// - SeeAlso: guided-diffusion, `center_crop_arr` in image_datasets.py.
  fileprivate func admCrop(_ side: Int) throws(ImageError) -> Image {
    try Image.checkSize(width: side, height: side)
    var image = self
    while min(image.width, image.height) >= 2 * side {
      image = try image.resized(width: image.width / 2, height: image.height / 2, filter: .box)
    }
    let scale = Double(side) / Double(min(image.width, image.height))
    let width = Int((Double(image.width) * scale).rounded(.toNearestOrEven))
    let height = Int((Double(image.height) * scale).rounded(.toNearestOrEven))
    try Image.checkSize(width: width, height: height)
    let (left, top) = ((width - side) / 2, (height - side) / 2)
    return try image.resized(
      width: width, height: height, filter: .bicubic,
      keeping: Window(rows: top..<top + side, columns: left..<left + side))
  }

  /// - SeeAlso: torchvision, `_compute_resized_output_size` and `center_crop` in transforms/functional.py.
  fileprivate func resizedAndCropped(shorter: Int, side: Int, filter: ResamplingFilter) throws(ImageError)
    -> Image
  {
    let longer = shorter.multipliedReportingOverflow(by: max(width, height))
    guard side > 0, shorter >= side, !longer.overflow else {
      throw ImageError(
        .badSize, path: nil, found: "a crop of \(side) x \(side) from a picture resized to \(shorter)",
        expected: "a crop of 1 to \(shorter)")
    }
    let long = longer.partialValue / min(width, height)
    let (newWidth, newHeight) = width <= height ? (shorter, long) : (long, shorter)
    try Image.checkSize(width: newWidth, height: newHeight)
    let left = Int((Double(newWidth - side) / 2).rounded(.toNearestOrEven))
    let top = Int((Double(newHeight - side) / 2).rounded(.toNearestOrEven))
    return try resized(
      width: newWidth, height: newHeight, filter: filter,
      keeping: Window(rows: top..<top + side, columns: left..<left + side))
  }
}
