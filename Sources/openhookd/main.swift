import HookServer

DaemonProgram.run()
