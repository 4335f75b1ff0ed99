// swift-tools-version: 6.3
import PackageDescription

/// The same rules for every Swift target: Swift 6 mode comes from `swiftLanguageModes` below.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Swift 6.3.1 with -O can drop the store that initialises a noncopyable local in a function whose last path never
    // returns: a descriptor's number is then garbage. Without this pass no variant of the fault was found.
    .unsafeFlags(["-Xllvm", "-sil-disable-pass=redundant-load-elimination"], .when(configuration: .release)),
]

/// For targets that search or read without end: their tests would take minutes without optimisation.
let optimizedAlways: [SwiftSetting] = [
    .unsafeFlags(["-O", "-Xllvm", "-sil-disable-pass=redundant-load-elimination"], .when(configuration: .debug))
]

let strictC: [CSetting] = [
    .enableWarning("all"),
    .enableWarning("extra"),
    .treatAllWarnings(as: .error),
]

/// With `--static-swift-stdlib` the program links nothing but libc, libm, libselinux, libaudit: the C++ library comes from its archive
/// too (`link/libstdc++.so` says how), and every address is fixed before `main` runs, so that none can be changed after.
let selfContained: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-L", Context.packageDirectory + "/Sources/openhookd/link", "-Xclang-linker", "-static-libgcc",
            "-Xlinker", "-z", "-Xlinker", "now",
        ],
        .when(configuration: .release))
]

