import HookNotify
import HookServer

DaemonProgram.run(notifications: NotifySupervisor())
