extension Span where Element == UInt8 {
    /// Eight bytes from `index` on as one word, the first in its lowest byte.
    ///
    /// For scanners that look at eight bytes at once. Traps where fewer than eight are left.
    @inlinable public func word(at index: Int) -> UInt64 {
        precondition(index >= 0 && index <= count - 8)
        return unsafe withUnsafeBufferPointer { bytes in
            let start = unsafe UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
            return unsafe UInt64(
                littleEndian: start.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        }
    }
}

/// Questions about the eight bytes of a word, answered for all at once.
public enum ByteLanes {
    /// The highest bit of every byte.
    @inlinable public static var highBits: UInt64 { 0x8080_8080_8080_8080 }

    /// `byte` in all eight places.
    @inlinable public static func all(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// Marks bytes that equal `byte` by their highest bit; exact up to and including the first mark.
    @inlinable public static func equal(_ word: UInt64, _ byte: UInt8) -> UInt64 {
        let difference = word ^ all(byte)
        return (difference &- all(1)) & ~difference & highBits
    }

    /// Marks bytes below `bound` (at most 128) by their highest bit; exact up to and including the first mark.
    @inlinable public static func less(_ word: UInt64, than bound: UInt8) -> UInt64 {
        (word &- all(bound)) & ~word & highBits
    }
}
