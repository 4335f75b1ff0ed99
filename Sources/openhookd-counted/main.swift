// openhookd itself, which counts its allocations besides, for `openhook-bench --endurance`.
import CAllocationCount
import HookLinux
import HookNotify
import HookServer

guard ac_publish() == 0 else {
    StandardError.write("openhookd-counted: the file in OPENHOOK_ALLOCATIONS cannot be written\n")
    ThisProcess.exit(3)
}
DaemonProgram.run(notifications: NotifySupervisor())
