/// Decodes the bytes, if their first ones are right for the format: a picture, or an error of the module's own type.
func exercise(_ start: UnsafePointer<UInt8>?, _ count: Int, _ format: ImageFormat) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  guard ImageFormat(bytes) == format || count == 0 else { return -1 }
  do {
    // Larger ones only take longer.
    let options = DecodingOptions(appliesOrientation: true, maximumPixels: 1 << 18)
    let image = try Image(decoding: bytes, name: "fuzz", options: options)
    precondition(image.bytes.count == image.width * image.height * 3)
  } catch {
    return 0
  }
  return 0
}
