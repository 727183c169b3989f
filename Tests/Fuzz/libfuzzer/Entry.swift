import FuzzTargets
import Glibc

// libFuzzer calls this for every input; TARGET says whose rules it must keep.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    switch getenv("TARGET").map({ String(cString: $0) }) {
    case "json": fuzzJSONReader(bytes)
    case "websocket": fuzzMessageDecoder(bytes)
    case "request": fuzzRequestParser(bytes)
    case "response": fuzzResponseParser(bytes)
    default: fatalError("TARGET is json, websocket, request or response")
    }
    return 0
}
