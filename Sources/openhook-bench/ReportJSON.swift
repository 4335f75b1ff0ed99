extension Report {
    /// For programs: one object, times in microseconds unless the key says otherwise.
    var json: String {
        """
        {
          "server": \(quoted(subject)),
          "requests_per_round": \(effort.requests),
          "rounds": \(effort.rounds),
          "starts": \(effort.starts),
          "requests": [
        \(requests.map(object).joined(separator: ",\n"))
          ],
          "idle": [
        \(standing.map(object).joined(separator: ",\n"))
          ]
        }
        """
    }

    private func object(_ result: RequestResult) -> String {
        """
            {"answer": "\(result.answer.rawValue)", "socket": "\(result.style.rawValue)", "rules": \(result.rules), \
        "server": \(object(result.subject)), "bare": \(object(result.bare)), "ratio": \(object(result.ratio))}
        """
    }

    private func object(_ latency: Latency) -> String {
        "{\"p50\": \(fixed(latency.p50, 3)), \"p99\": \(fixed(latency.p99, 3))}"
    }

    private func object(_ result: StandingResult) -> String {
        """
            {"rules": \(result.rules), "start_to_ready_ms": \(fixed(result.startMilliseconds, 3)), \
        "private_kb": \(result.memory.privateKilobytes), "private_dirty_kb": \(result.memory.dirtyKilobytes)}
        """
    }

    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
