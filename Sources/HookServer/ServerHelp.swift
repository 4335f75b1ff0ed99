/// What `openhookd --help` prints.
package enum ServerHelp {
    package static let version = "openhookd 0.1"

    package static let text = """
        openhookd: opens files for one QEMU process, as its policy allows, and hands over the descriptors.

        usage: openhookd --policy FILE (--socket PATH | --fd N | --launch PATH) [options]

          --policy FILE             what may be opened, by whom (see policy/examples)
          --socket PATH             listen here; the file is made, and removed at the end
            --seqpacket             packets in the place of a stream
          --fd N                    serve an inherited socket: one end of a socketpair, or a listening one
                                    (neither: the socket that the service manager passed, LISTEN_FDS)
          --launch PATH             listen here for launchers (openhook run --attach); with --socket, or alone
          --launch-fd N             serve the launcher at the other end of this socket, and end with its program
          --uid USER --gid GROUP    the owner of both sockets (default: this process's)
          --mode MODE               their permissions, octal (default 600)
          --peer-pid PID            only this process may ask; also the variable OPENHOOK_AUTH_PID
          --audit FILE|-|linux      append the audit records there, to standard output, or send them to the system's
                                    audit log; may be given several times (default: standard error)
          --audit-optional          serve requests whose audit record cannot be kept (default: refuse them)
          --open-timeout SECONDS    how long an open may take before the answer is ETIMEDOUT (default 5)
          --ready-fd N              write READY=1 to this descriptor when serving (also: NOTIFY_SOCKET)
          --allow-writable-policy   use a policy file that others than root and this user can write
          --version, --help

        example:
          openhookd --policy /etc/openhook/web01.policy --socket /run/openhook/web01.sock --gid kvm --mode 660

        signals: SIGHUP loads the policy anew, whole or not at all, and reopens the audit file; SIGTERM ends the server
        once the requests at hand are answered.

        exit status: 0 ended as asked; 2 wrong usage or policy; 3 the system lacks something: SELinux that the policy
        requires, a kernel new enough, a directory for the socket, an audit log that keeps records.
        """
}
