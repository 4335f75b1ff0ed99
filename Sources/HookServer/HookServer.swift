// HookServer
