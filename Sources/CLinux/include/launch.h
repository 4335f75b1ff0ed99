/* What a program needs that makes itself ready and then becomes another one. Part of CLinux.h. */
#ifndef OPENHOOK_CLINUX_LAUNCH_H
#define OPENHOOK_CLINUX_LAUNCH_H

#include <stddef.h>
#include <stdint.h>

/* landlock.c */
/* The version of Landlock that the kernel has; -EOPNOTSUPP or -ENOSYS without it. */
int32_t oh_landlock_version(void);
/* landlock_create_ruleset(2): a descriptor. The rights and scopes must be known to the kernel. */
int32_t oh_landlock_ruleset(uint64_t handled_rights, uint64_t scopes);
/* landlock_add_rule(2), LANDLOCK_RULE_PATH_BENEATH */
int32_t oh_landlock_allow(int32_t ruleset, int32_t object, uint64_t rights);
/* landlock_restrict_self(2) */
int32_t oh_landlock_restrict(int32_t ruleset);

/* rights.c: rights that the calling process, which has one thread, gives up for good. */
/* setgroups(2), setresgid(2), setresuid(2); -EPERM if they did not hold. */
int32_t oh_become_user(uint32_t uid, uint32_t gid, const uint32_t *groups, size_t count);
/* Empties the bounding set: PR_CAPBSET_DROP. -EPERM without CAP_SETPCAP. */
int32_t oh_empty_bounding_set(void);
/* Empties the ambient, effective, permitted and inheritable sets. capset(2) */
int32_t oh_drop_capabilities(void);
/* 1 if any of the process's sets, or (where an exec as root would use it) the bounding set, has a capability in it. */
int32_t oh_has_capabilities(void);
/* PR_SET_PTRACER of Yama: -EINVAL where there is no Yama. */
int32_t oh_allow_tracer(int32_t pid);

/* execute.c */
/* execve(2): it returns if that failed. Both lists end with NULL. */
int32_t oh_execute(const char *program, const char *const *arguments, const char *const *environment);
/* faccessat(2) of the effective user, X_OK. */
int32_t oh_may_execute(const char *path);
/* The entry of the environment, or NULL behind the last one. environ(7) */
const char *oh_environment_entry(size_t index);

/* detached.c */
struct oh_detached {
  const char *program;            /* absolute */
  const char *const *arguments;   /* NULL at the end */
  const char *const *environment; /* NULL at the end */
  const int32_t *descriptors;     /* descriptors[i] becomes i, as in struct oh_spawn */
  size_t descriptor_count;
  const char *name;               /* what the system log calls it */
  const char *loss;               /* what the system log adds when it ended although it was still needed */
};
/* Starts a program in a session of its own, no child of this process, with a guardian of its own, which waits for it.
 * *report becomes a descriptor from which, when it has ended, an int32_t can be read: its exit status, or 256 + the
 * signal. If nobody can read that any more, and it did not end with 0, the guardian writes to the system log
 * (syslog(3)) and to standard error. */
int32_t oh_start_detached(const struct oh_detached *detached, int32_t *report);

#endif
