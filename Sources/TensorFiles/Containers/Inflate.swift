import CZlib

/// Raw deflate streams and their checksums, by zlib.
enum Inflate {
  /// zlib counts in 32 bits: larger buffers are passed in pieces.
  private static let piece = 1 << 30

  /// Inflates until the stream ends or `target` is full.
  ///
  /// Returns the bytes written, and whether the stream ended there, using all of its input.
  static func inflate(
    _ packed: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> (count: Int, isComplete: Bool) {
    var stream = z_stream()
    guard czlib_inflate_init_raw(&stream) == Z_OK else { return (0, false) }
    defer { inflateEnd(&stream) }

    // zlib wants an address to write to, even where nothing is to be written.
    var spare: UInt8 = 0
    return withUnsafeMutablePointer(to: &spare) { spare in
      var consumed = 0
      var written = 0
      while true {
        let input = min(packed.count - consumed, piece)
        let output = min(target.count - written, piece)
        stream.next_in = packed.baseAddress.map {
          UnsafeMutableRawPointer(mutating: $0 + consumed).assumingMemoryBound(to: UInt8.self)
        }
        stream.avail_in = UInt32(input)
        stream.next_out =
          output == 0 ? spare : target.baseAddress.map { ($0 + written).assumingMemoryBound(to: UInt8.self) }
        stream.avail_out = UInt32(output)
        let status = CZlib.inflate(&stream, Z_NO_FLUSH)
        let progress = (input - Int(stream.avail_in), output - Int(stream.avail_out))
        consumed += progress.0
        written += progress.1
        if status == Z_STREAM_END { return (written, consumed == packed.count) }
        guard status == Z_OK, progress != (0, 0) else { return (written, false) }
      }
    }
  }

  /// The CRC-32 that zip archives store.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var value = crc32(0, nil, 0)
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(piece))
      value = crc32(value, part.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(part.count))
      rest = rest.dropFirst(piece)
    }
    return UInt32(truncatingIfNeeded: value)
  }
}
