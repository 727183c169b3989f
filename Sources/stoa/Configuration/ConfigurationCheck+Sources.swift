import Outbound
import Reactor

extension ConfigurationCheck {
    /// The sources of prices.
    mutating func sources() {
        for place in ["primary", "secondary"] {
            let ids = "prices.\(place)_ids"
            guard let known = configuration.sourceIDs(ids) else {
                fault(ids, "are symbols and the source's names of them, as BTC-USD=bitcoin, each symbol once")
                continue
            }
            let isOn = configuration.text("prices.\(place)") != "none"
            if isOn == known.isEmpty {
                fault(ids, isOn ? "are needed beside prices.\(place)" : "need prices.\(place) beside them")
            }
            if configuration.text("prices.\(place)") == "coinmarketcap",
                !known.values.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
            {
                fault(ids, "are CoinMarketCap's numbers, as BTC-USD=1")
            }
            address("prices.\(place)_url")
        }
        for place in ["binance", "coinbase"] {
            if configuration.sourceIDs("prices.\(place)_ids") == nil {
                fault(
                    "prices.\(place)_ids", "are symbols and the source's names of them, each symbol once")
            }
            let key = "prices.\(place)_url"
            guard let text = configuration.optional(key) else { continue }
            if WebSocketURL(text) == nil {
                fault(key, "is an address that begins with wss:// or ws://")
            } else if !ConfigurationCheck.isSafe(text) {
                fault(key, "is wss, or ws of this machine: anybody on the way could make prices")
            }
        }
        if let path = configuration.optional("prices.authorities") {
            do throws(TLSError) {
                _ = try TLSContext(authorityPath: path)
            } catch {
                fault("prices.authorities", "cannot be used: \(error)")
            }
        }
        let (first, second) = (configuration.text("prices.primary"), configuration.text("prices.secondary"))
        if first == "none", second != "none" { fault("prices.secondary", "needs prices.primary beside it") }
        if first != "none", first == second {
            fault(
                "prices.secondary", "is another source than prices.primary: nothing is compared with itself")
        }
        let currency = configuration.text("prices.currency").utf8
        if !(2...8).contains(currency.count)
            || !currency.allSatisfy({ (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) })
        {
            fault("prices.currency", "is the name of a currency, as usd")
        }
    }

    private mutating func address(_ key: String) {
        guard let url = configuration.optional(key) else { return }
        if !url.hasPrefix("https://"), !url.hasPrefix("http://") || url.hasSuffix("/") {
            fault(key, "is an address that begins with https:// or http://, without a / at its end")
        } else if !ConfigurationCheck.isSafe(url) {
            fault(key, "is https, or http of this machine: anybody on the way could make prices")
        }
    }
}
