/// Comparisons whose time tells nothing of where the values differ.
public enum ConstantTime {
    /// Whether two values are the same bytes; their lengths are no secret.
    public static func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<a.count { difference |= a[index] ^ b[index] }
        return difference == 0
    }
}
