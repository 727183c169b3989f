extension GatewaySettings {
    /// Entries of ``trustedProxies`` that are neither an address nor a network.
    public var unreadableProxies: [String] {
        trustedProxies.filter { text in
            do throws(AddressError) {
                _ = try TrustedProxies([text])
                return false
            } catch {
                return true
            }
        }
    }

    /// Entries of ``origins`` that no page can come from: anything but a scheme, a host, and a port where it is needed.
    public var unreadableOrigins: [String] { origins.filter { !OriginPolicy.isOrigin($0) } }
}
