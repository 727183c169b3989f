/// How a connection is counted, so that it is counted out when it ends.
struct Departure {
    let counted: String??
    let proxied: String?

    /// Counts the connection out.
    func leave(_ census: Census) {
        if case .some(let address) = counted { census.leave(address: address) }
        if let proxied { census.leave(client: proxied) }
    }
}
