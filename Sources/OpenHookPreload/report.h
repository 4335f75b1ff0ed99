/* What the library says on standard error: one line a failure, and the same kind of failure again only after an
 * answer of the broker in between. QEMU retries some opens without end. */
#ifndef OPENHOOK_REPORT_H
#define OPENHOOK_REPORT_H

enum report_kind { REPORT_SETTINGS, REPORT_CONNECT, REPORT_CONNECTION, REPORT_REPLY, REPORT_WITHHELD, REPORT_KINDS };

/* Writes "openhook: TEXT: SUBJECT" and, if error is an errno and not 0, what it means. Leaves errno alone. */
void report(enum report_kind kind, const char *text, const char *subject, int error);

/* The broker has granted or refused an open: what goes wrong from now on is worth a line again. */
void report_answered(void);

#endif
