/// Who asks: as much of a request as a challenge is bound to.
public struct WalletVisitor: Sendable {
    /// The origin that the page is of, as ``WalletSettings/origin(_:host:)`` admits it.
    public var origin: String
    /// Whose challenges are counted together: the network that the request comes from.
    public var client: String
    /// The person who is signed in; nil where nobody is.
    public var person: String?

    /// Whose data that person belongs to.
    public var tenant: String

    /// A visitor.
    public init(origin: String, client: String, person: String? = nil, tenant: String = "default") {
        self.origin = origin
        self.client = client
        self.person = person
        self.tenant = tenant
    }
}
