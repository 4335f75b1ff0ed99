internal import HookLinux
internal import SystemPackage

/// What the value of an option says.
enum OptionValue {
    static func path(_ bytes: [UInt8], _ option: String) throws(ServerOptions.UsageError) -> SystemPath {
        guard !bytes.isEmpty, let path = try? SystemPath(bytes) else {
            throw ServerOptions.UsageError(message: "\(option) needs the name of a file")
        }
        return path
    }

    static func number<N: FixedWidthInteger>(
        _ text: [UInt8], _ option: String, _ range: ClosedRange<N>
    ) throws(ServerOptions.UsageError) -> N {
        guard text.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = N(String(decoding: text, as: UTF8.self)), range.contains(number)
        else {
            throw ServerOptions.UsageError(
                message: "\(option) needs a number from \(range.lowerBound) to \(range.upperBound), not \(quoted(text))"
            )
        }
        return number
    }

    static func mode(_ text: [UInt8]) throws(ServerOptions.UsageError) -> UInt32 {
        guard let mode = UInt32(String(decoding: text, as: UTF8.self), radix: 8), mode <= 0o777 else {
            throw ServerOptions.UsageError(
                message: "--mode needs permissions in octal, at most 777, not \(quoted(text))")
        }
        return mode
    }

    static func user(_ name: [UInt8]) throws(ServerOptions.UsageError) -> UInt32 {
        do { return try UserDatabase.user(name).uid } catch {
            throw ServerOptions.UsageError(message: "--uid: unknown user \(quoted(name))")
        }
    }

    static func group(_ name: [UInt8]) throws(ServerOptions.UsageError) -> UInt32 {
        do { return try UserDatabase.group(name) } catch {
            throw ServerOptions.UsageError(message: "--gid: unknown group \(quoted(name))")
        }
    }

    static func quoted(_ bytes: [UInt8]) -> String {
        String(reflecting: String(decoding: bytes, as: UTF8.self))
    }
}
