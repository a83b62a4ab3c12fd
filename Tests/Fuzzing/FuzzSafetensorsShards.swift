/// The input is an index; its shards are one small file, whatever their names.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  exercise(start, count) { storage in
    try SafetensorsShards.read(storage) { name in
      let header = Array(#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#.utf8)
      let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
      return try TensorStorage(copying: length + header + [1, 2], name: name)
    }
  }
}
