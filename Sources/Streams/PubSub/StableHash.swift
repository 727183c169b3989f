/// A hash that is the same in every process and every run (FNV-1a), for what they must agree on.
public enum StableHash {
    /// Which of `count` places a key has.
    public static func place(of key: String, among count: Int) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        // The low bits of FNV are its weaker ones.
        return Int((hash >> 32) % UInt64(count))
    }
}
