public import PubSub

extension SharedRedis: SharedDuties {
    /// Takes on a duty, or goes on with it, by Redis' clock.
    public func takeOn(_ duty: String, milliseconds: Int64) async -> DutyHolder {
        await ask { broker, continuation in
            let places = broker.places
            places.run(
                .takeOn, keys: [places.keys.duty(duty)],
                [.text(broker.instance), .integer(max(1, milliseconds))], at: .duty(duty)
            ) { result in
                switch result {
                case .success(.integer(1)): continuation.resume(returning: .own)
                case .success(.integer(0)): continuation.resume(returning: .other)
                default: continuation.resume(returning: .unknown)
                }
            }
        }
    }

    /// Lays a duty down; where Redis is away it ends by itself.
    public func layDown(_ duty: String) async {
        await ask { broker, continuation in
            let places = broker.places
            places.run(
                .layDown, keys: [places.keys.duty(duty)], [.text(broker.instance)], at: .duty(duty)
            ) { _ in continuation.resume() }
        }
    }
}
