extension Achievement {
    /// What whoever has earned it has done, as `10 messages in one day`.
    ///
    /// A description tells people what to do, which is over by then. It stands in where the rule cannot be put shortly.
    var deed: String {
        rule.deed ?? (form.description.isEmpty ? "" : "Done: \(form.description)")
    }
}
