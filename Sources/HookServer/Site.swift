/// What all requests share, whatever policy is in force: waiting lists and counts. No descriptors.
struct Site: Sendable {
    let creations: Creations
    let stuck: StuckOpens
    let denials: DenialLog
}
