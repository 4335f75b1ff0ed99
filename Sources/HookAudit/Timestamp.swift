extension [UInt8] {
    /// Appends nanoseconds since 1970 as RFC 3339 in UTC with microseconds: `2026-07-01T12:34:56.789012Z`.
    mutating func appendTimestamp(_ nanoseconds: Int64) {
        let microseconds = nanoseconds.flooredDivision(by: 1000)
        let seconds = microseconds.quotient.flooredDivision(by: 1_000_000)
        let days = seconds.quotient.flooredDivision(by: 86_400)
        let date = CivilDate(daysSince1970: days.quotient)
        appendDigits(date.year, width: 4)
        append(UInt8(ascii: "-"))
        appendDigits(date.month, width: 2)
        append(UInt8(ascii: "-"))
        appendDigits(date.day, width: 2)
        append(UInt8(ascii: "T"))
        appendDigits(days.remainder / 3600, width: 2)
        append(UInt8(ascii: ":"))
        appendDigits(days.remainder / 60 % 60, width: 2)
        append(UInt8(ascii: ":"))
        appendDigits(days.remainder % 60, width: 2)
        append(UInt8(ascii: "."))
        appendDigits(seconds.remainder, width: 6)
        append(UInt8(ascii: "Z"))
    }

    /// Appends the last `width` decimal digits of a number that is not negative.
    private mutating func appendDigits(_ value: Int64, width: Int) {
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
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
