/// Comparisons that take as long for a near miss as for any other.
public enum ConstantTime {
    /// Whether the bytes are the same; only their length shows in the time that it takes.
    public static func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<a.count { difference |= a[index] ^ b[index] }
        return difference == 0
    }
}
