/// Square roots of whole numbers, rounded down and never off by one.
public enum IntegerRoot {
    /// ⌊√n⌋ of 64 bits.
    public static func floor(_ number: UInt64) -> UInt64 {
        // A double has 53 bits, so its root is off by one at most; the corrections below cannot overflow 128 bits.
        var root = UInt128(Double(number).squareRoot())
        if root * root > number { root -= 1 }
        if (root + 1) * (root + 1) <= number { root += 1 }
        return UInt64(root)
    }

    /// ⌊√n⌋ of 128 bits.
    public static func floor(_ number: UInt128) -> UInt64 {
        guard number > UInt128(UInt64.max) else { return floor(UInt64(number)) }
        // Newton's steps from above never fall below the root, and stop getting smaller when they are there.
        var root = UInt128(1) << ((129 - UInt128(number.leadingZeroBitCount)) / 2)
        while true {
            let next = (root + number / root) / 2
            guard next < root else { return UInt64(root) }
            root = next
        }
    }
}
