import Foundation
import Testing

/// What every way to the broker must carry: one machine, for one part of the exercise.
struct Conformance {
    let connection: Connection
    let sandbox: Sandbox
    let store: ImageStore
    let broker: Broker

    /// Whether QEMU confines itself as well, as libvirt has it.
    enum Sandbox: String, CaseIterable, CustomTestStringConvertible {
        case off = "-sandbox off"
        case on = "-sandbox on"

        var testDescription: String { rawValue }

        var arguments: [String] {
            switch self {
            case .off: []
            case .on: ["-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"]
            }
        }
    }

    /// The disk of every machine: `overlay.qcow2` on `middle.qcow2` on `base.raw`.
    private static let rules = [
        "allow rw overlay.qcow2", "allow rw middle.qcow2", "allow ro base.raw", VirtualMachine.serialRule,
    ]

    init(_ connection: Connection, _ sandbox: Sandbox, rules: [String], others: [String] = []) throws {
        self.connection = connection
        self.sandbox = sandbox
        store = try ImageStore()
        try store.makeBootChain()
        broker = try Broker(store, over: connection, Self.rules + rules, others: others)
    }

    /// Boots from the chain, as soon as the files that a test needs are there.
    func boot(_ more: [String] = []) throws -> VirtualMachine {
        let disk = VirtualMachine.disk(store.image("overlay.qcow2"))
        let machine = try VirtualMachine(broker, disk + more + sandbox.arguments)
        try machine.awaitGuest(BootSector.written)
        return machine
    }

    func string(_ name: String) -> JSON { .string(store.image(name)) }

    func file(_ name: String, node: JSON) -> JSON {
        ["driver": "file", "node-name": node, "filename": string(name)]
    }

    /// Whether a file begins with 64 KiB of a byte.
    func begins(_ name: String, with byte: UInt8) throws -> Bool {
        try store.read(name).prefix(65536).allSatisfy { $0 == byte }
    }
}

extension ImageStore {
    /// A raw image with the guest on it, and two overlays.
    func makeBootChain() throws {
        try write(BootSector.disk(megabytes: 4), to: "base.raw")
        try tool("create", "-q", "-f", "qcow2", "-b", image("base.raw"), "-F", "raw", image("middle.qcow2"))
        try tool("create", "-q", "-f", "qcow2", "-b", image("middle.qcow2"), "-F", "qcow2", image("overlay.qcow2"))
        for name in ["middle.qcow2", "overlay.qcow2"] {
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: image(name))
        }
    }
}
