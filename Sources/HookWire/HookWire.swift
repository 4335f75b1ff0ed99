// HookWire
