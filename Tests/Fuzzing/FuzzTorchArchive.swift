@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  exercise(start, count) { storage in try TorchArchive.read(try ZipArchive(storage)) }
}
