public import Bytes
public import ClientProtocol

/// Where topics live that several processes have in common: positions, rings, last values, names.
///
/// It belongs to one loop, as the ``Broker`` beside which it stands. Each step is one atomic round trip; an answer comes
/// once, on the loop, also where nobody can be reached.
public protocol TopicStore: AnyObject {
    /// Gives a publication its offset, keeps it, and publishes the finished message on the topic's own channel.
    func publish(
        _ draft: TopicDraft, _ bounds: TopicBounds, _ answer: @escaping (TopicPublishing) -> Void)

    /// Where a topic stands and what it has kept.
    ///
    /// Whoever reads a topic uses it: it lives on for another ``TopicBounds/idleMilliseconds``.
    func read(
        _ channel: String, _ reading: TopicReading, _ bounds: TopicBounds,
        _ answer: @escaping (TopicFinding) -> Void)

    /// The names of topics that begin so; some of them may have ended. Nil where not all places can be asked.
    func names(beginningWith prefix: String, _ answer: @escaping ([String]?) -> Void)
}

/// A publication that has no place yet.
public struct TopicDraft: Sendable {
    /// The topic.
    public var channel: String
    /// Valid JSON, passed on byte for byte.
    public var data: [UInt8]
    /// What a repeat of it has in common with it; nil where it is never repeated.
    public var key: String?

    /// A publication.
    public init(channel: String, data: [UInt8], key: String?) {
        self.channel = channel
        self.data = data
        self.key = key
    }
}

/// The bounds of one topic, and of all.
public struct TopicBounds: Sendable {
    /// Publications kept.
    public var ringCount: Int
    /// Bytes of them.
    public var ringBytes: Int
    /// Topics that may exist at a time.
    public var channels: Int
    /// How long a topic lives that nobody uses, in milliseconds.
    public var idleMilliseconds: Int64

    /// Bounds.
    public init(ringCount: Int, ringBytes: Int, channels: Int, idleMilliseconds: Int64) {
        self.ringCount = ringCount
        self.ringBytes = ringBytes
        self.channels = channels
        self.idleMilliseconds = idleMilliseconds
    }
}

/// What became of a publication.
public enum TopicPublishing: Sendable, Equatable {
    /// It has this position; whether the topic began with it.
    case published(StreamPosition, isFirst: Bool)
    /// It was published before, at this position.
    case repeated(StreamPosition)
    /// There are as many topics as there may be.
    case full
    /// Nobody says what became of it; a repeat with its key does no harm.
    case away
}

/// What is asked of a topic.
public struct TopicReading: Sendable {
    /// What the asker has; publications after it are wanted, all that are kept where the epoch is another one.
    public var known: StreamPosition?
    /// Whether all kept publications are wanted.
    public var wantsRing: Bool
    /// Whether it begins where it does not exist.
    public var creates: Bool

    /// A question.
    public init(known: StreamPosition?, wantsRing: Bool, creates: Bool) {
        self.known = known
        self.wantsRing = wantsRing
        self.creates = creates
    }
}

/// What was found of a topic.
public enum TopicFinding: Sendable, Equatable {
    /// It is here.
    case found(TopicPage)
    /// There is none.
    case nothing
    /// It cannot begin: there are as many topics as there may be.
    case full
    /// Nobody can be asked.
    case away
}

/// Where a topic stands.
public struct TopicPage: Sendable, Equatable {
    /// The newest publication's position.
    public var position: StreamPosition
    /// Whether the topic began with this reading.
    public var isNew: Bool
    /// When the last publication came; nil where none did, or where the asker has it.
    public var at: Timestamp?
    /// Its data.
    public var data: [UInt8]
    /// Kept publications without holes, as subscribers get them; the last one has the position's offset.
    public var publications: [[UInt8]]

    /// A page.
    public init(
        position: StreamPosition, isNew: Bool, at: Timestamp?, data: [UInt8], publications: [[UInt8]]
    ) {
        self.position = position
        self.isNew = isNew
        self.at = at
        self.data = data
        self.publications = publications
    }

    /// The offset of the publication before the first one kept.
    var base: Int64 { position.offset - Int64(publications.count) }
}
