/// What all requests share, whatever policy is in force: waiting lists, counts, and the way to the system's audit log. No
/// descriptor of a request's own.
struct Site: Sendable {
    let creations: Creations
    let stuck: StuckOpens
    let denials: DenialLog
}
