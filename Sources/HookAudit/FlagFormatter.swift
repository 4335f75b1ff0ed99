/// Names the open flags of a request: calls its second parameter once for each word, in the order to be written.
///
/// The words belong to the wire protocol, which this module does not know.
package typealias FlagFormatter = @Sendable (_ flags: UInt32, _ word: (FlagWord) -> Void) -> Void

/// A part of a flags value: a flag that has a name, or the bits that have none.
package enum FlagWord: Sendable, Equatable {
    case named(String)
    case unknownBits(UInt32)
}
