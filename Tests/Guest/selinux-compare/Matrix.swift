import HookSELinux

/// What is asked: subjects × objects × the permissions of each class, of VMs and of those about them.
///
/// A label that a policy lacks is no error: both engines say so. So the matrix is larger than any one policy needs.
enum Matrix {
    struct Question {
        let subject: SecurityContext
        let object: SecurityContext
        let className: String
        let permission: String
    }

    static let subjects = contexts([
        "system_u:system_r:svirt_t:s0:c1,c2", "system_u:system_r:svirt_t:s0:c3,c4", "system_u:system_r:svirt_t:s0",
        "system_u:system_r:svirt_tcg_t:s0:c1,c2", "system_u:system_r:qemu_t:s0:c1,c2", "system_u:system_r:virtd_t:s0",
        "system_u:system_r:openhookd_t:s0", "system_u:system_r:initrc_t:s0", "system_u:system_r:kernel_t:s0",
        "unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023",
        // No policy knows these.
        "system_u:system_r:no_such_type_t:s0", "system_u:system_r:svirt_t:s0:c9999",
    ])

    static let objects = contexts([
        "system_u:object_r:svirt_image_t:s0:c1,c2", "system_u:object_r:svirt_image_t:s0:c3,c4",
        "system_u:object_r:svirt_image_t:s0", "system_u:object_r:virt_image_t:s0",
        "system_u:object_r:virt_content_t:s0",
        "system_u:object_r:openhook_image_t:s0", "system_u:object_r:nfs_t:s0", "system_u:object_r:cifs_t:s0",
        "system_u:object_r:fixed_disk_device_t:s0", "system_u:object_r:tun_tap_device_t:s0",
        "system_u:object_r:vhost_device_t:s0", "system_u:object_r:null_device_t:s0", "system_u:object_r:shadow_t:s0",
        "system_u:object_r:no_such_type_t:s0",
    ])

    static let files = ["read", "write", "append", "getattr", "lock", "ioctl", "open"]

    static let ofObjects: [(className: String, permissions: [String])] = [
        ("file", files + ["create"]), ("blk_file", files), ("chr_file", files),
        ("dir", ["write", "add_name", "search"]), ("no_such_class", ["read"]), ("file", ["no_such_permission"]),
    ]

    static let ofSubjects: [(className: String, permissions: [String])] = [
        ("fd", ["use"]), ("unix_stream_socket", ["connectto", "read", "write", "getattr"]),
    ]

    static let questions: [Question] = product(subjects, objects, ofObjects) + product(subjects, subjects, ofSubjects)

    private static func product(
        _ subjects: [SecurityContext], _ objects: [SecurityContext],
        _ classes: [(className: String, permissions: [String])]
    ) -> [Question] {
        var questions: [Question] = []
        for subject in subjects {
            for object in objects {
                for (className, permissions) in classes {
                    questions += permissions.map {
                        Question(subject: subject, object: object, className: className, permission: $0)
                    }
                }
            }
        }
        return questions
    }

    private static func contexts(_ texts: [String]) -> [SecurityContext] {
        texts.compactMap { SecurityContext(validating: Array($0.utf8)) }
    }
}
