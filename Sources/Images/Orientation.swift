/// EXIF's orientation: how a camera was held.
///
/// - SeeAlso: JEITA CP-3451, "Exif", tag 0x0112; its TIFF structure: TIFF 6.0, section 2.
enum Orientation {
  /// The orientation in EXIF data, 1 to 8; 1, upright, where it says nothing or is broken.
  static func read(_ tiff: UnsafeRawBufferPointer) -> Int {
    let isLittle = tiff.starts(with: "II*\0".utf8)
    guard isLittle || tiff.starts(with: "MM\0*".utf8), tiff.count >= 8 else { return 1 }
    func number(_ offset: Int, bytes count: Int) -> Int? {
      guard offset >= 0, offset <= tiff.count - count else { return nil }
      return (0..<count).reduce(0) { $0 << 8 | Int(tiff[offset + (isLittle ? count - 1 - $1 : $1)]) }
    }
    guard let directory = number(4, bytes: 4), let count = number(directory, bytes: 2) else { return 1 }
    for entry in 0..<count {
      let place = directory + 2 + 12 * entry
      guard let tag = number(place, bytes: 2), let kind = number(place + 2, bytes: 2),
        let value = number(place + 8, bytes: 2)
      else { return 1 }
      // A SHORT, at the start of the value field in either byte order.
      if tag == 0x0112 { return kind == 3 && (1...8).contains(value) ? value : 1 }
    }
    return 1
  }
}

extension Image {
  /// The picture as it was seen by the camera's holder; the value of EXIF's orientation is undone.
  func upright(from orientation: Int) -> Image {
    guard (2...8).contains(orientation) else { return self }
    let isTurned = orientation >= 5
    let (newWidth, newHeight) = isTurned ? (height, width) : (width, height)
    var turned = [UInt8](repeating: 0, count: bytes.count)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        let (row, column) =
          switch orientation {
          case 2: (y, width - 1 - x)
          case 3: (height - 1 - y, width - 1 - x)
          case 4: (height - 1 - y, x)
          case 5: (x, y)
          case 6: (height - 1 - x, y)
          case 7: (height - 1 - x, width - 1 - y)
          default: (x, width - 1 - y)
          }
        for channel in 0..<3 {
          turned[(y * newWidth + x) * 3 + channel] = bytes[(row * width + column) * 3 + channel]
        }
      }
    }
    return Image(unchecked: turned, width: newWidth, height: newHeight)
  }
}
