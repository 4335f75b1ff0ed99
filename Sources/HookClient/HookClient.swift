// HookClient
