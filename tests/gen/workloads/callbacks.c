//go:build cgo && callbacks

#include <pthread.h>
#include <stdint.h>

#include "_cgo_export.h"

void call_back(int depth)
{
	goCallback(depth);
}

static void *run(void *depth)
{
	goCallback((int)(intptr_t)depth);
	goCallback(0);
	return depth;
}

int call_back_thread(int depth)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, (void *)(intptr_t)depth) != 0)
		return -1;
	return pthread_join(thread, NULL);
}
