/// Runs `body` and gives what it throws; nil if it does not.
package func failure<Success, Failure: Error>(_ body: () throws(Failure) -> Success) -> Failure? {
    do {
        _ = try body()
        return nil
    } catch {
        return error
    }
}
