// HookSELinux