let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "openhook",
    products: [
        .executable(name: "openhookd", targets: ["openhookd"]),
        .executable(name: "openhook", targets: ["openhook"]),
        .executable(name: "openhook-pages", targets: ["openhook-pages"]),
        .plugin(name: "BuildPreload", targets: ["BuildPreload"]),
        .plugin(name: "MakeDocs", targets: ["MakeDocs"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // Pure: bytes in, values out. They import neither Glibc nor C and contain no `unsafe`.
        .target(
            name: "HookWire", dependencies: [systemPackage],
            // FrameBuffer lends its bytes as a Span: a property that returns one still needs this flag.
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        .target(name: "HookPolicy", dependencies: [systemPackage], swiftSettings: strict + optimizedAlways),
        .target(name: "HookJSON", swiftSettings: strict + optimizedAlways),
        .target(name: "HookQEMU", swiftSettings: strict),

        // The system: each C module is imported by exactly one Swift module.
        .target(name: "CLinux", cSettings: strictC),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CSELinux", pkgConfig: "libselinux", providers: [.apt(["libselinux1-dev"])]),
        .systemLibrary(name: "CAudit", pkgConfig: "audit", providers: [.apt(["libaudit-dev"])]),
        .systemLibrary(name: "CSepol", pkgConfig: "libsepol", providers: [.apt(["libsepol-dev"])]),
        .target(
            name: "HookLinux", dependencies: ["CLinux", systemPackage],
            // SystemPath lends its bytes as a Span: a property that returns one still needs this flag.
            swiftSettings: strict + [.enableExperimentalFeature("Lifetimes")]),
        .target(
            name: "HookSELinux", dependencies: ["CSELinux", "HookLinux", systemPackage], swiftSettings: strict),
        .target(name: "HookAudit", dependencies: ["CAudit", "HookLinux", systemPackage], swiftSettings: strict),
        // Never a part of the server: it asks the kernel.
        .target(
            name: "HookSepol", dependencies: ["CSepol", "HookLinux", "HookSELinux", systemPackage],
            swiftSettings: strict),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .target(
            name: "HookSeccomp", dependencies: ["CSeccomp", "HookLinux", "HookPolicy", systemPackage],
            swiftSettings: strict),

        // XML of libvirt's domains: for the admin's command alone.
        .target(name: "HookXML", dependencies: ["CLibXML2"], swiftSettings: strict),

        // The broker and the programs.
        .target(
            name: "HookServer",
            dependencies: ["HookWire", "HookPolicy", "HookLinux", "HookSELinux", "HookAudit", systemPackage],
            swiftSettings: strict),
        .target(
            name: "HookLaunch",
            dependencies: [
                "HookQEMU", "HookSeccomp", "HookSELinux", "HookServer", "HookPolicy", "HookLinux", "HookWire",
                systemPackage,
            ],
            swiftSettings: strict),
        .target(
            name: "HookNotify",
            dependencies: [
                "HookServer", "HookWire", "HookPolicy", "HookLinux", "HookSELinux", "HookAudit", systemPackage,
            ],
            swiftSettings: strict),
        // Policies that write themselves: what the verbs of `openhook` do around a policy.
        .target(
            name: "HookAuthoring",
            dependencies: [
                "HookJSON", "HookQEMU", "HookXML", "HookPolicy", "HookLinux", "HookServer", "HookWire", systemPackage,
            ],
            swiftSettings: strict + optimizedAlways),
        .target(name: "HookClient", dependencies: ["HookWire", "HookLinux", systemPackage], swiftSettings: strict),
        .executableTarget(
            name: "openhookd", dependencies: ["HookServer", "HookNotify"], exclude: ["link"], swiftSettings: strict,
            linkerSettings: selfContained),
        .executableTarget(
            name: "openhook",
            dependencies: [
                "HookClient", "HookJSON", "HookLaunch", "HookServer", "HookPolicy", "HookLinux", "HookSELinux",
                "HookSepol", "HookAudit", "HookWire", "HookAuthoring", systemPackage,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // How long a request takes, beside the least that C can do.
        .target(name: "CYardstick", cSettings: strictC),
        .executableTarget(
            name: "openhook-bench",
            dependencies: [
                "CYardstick", "HookAudit", "HookLinux", "HookWire", systemPackage,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // The server with its allocations counted, for the bench. No test target may depend on it: what counts would be the
        // malloc of all tests, and no sanitizer's could take its place.
        .target(name: "CAllocationCount", cSettings: strictC),
        .executableTarget(
            name: "openhookd-counted", dependencies: ["CAllocationCount", "HookLinux", "HookNotify", "HookServer"],
            swiftSettings: strict),

        // Manual pages and completions, from what the programs say of themselves; a command plugin puts them together.
        .executableTarget(
            name: "openhook-pages", dependencies: ["HookJSON", "HookLinux", systemPackage], swiftSettings: strict),
        .plugin(
            name: "MakeDocs",
            capability: .command(
                intent: .custom(
                    verb: "make-docs",
                    description: "Makes manual pages and shell completions, from what the programs say of themselves.")),
            path: "Sources/MakeDocs"),

        // The preload library is C with libc alone; a command plugin links it (see its README page).
        .plugin(
            name: "BuildPreload",
            capability: .command(
                intent: .custom(
                    verb: "build-preload",
                    description: "Compiles libopenhook-preload.so with clang into the build folder.")),
            path: "Sources/BuildPreload"),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: ["HookAudit", "HookLinux", "HookClient", "HookSELinux", "HookWire", systemPackage],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "HookWireTests", dependencies: ["HookWire", systemPackage], swiftSettings: strict),
        // Random policies, and the language's rules written down a second time.
        .target(
            name: "PolicyTestSupport", dependencies: ["HookPolicy"], path: "Tests/PolicyTestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "HookPolicyTests", dependencies: ["HookPolicy", "PolicyTestSupport", systemPackage],
            swiftSettings: strict),
        // Its own, and the random policies and the reference model of HookPolicyTests.
        .testTarget(
            name: "HookAuthoringTests",
            dependencies: [
                "HookAuthoring", "HookJSON", "HookLinux", "HookPolicy", "HookQEMU", "HookServer", "HookWire",
                "PolicyTestSupport", "TestSupport", systemPackage,
            ],
            exclude: ["Domains"], swiftSettings: strict),
        .testTarget(name: "HookXMLTests", dependencies: ["HookXML"], swiftSettings: strict),
        .testTarget(name: "HookJSONTests", dependencies: ["HookJSON"], swiftSettings: strict),
        .testTarget(
            name: "HookLinuxTests", dependencies: ["HookLinux", "TestSupport", systemPackage],
            swiftSettings: strict),
        .testTarget(
            name: "HookClientTests", dependencies: ["HookClient", "HookLinux", "HookWire", systemPackage],
            swiftSettings: strict),
        .testTarget(
            name: "HookSELinuxTests", dependencies: ["HookSELinux", "HookLinux", "TestSupport", systemPackage],
            swiftSettings: strict),
        .testTarget(
            name: "HookAuditTests", dependencies: ["HookAudit", "HookLinux", "TestSupport", systemPackage],
            swiftSettings: strict),
        // With a policy that checkpolicy(8) compiles from the source that lies there.
        .testTarget(
            name: "HookSepolTests",
            dependencies: [
                "HookSepol", "HookSELinux", "HookLinux", "TestSupport", "selinux-compare", systemPackage,
            ],
            exclude: ["small-policy.conf"], swiftSettings: strict),
        // Runs in the guest of .ci/selinux-guest, and by HookSepolTests with two policy files.
        .executableTarget(
            name: "selinux-compare",
            dependencies: [
                "HookLinux", "HookSELinux", "HookSepol", systemPackage,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Guest/selinux-compare", swiftSettings: strict),
        .executableTarget(
            name: "label-stress", dependencies: ["HookLinux", "HookSELinux", systemPackage],
            path: "Tests/Guest/label-stress", swiftSettings: strict),
        // Runs the command itself, beside a real server.
        .testTarget(
            name: "OpenHookTests",
            dependencies: [
                "HookLinux", "HookWire", "TestSupport", systemPackage, "openhook", "openhookd", "openhook-pages",
            ],
            exclude: ["Trails"], swiftSettings: strict),
        // Reads every policy under policy/examples.
        .testTarget(name: "ExamplePolicyTests", dependencies: ["HookPolicy", systemPackage], swiftSettings: strict),
        .testTarget(
            name: "HookLaunchTests", dependencies: ["HookLaunch", "HookLinux", "TestSupport", systemPackage],
            swiftSettings: strict),
        // `openhook run`, and what it starts.
        .testTarget(
            name: "LaunchTests",
            dependencies: ["HookLinux", "TestSupport", systemPackage, "openhook", "openhookd"], swiftSettings: strict),
        // Against the real `openhookd`, from outside.
        .testTarget(
            name: "AttackTests", dependencies: ["HookLinux", "TestSupport", systemPackage], swiftSettings: strict),
        .testTarget(
            name: "ProtocolTests",
            dependencies: ["HookClient", "HookLinux", "HookWire", "TestSupport", systemPackage],
            swiftSettings: strict),
        .testTarget(
            name: "HookServerTests",
            dependencies: [
                "HookServer", "HookAudit", "HookLinux", "HookPolicy", "HookSELinux", "TestSupport", systemPackage,
            ],
            swiftSettings: strict),
        // File systems that hang.
        .testTarget(
            name: "HangTests", dependencies: ["HookLinux", "TestSupport", systemPackage], swiftSettings: strict),
        // Programs under seccomp notification, behind their wall, with the real broker.
        .testTarget(
            name: "NotifyTests",
            dependencies: [
                "HookSeccomp", "HookLinux", "HookPolicy", "TestSupport", "openhook", "openhookd", systemPackage,
            ],
            swiftSettings: strict),
        // What must not grow.
        .testTarget(
            name: "SoakTests", dependencies: ["HookLinux", "TestSupport", "openhook-bench", systemPackage],
            swiftSettings: strict),
        // Runs C programs under the preload library; it compiles them, and the library, itself.
        .testTarget(name: "PreloadTests", swiftSettings: strict),
        // On a kernel that enforces SELinux: .ci/selinux-guest.
        .testTarget(
            name: "SELinuxGuestTests",
            dependencies: ["HookLinux", "HookSELinux", "TestSupport", systemPackage], swiftSettings: strict
        ),
        // Debian's unmodified QEMU, the preload library and the real server, together.
        .testTarget(
            name: "QemuTests", dependencies: ["HookAuthoring", "HookLinux", "HookPolicy", systemPackage],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
