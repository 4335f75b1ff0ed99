/* OPENHOOK_SOCKET: one connection a thread, made when the thread first needs it and closed when the thread ends, so
 * that one slow open does not hold another thread's. */
#ifndef OPENHOOK_THREAD_CONNECTION_H
#define OPENHOOK_THREAD_CONNECTION_H

#include "connection.h"

/* 0, or an errno: ENAMETOOLONG, ENOENT, or what pthread_key_create(3) says. A relative name is taken from the working
 * directory of now: daemons change it. */
int thread_connections_prepare(const char *path);

struct connection *thread_connection_begin(void);
void thread_connection_end(struct connection *connection, enum connection_fate fate);

#endif
