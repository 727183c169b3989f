/// Cuts an input in pieces whose sizes the input itself decides, so that a fuzzer finds cuts as it finds bytes.
func pieces(of bytes: [UInt8]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    var state = bytes.reduce(UInt32(bytes.count)) { ($0 &* 31) &+ UInt32($1) }
    while start < bytes.count {
        state = state &* 1_664_525 &+ 1_013_904_223
        let end = min(bytes.count, start + 1 + Int(state >> 28))
        pieces.append(Array(bytes[start..<end]))
        start = end
    }
    return pieces
}

/// Stops the process when a rule that holds for every input does not.
func require(_ condition: Bool, _ rule: @autoclosure () -> String) {
    if condition { return }
    // Not a precondition: optimised code drops its words.
    fatalError(rule())
}
