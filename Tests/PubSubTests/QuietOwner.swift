@testable import PubSub

/// An owner of a subscriber that heeds nothing but what it says itself.
protocol QuietOwner: SubscriberOwner {}

extension QuietOwner {
    func subscribed(to channel: String) {}
    func subscriptionRefused(to channel: String) {}
    func unsubscribed(from channel: String, cause: UnsubscribeCause) {}
    func closeRequested(code: UInt16, reason: String) {}
    func fellBehind() {}
}
