import FuzzTargets
import Glibc

private let wanted = getenv("TARGET").map { String(cString: $0) } ?? ""
private let target = FuzzTarget.all.first { $0.name == wanted }

// libFuzzer calls this for every input; TARGET says whose rules it must keep.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let target else { fatalError("TARGET is one of \(FuzzTarget.all)") }
    target.check([UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}
