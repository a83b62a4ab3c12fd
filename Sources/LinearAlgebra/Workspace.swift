/// Uninitialised working memory, 64-byte aligned, freed with its last reference.
public final class Workspace<Element: BitwiseCopyable> {
  public let base: UnsafeMutablePointer<Element>
  public let count: Int

  public init(_ count: Int) {
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
    base = bytes.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  deinit {
    UnsafeMutableRawPointer(base).deallocate()
  }
}
