/// Does something, and undoes it after a while, also where the run ends meanwhile.
func during(_ milliseconds: Int, _ begin: () -> Void, _ end: () -> Void) async throws {
    begin()
    defer { end() }
    try await Task.sleep(for: .milliseconds(milliseconds))
}
