/// A command for a slot of a cluster, until it has its answer.
struct ClusterStep {
    /// What is done.
    enum Deed {
        case command([RedisArgument])
        case script(RedisScript, keys: [String], [RedisArgument])
    }

    let slot: Int
    /// Steps of one slot are taken in the order of these.
    let number: Int
    let deed: Deed
    let answer: RedisConnection.Answer
    /// When it is given up.
    let deadline: Int64
    /// Who is to be asked with `ASKING`; nil for whoever has the slot.
    var asked: SlotMap.Member?

    /// Takes the step at a member.
    func perform(at node: RedisNode, _ answer: @escaping RedisConnection.Answer) {
        let asking = asked != nil
        switch deed {
        case .command(let arguments): node.send(arguments, asking: asking, answer)
        case .script(let script, let keys, let arguments):
            node.run(script, keys: keys, arguments, asking: asking, answer)
        }
    }
}
