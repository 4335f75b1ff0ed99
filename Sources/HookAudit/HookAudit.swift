// HookAudit
