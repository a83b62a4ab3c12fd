import Foundation
import Glibc

/// Large files that take no room on disk.
enum SparseFile {
  static func write(_ start: [UInt8], size: Int, to path: String) throws {
    try Data(start).write(to: URL(filePath: path))
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.truncate(atOffset: UInt64(size))
    try handle.close()
  }

  /// How much of a mapped file has been brought into memory.
  static func residentBytes(_ mapped: UnsafeRawBufferPointer) -> Int {
    let page = sysconf(Int32(_SC_PAGESIZE))
    var residency = [UInt8](repeating: 0, count: (mapped.count + page - 1) / page)
    let status = mincore(UnsafeMutableRawPointer(mutating: mapped.baseAddress), mapped.count, &residency)
    return status == 0 ? residency.count { $0 & 1 == 1 } * page : .max
  }
}
