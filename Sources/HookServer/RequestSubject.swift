package import HookLinux
package import HookSELinux
package import SystemPackage

/// The process that asks.
package struct RequestSubject: Sendable, Equatable {
    package let process: PeerCredentials
    /// Its label, or why that cannot be read.
    package let label: Result<PeerContext, Errno>

    package init(_ process: PeerCredentials, label: Result<PeerContext, Errno>) {
        self.process = process
        self.label = label
    }
}
