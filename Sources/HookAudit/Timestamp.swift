/// Writes nanoseconds since 1970 as RFC 3339 in UTC with microseconds: `2026-07-01T12:34:56.789012Z`.
///
/// The text of a second is kept, because most records are of the same second as the one before.
struct TimestampFormatter: Sendable {
    private var second: Int64?
    /// `2026-07-01T12:34:56.`
    private var text: [UInt8] = []

    mutating func write(_ nanoseconds: Int64, to line: inout JSONLine) {
        let time = nanoseconds.flooredDivision(by: 1_000_000_000)
        if time.quotient != second { format(time.quotient) }
        line.write(text.span)
        line.write(UInt64(truncatingIfNeeded: time.remainder / 1000), width: 6)
        line.write("Z")
    }

    private mutating func format(_ second: Int64) {
        let time = second.flooredDivision(by: 86_400)
        let date = CivilDate(daysSince1970: time.quotient)
        self.second = second
        text.removeAll(keepingCapacity: true)
        _ = text.append(room: 20) { text in
            text.write(number: date.year, width: 4, "-")
            text.write(number: date.month, width: 2, "-")
            text.write(number: date.day, width: 2, "T")
            text.write(number: time.remainder / 3600, width: 2, ":")
            text.write(number: time.remainder / 60 % 60, width: 2, ":")
            text.write(number: time.remainder % 60, width: 2, ".")
        }
    }
}

extension JSONLine {
    fileprivate mutating func write(number: Int64, width: Int, _ separator: StaticString) {
        write(UInt64(truncatingIfNeeded: number), width: width)
        write(separator)
    }
}

extension Int64 {
    /// Division that rounds down, so that the remainder is never negative.
    fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// A day of the Gregorian calendar.
private struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    /// Counts in eras of 400 years (146,097 days) that begin on 1 March, so that the leap day ends a year.
    init(daysSince1970 days: Int64) {
        let era = (days + 719_468).flooredDivision(by: 146_097)
        let dayOfEra = era.remainder
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era.quotient * 400 + (month <= 2 ? 1 : 0)
    }
}
