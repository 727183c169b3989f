import Decimals
public import JSON
public import Storage

extension RiskInputs {
    /// What somebody gives of an asset: `market_cap`, `volatility`, `volume`, `contract`, `audit_score`, `sentiment`,
    /// `top_holders`, each of which may be missing or null.
    ///
    /// - Throws: ``RiskError/invalidInput(_:)`` for the first one that cannot be.
    public init(_ json: JSONValue) throws(RiskError) {
        self.init()
        marketCap = try RiskInputs.decimal(json, "market_cap")
        volatility = try RiskInputs.decimal(json, "volatility")
        volume = try RiskInputs.decimal(json, "volume")
        sentiment = try RiskInputs.decimal(json, "sentiment")
        topHolders = try RiskInputs.decimal(json, "top_holders")
        let audit = try RiskInputs.decimal(json, "audit_score")
        switch (json["contract"] ?? .null, audit) {
        case (.null, nil), (.string("unaudited"), nil): contract = .unaudited
        case (.string("none"), nil): contract = .none
        case (.null, let audit?), (.string("audited"), let audit?): contract = .audited(audit)
        case (.string("audited"), nil), (.string("none"), _), (.string("unaudited"), _):
            throw .invalidInput("audit_score")
        default: throw .invalidInput("contract")
        }
        if let impossible { throw .invalidInput(impossible) }
    }

    private static func decimal(_ json: JSONValue, _ name: String) throws(RiskError) -> ExactDecimal? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let number = try? ExactDecimal(value) else { throw .invalidInput(name) }
        return number
    }

    /// What the store keeps of it.
    public func write(to record: inout RiskRecord) {
        record.marketCap = marketCap?.text
        record.volatility = volatility?.text
        record.volume = volume?.text
        record.sentiment = sentiment?.text
        record.topHolders = topHolders?.text
        switch contract {
        case .none: (record.contract, record.auditScore) = ("none", nil)
        case .unaudited: (record.contract, record.auditScore) = ("unaudited", nil)
        case .audited(let score): (record.contract, record.auditScore) = ("audited", score.text)
        }
    }

    /// What was given, and what a source says where nothing was given.
    init(_ record: RiskRecord) {
        func decimal(_ text: String?) -> ExactDecimal? { text.flatMap { try? ExactDecimal($0) } }
        self.init(
            marketCap: decimal(record.marketCap ?? record.sourceMarketCap),
            volatility: decimal(record.volatility), volume: decimal(record.volume ?? record.sourceVolume),
            sentiment: decimal(record.sentiment), topHolders: decimal(record.topHolders))
        switch record.contract {
        case "none": contract = .none
        case "audited": contract = decimal(record.auditScore).map { .audited($0) } ?? .unaudited
        default: contract = .unaudited
        }
    }
}
