import Achievements
import PubSub
import Reactor

extension Session {
    /// Somebody who is not in a room any more hears no more of its leaderboard.
    func leaveBoard(of room: String) {
        let channel = BoardName.room(room).channel
        guard let handle, topics.remove(channel) != nil else { return }
        postTopics(.unsubscribe(handle, channels: [channel], id: nil))
    }
}
