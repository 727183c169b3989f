/// Numbers that look like chance, the same from the same seed (SplitMix64, Steele et al. 2014).
struct DemoRandom: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A number from 0 up to, and without, a limit.
    mutating func next(below limit: Int64) -> Int64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return Int64((bits ^ bits >> 31) % UInt64(max(1, limit)))
    }
}
