#include "parser/legacy_spec.h"

/* EVENT(type, text, since, numbers, the last of them is a stack, role) */
/* clang-format off */
#define EVENT(type, text, first, n, stack, does) \
	[LEGACY_##type] = { .name = text, .n_numbers = n, .since = first, .has_stack = stack, .is_timed = true, .role = LEGACY_##does }
#define OTHER(type, text, first, n) \
	[LEGACY_##type] = { .name = text, .n_numbers = n, .since = first }

const struct legacy_spec legacy_spec_table[64] = {
	OTHER(BATCH, "Batch", 5, 2),
	OTHER(FREQUENCY, "Frequency", 5, 1),
	OTHER(STACK, "Stack", 5, 0),
	EVENT(GOMAXPROCS, "Gomaxprocs", 5, 3, true, TELLS),
	EVENT(PROC_START, "ProcStart", 5, 2, false, TELLS),
	EVENT(PROC_STOP, "ProcStop", 5, 1, false, TELLS),
	EVENT(GC_START, "GCStart", 5, 3, true, COLLECTS),
	EVENT(GC_DONE, "GCDone", 5, 1, false, TELLS),
	EVENT(STW_START, "GCSTWStart", 5, 2, false, TELLS),
	EVENT(STW_DONE, "GCSTWDone", 5, 1, false, TELLS),
	EVENT(GC_SWEEP_START, "GCSweepStart", 5, 2, true, TELLS),
	EVENT(GC_SWEEP_DONE, "GCSweepDone", 5, 3, false, TELLS),
	EVENT(GO_CREATE, "GoCreate", 5, 4, true, CREATES),
	EVENT(GO_START, "GoStart", 5, 3, false, STARTS),
	EVENT(GO_END, "GoEnd", 5, 1, false, ENDS),
	EVENT(GO_STOP, "GoStop", 5, 2, true, STOPS),
	EVENT(GO_SCHED, "GoSched", 5, 2, true, YIELDS),
	EVENT(GO_PREEMPT, "GoPreempt", 5, 2, true, YIELDS),
	EVENT(GO_SLEEP, "GoSleep", 5, 2, true, BLOCKS),
	EVENT(GO_BLOCK, "GoBlock", 5, 2, true, BLOCKS),
	EVENT(GO_UNBLOCK, "GoUnblock", 5, 4, true, WAKES),
	EVENT(GO_BLOCK_SEND, "GoBlockSend", 5, 2, true, BLOCKS),
	EVENT(GO_BLOCK_RECV, "GoBlockRecv", 5, 2, true, BLOCKS),
	EVENT(GO_BLOCK_SELECT, "GoBlockSelect", 5, 2, true, BLOCKS),
	EVENT(GO_BLOCK_SYNC, "GoBlockSync", 5, 2, true, BLOCKS),
	EVENT(GO_BLOCK_COND, "GoBlockCond", 5, 2, true, BLOCKS),
	EVENT(GO_BLOCK_NET, "GoBlockNet", 5, 2, true, BLOCKS),
	EVENT(GO_SYS_CALL, "GoSysCall", 5, 2, true, TELLS),
	EVENT(GO_SYS_EXIT, "GoSysExit", 5, 4, false, RETURNS),
	EVENT(GO_SYS_BLOCK, "GoSysBlock", 5, 1, false, BLOCKS),
	EVENT(GO_WAITING, "GoWaiting", 5, 2, false, LISTS),
	EVENT(GO_IN_SYSCALL, "GoInSyscall", 5, 2, false, LISTS),
	EVENT(HEAP_ALLOC, "HeapAlloc", 5, 2, false, TELLS),
	EVENT(HEAP_GOAL, "HeapGoal", 5, 2, false, TELLS),
	OTHER(TIMER_GOROUTINE, "TimerGoroutine", 5, 1),
	EVENT(FUTILE_WAKEUP, "FutileWakeup", 5, 1, false, TELLS),
	OTHER(STRING, "String", 7, 0),
	EVENT(GO_START_LOCAL, "GoStartLocal", 7, 2, false, STARTS_LOCAL),
	EVENT(GO_UNBLOCK_LOCAL, "GoUnblockLocal", 7, 3, true, WAKES_LOCAL),
	EVENT(GO_SYS_EXIT_LOCAL, "GoSysExitLocal", 7, 3, false, WAKES_LOCAL),
	EVENT(GO_START_LABEL, "GoStartLabel", 8, 4, false, STARTS),
	EVENT(GO_BLOCK_GC, "GoBlockGC", 8, 2, true, BLOCKS),
	EVENT(GC_MARK_ASSIST_START, "GCMarkAssistStart", 9, 2, true, TELLS),
	EVENT(GC_MARK_ASSIST_DONE, "GCMarkAssistDone", 9, 1, false, TELLS),
	EVENT(USER_TASK_CREATE, "UserTaskCreate", 11, 5, true, TELLS),
	EVENT(USER_TASK_END, "UserTaskEnd", 11, 3, true, TELLS),
	EVENT(USER_REGION, "UserRegion", 11, 5, true, TELLS),
	EVENT(USER_LOG, "UserLog", 11, 4, true, TELLS),
	OTHER(CPU_SAMPLE, "CPUSample", 19, 5),
};
/* clang-format on */
