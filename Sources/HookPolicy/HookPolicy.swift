// HookPolicy
