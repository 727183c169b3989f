/// A place in a channel's publications.
///
/// The offset counts publications 1, 2, 3 …; the epoch names the numbering. A stream that was lost and began anew has
/// another epoch, so that a client with an old offset is told of the gap in place of waiting for numbers that mean
/// something else now.
public struct StreamPosition: Equatable, Sendable {
    /// Which numbering.
    public var epoch: String
    /// The last publication seen; 0 before the first one.
    public var offset: Int64

    /// A place.
    public init(epoch: String, offset: Int64) {
        self.epoch = epoch
        self.offset = offset
    }
}
